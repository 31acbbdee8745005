package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.incus.SplitImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Images that are none of ours, with nothing in them to boot. */
final class ForeignImage {

    private ForeignImage() {}

    static SplitImage tiny() {
        return named("somebody's image");
    }

    static SplitImage named(String description) {
        byte[] rootfs = tar("etc/motd", "hello\n");
        return SplitImage.of(
                tar("metadata.yaml", metadata(description)),
                () -> new ByteArrayInputStream(rootfs),
                OptionalLong.of(rootfs.length));
    }

    /** Metadata and rootfs in one archive, as Incus calls it a unified image. */
    static byte[] unified(String description) {
        return tar("metadata.yaml", metadata(description), "rootfs/etc/motd", "hello\n");
    }

    private static String metadata(String description) {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        return "architecture: " + architecture + "\ncreation_date: 1700000000\nproperties:\n  description: "
                + description + "\n";
    }

    private static byte[] tar(String... namesAndContents) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                byte[] content = namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(namesAndContents[i]);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
