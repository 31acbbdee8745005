package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Makes an image of many layers with many files, and merges it: run in a JVM of its own with little memory.
 *
 * <p>Arguments: a folder, the number of layers, of files in each, of bytes in each file.
 */
final class LargeImage {

    private final Path folder;
    private final int files;
    private final byte[] content;

    private LargeImage(Path folder, int files, int bytes) {
        this.folder = folder;
        this.files = files;
        this.content = new byte[bytes];
        // Half of it compresses, as programs do.
        Random random = new Random(1);
        for (int i = 0; i < bytes; i += 2) {
            content[i] = (byte) random.nextInt();
        }
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int layers = Integer.parseInt(args[1]);
        LargeImage large = new LargeImage(folder, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        large.write(layers);
        long start = System.nanoTime();
        try (OciImages images = OciImages.builder()
                .settings(RegistrySettings.builder()
                        .cacheFolder(folder.resolve("cache"))
                        .build())
                .build()) {
            Rootfs rootfs =
                    images.resolve(ImageReference.parse("oci:" + folder)).rootfs();
            long merged = System.nanoTime();
            long bytes = 0;
            try (InputStream in = rootfs.open()) {
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    bytes += n;
                }
            }
            long done = System.nanoTime();
            if (bytes != rootfs.size().orElseThrow()) {
                throw new IllegalStateException("Read " + bytes + " of " + rootfs.size());
            }
            System.out.printf(
                    "merged %d bytes: index %.1f s, stream %.1f s, heap %d MiB%n",
                    bytes,
                    (merged - start) / 1e9,
                    (done - merged) / 1e9,
                    Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    private void write(int layers) throws IOException {
        TestLayout layout = new TestLayout(folder);
        List<Digest> diffIds = new ArrayList<>();
        List<Path> blobs = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            Path blob = folder.resolve("layer" + i);
            diffIds.add(layer(i, blob));
            blobs.add(blob);
        }
        layout.imageOfFiles("large", blobs, diffIds);
    }

    private Digest layer(int number, Path blob) throws IOException {
        MessageDigest hash = Digest.newHash("sha256");
        try (OutputStream file = Files.newOutputStream(blob);
                OutputStream gzip = new GZIPOutputStream(file, 1 << 16);
                OutputStream out = new DigestOutputStream(gzip, hash)) {
            for (int i = 0; i < files; i++) {
                String directory = "usr/share/a-package-with-a-name-" + number + "/part-" + i / 100;
                if (i % 100 == 0) {
                    out.write(new TestTar().directory(directory + "/", 0755).bytesWithoutEnd());
                } else if (i % 100 == 1 && number > 0) {
                    // Something of the layer below goes, something is replaced, something is linked.
                    String lower = "usr/share/a-package-with-a-name-" + (number - 1) + "/part-" + i / 100;
                    out.write(new TestTar()
                            .whiteout(lower + "/.wh.a-file-of-some-length-" + (i + 1))
                            .file(lower + "/a-file-of-some-length-" + (i + 2), content)
                            .hardLink(directory + "/hard-link", lower + "/a-file-of-some-length-" + (i + 3))
                            .bytesWithoutEnd());
                } else {
                    out.write(new TestTar()
                            .file(directory + "/a-file-of-some-length-" + i, content)
                            .bytesWithoutEnd());
                }
            }
            out.write(new byte[1024]);
        }
        return Digest.finished("sha256", hash);
    }
}
