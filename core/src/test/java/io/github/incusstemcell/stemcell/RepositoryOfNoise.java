package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.ImageReference;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An image with one large layer in the registry of dev/test, half of it of the JDK's classes and half of it of noise; by curl, as its peer is. */
record RepositoryOfNoise(String host, String repository, Digest layer, long blobSize) {

    private static final int FILE = 1 << 20;

    static RepositoryOfNoise push(Path folder, long size) throws Exception {
        Path blob = folder.resolve("layer-" + size);
        MessageDigest diffId = MessageDigest.getInstance("SHA-256");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (OutputStream file = new DigestOutputStream(Files.newOutputStream(blob), digest);
                OutputStream gzip = new FastGzip(file)) {
            write(size, new DigestOutputStream(gzip, diffId));
        }
        String host = System.getenv("INCUS_STEMCELL_DEV_REGISTRY");
        RepositoryOfNoise repository =
                new RepositoryOfNoise(host, "bench/noise-" + size, digest(digest), Files.size(blob));
        repository.pushBlob(blob, repository.layer);
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + digest(diffId) + "\"]}}")
                .getBytes(StandardCharsets.UTF_8);
        repository.pushBlob(Files.write(folder.resolve("config"), config), Digest.sha256(config));
        repository.pushManifest(folder, config);
        Files.delete(blob);
        return repository;
    }

    private static void write(long size, OutputStream out) throws IOException {
        byte[] content = new byte[FILE];
        Random random = new Random(1);
        Path classes = Path.of(System.getProperty("java.home"), "lib", "modules");
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
                RandomAccessFile modules = new RandomAccessFile(classes.toFile(), "r")) {
            for (int i = 0; i < size / FILE; i++) {
                if (i % 2 == 0) {
                    random.nextBytes(content);
                } else {
                    modules.seek((long) i / 2 * FILE % (modules.length() - FILE));
                    modules.readFully(content);
                }
                TarArchiveEntry entry = new TarArchiveEntry("usr/" + i);
                entry.setSize(FILE);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
    }

    ImageReference image() {
        return ImageReference.parse(host + "/" + repository + ":1");
    }

    /** What goes up beside the layer. */
    byte[] metadata() {
        GuestOverlay overlay = GuestOverlay.standard();
        return new ImageMetadata(new ImageIdentity(layer.toString(), "amd64", overlay.digest()), overlay).tarball();
    }

    void downloadAndUpload(Path metadata, String project) throws Exception {
        Path blob = metadata.resolveSibling("downloaded");
        String incus = "curl -sS --fail-with-body --unix-socket \"$INCUS_SOCKET\" http://incus";
        sh("curl -sS --fail -o " + blob + " http://" + host + "/v2/" + repository + "/blobs/" + layer
                + " && operation=$(" + incus + "'/1.0/images?project=" + project + "' -F metadata=@" + metadata
                + " -F rootfs=@" + blob + " | sed -n 's/.*\"operation\":\"\\([^\"]*\\)\".*/\\1/p')"
                + " && " + incus + "\"$operation/wait\" && rm " + blob);
    }

    private void pushBlob(Path blob, Digest digest) throws Exception {
        sh("location=$(curl -sS --fail -i -X POST http://" + host + "/v2/" + repository
                + "/blobs/uploads/ | tr -d '\\r'"
                + " | sed -n 's/^[Ll]ocation: //p') && curl -sS --fail -X PUT -H 'Content-Type: application/octet-stream'"
                + " -T " + blob + " \"$location&digest=" + digest + "\"");
    }

    private void pushManifest(Path folder, byte[] config) throws Exception {
        String manifest =
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":"
                        + descriptor("application/vnd.oci.image.config.v1+json", Digest.sha256(config), config.length)
                        + ",\"layers\":[" + descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer, blobSize)
                        + "]}";
        Path file = Files.writeString(folder.resolve("manifest"), manifest);
        sh("curl -sS --fail -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @" + file
                + " http://" + host + "/v2/" + repository + "/manifests/1");
    }

    private static String descriptor(String type, Digest digest, long size) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
    }

    private static Digest digest(MessageDigest hash) {
        return new Digest("sha256", HexFormat.of().formatHex(hash.digest()));
    }

    private static void sh(String script) throws Exception {
        Process process =
                new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(script + ": " + output).isZero();
    }

    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
