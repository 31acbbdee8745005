package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.Fuzzer;
import io.github.incusstemcell.oci.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;

/** What a registry, an image or a damaged file may hold. */
class SourcesFuzzTest {

    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
    private static final int LONGEST = 1 << 22;

    @Test
    void readsManifests() throws Exception {
        String layer = "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"" + DIGEST
                + "\",\"size\":7}";
        String image = "{\"schemaVersion\":2,\"config\":" + layer + ",\"layers\":[" + layer + "]}";
        String index = "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"" + DIGEST
                + "\",\"size\":7,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}]}";
        Fuzzer.fuzz("manifests", bytes(image, index), input -> Manifest.parse(input, "the image"));
        String config = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                + DIGEST + "\"]}}";
        Fuzzer.fuzz("image configurations", bytes(config), input -> ImageConfig.parse(input, "the image"));
    }

    @Test
    void readsReferences() throws Exception {
        Fuzzer.fuzz(
                "references",
                bytes(
                        "ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165",
                        "localhost:5000/a/b@" + DIGEST,
                        "oci:/tmp/layout:tag",
                        "rootfs:/tmp/a.tar.gz",
                        "images:debian/13",
                        "incus:my-image"),
                input -> ImageReference.parse(new String(input, StandardCharsets.UTF_8)));
    }

    @Test
    void readsTarAndItsCompressions() throws Exception {
        byte[] tar = tar();
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(tar);
        }
        byte[] zstd = com.github.luben.zstd.Zstd.compress(tar);
        Fuzzer.fuzz("tar", List.of(tar), input -> entries(new ByteArrayInputStream(input)));
        Fuzzer.fuzz("gzip and zstd", List.of(gzip.toByteArray(), zstd), input -> {
            try (InputStream in = Decompression.of(new ByteArrayInputStream(input))) {
                // A bomb is bounded by who reads it.
                in.readNBytes(LONGEST);
            }
        });
    }

    private static void entries(InputStream in) throws IOException {
        TarReader reader = TarReader.passing(in);
        while (reader.next() != null) {
            // Only its header is read.
        }
    }

    private static byte[] tar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (String name : List.of("etc/", "etc/hostname", "a/".repeat(80) + "long")) {
                TarArchiveEntry entry = new TarArchiveEntry(name);
                byte[] content = name.endsWith("/") ? new byte[0] : name.getBytes(StandardCharsets.UTF_8);
                entry.setSize(content.length);
                entry.addPaxHeader("SCHILY.xattr.user.x", "y");
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        assertThat(bytes.size()).isPositive();
        return bytes.toByteArray();
    }

    private static List<byte[]> bytes(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
