package io.github.incusstemcell.oci;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An image that Incus can pull without a loss: one without extended attributes. Of some releases of Debian ping has a capability, with
 * others it needs none.
 */
public final class PullableImage {

    private PullableImage() {}

    /** {@return the image itself where it has none, else a copy without them in the registry} */
    public static ImageReference of(ImageReference image, OciImages sources) throws IOException {
        try (Rootfs rootfs = sources.resolve(image).rootfs()) {
            if (ExtendedAttributes.of(rootfs).isEmpty()) {
                return image;
            }
        }
        MessageDigest diffId = sha256();
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        try (Rootfs rootfs = sources.resolve(image).rootfs();
                InputStream bytes = rootfs.open()) {
            copyWithoutAttributes(Decompression.of(bytes), new DigestOutputStream(new GZIPOutputStream(layer), diffId));
        }
        DevRegistry registry = new DevRegistry();
        registry.push(
                "pullable",
                "1",
                List.of(layer.toByteArray()),
                List.of(new Digest("sha256", HexFormat.of().formatHex(diffId.digest()))));
        return ImageReference.parse(registry.host() + "/pullable:1");
    }

    private static void copyWithoutAttributes(InputStream from, OutputStream to) throws IOException {
        try (TarArchiveInputStream in = new TarArchiveInputStream(from);
                TarArchiveOutputStream out = new TarArchiveOutputStream(to, "UTF-8")) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entry.clearExtraPaxHeaders();
                out.putArchiveEntry(entry);
                in.transferTo(out);
                out.closeArchiveEntry();
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
