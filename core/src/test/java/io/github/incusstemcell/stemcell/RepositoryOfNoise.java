package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.bench.Program;
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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An image in the registry of dev/test, half of it of the JDK's classes and half of it of noise, 70 % as large when compressed; by curl, as its peer is. */
record RepositoryOfNoise(String host, String repository, List<Layer> layers) {

    private record Layer(Digest digest, Digest diffId, long size) {}

    private static final int FILE = 1 << 20;

    static RepositoryOfNoise push(Path folder, long size, int layers) throws Exception {
        String host = System.getenv("INCUS_STEMCELL_DEV_REGISTRY");
        RepositoryOfNoise repository =
                new RepositoryOfNoise(host, "bench/noise-" + size + "-" + layers, new ArrayList<>());
        for (int number = 0; number < layers; number++) {
            repository.pushLayer(folder.resolve("layer"), number, (int) (size / layers / FILE));
        }
        byte[] config =
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}"
                        .formatted(repository.layers.stream()
                                .map(layer -> "\"" + layer.diffId + "\"")
                                .collect(Collectors.joining(",")))
                        .getBytes(StandardCharsets.UTF_8);
        repository.pushBlob(Files.write(folder.resolve("config"), config), Digest.sha256(config));
        repository.pushManifest(folder, config);
        return repository;
    }

    private void pushLayer(Path blob, int number, int files) throws Exception {
        MessageDigest diffId = MessageDigest.getInstance("SHA-256");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (OutputStream file = new DigestOutputStream(Files.newOutputStream(blob), digest);
                OutputStream gzip = new FastGzip(file)) {
            write(number, files, new DigestOutputStream(gzip, diffId));
        }
        Layer layer = new Layer(digest(digest), digest(diffId), Files.size(blob));
        pushBlob(blob, layer.digest);
        layers.add(layer);
        Files.delete(blob);
    }

    private static void write(int layer, int files, OutputStream out) throws IOException {
        byte[] content = new byte[FILE];
        Random random = new Random(layer);
        Path classes = Path.of(System.getProperty("java.home"), "lib", "modules");
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
                RandomAccessFile modules = new RandomAccessFile(classes.toFile(), "r")) {
            for (int i = 0; i < files; i++) {
                if (i % 2 == 0) {
                    random.nextBytes(content);
                } else {
                    modules.seek((long) i / 2 * FILE % (modules.length() - FILE));
                    modules.readFully(content);
                }
                TarArchiveEntry entry = new TarArchiveEntry("usr/" + layer + "-" + i);
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
        return new ImageMetadata(new ImageIdentity(layers.get(0).digest.toString(), "amd64", overlay.digest()), overlay)
                .tarball();
    }

    /** Several layers go up as one file, as long as all of them. */
    void downloadAndUpload(Path metadata, String project) throws Exception {
        Path blob = metadata.resolveSibling("downloaded");
        String blobs = layers.stream()
                .map(layer -> "http://" + host + "/v2/" + repository + "/blobs/" + layer.digest)
                .collect(Collectors.joining(" "));
        String incus = "curl -sS --fail-with-body --unix-socket \"$INCUS_SOCKET\" http://incus";
        sh("curl -sS --fail " + blobs + " >" + blob
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
                        + ",\"layers\":["
                        + layers.stream()
                                .map(layer -> descriptor(
                                        "application/vnd.oci.image.layer.v1.tar+gzip", layer.digest, layer.size))
                                .collect(Collectors.joining(","))
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
        Program.run("sh", "-c", script);
    }

    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
