package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.Tarball.Content;
import io.github.incusstemcell.oci.tar.Tar;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A root file system in a tarball, in any compression that Incus unpacks.
 *
 * @param cache where is remembered that it can be unpacked, so that each version is looked at once
 */
record RootfsTarballFile(ImageReference.RootfsTarball reference, Tarball tarball, BlobCache cache) {

    /** How gzip, bzip2, xz, lz4 and zstd begin. */
    private static final List<String> COMPRESSED = List.of("1f8b", "425a68", "fd377a585a00", "04224d18", "28b52ffd");

    /**
     * Reads which image it is.
     *
     * @param architecture what it is taken for, because a tarball does not say
     */
    SourceImage image(String architecture) throws IOException {
        requireTar(tarball, reference);
        String key = tarball.key();
        Content content = tarball.content();
        String checked = "checked-" + content.digest().hex();
        if (cache.recall(checked).isEmpty()) {
            ArchiveKind.unlikeRootfs(tarball).ifPresent(kind -> {
                throw new CorruptImageException("Cannot use " + reference + ": " + kind.sentence(reference.location()));
            });
            LayerCheck.unpackable(tarball, content.digest(), reference.toString());
            cache.remember(checked, content.toString());
        }
        return new TarballImage(reference, content, architecture, Map.of(), () -> {
            if (!tarball.key().equals(key)) {
                throw new IOException(reference + " changed since it was resolved");
            }
            return tarball.open();
        });
    }

    /** {@return whether a file that begins so is compressed in a way that Incus knows, and this library does not} */
    static boolean isOnlyForIncus(byte[] first) {
        String hex = HexFormat.of().formatHex(first);
        return COMPRESSED.stream().anyMatch(hex::startsWith) && !Decompression.isCompressed(first);
    }

    static void requireTar(Tarball tarball, ImageReference reference) throws IOException {
        byte[] first;
        try (InputStream in = tarball.open()) {
            first = in.readNBytes(Tar.BLOCK);
        }
        String hex = HexFormat.of().formatHex(first);
        boolean tar = first.length == Tar.BLOCK && !Tar.isZero(first) && Tar.hasRightChecksum(first);
        if (!tar
                && !Decompression.beginsWithSkippableFrame(first)
                && COMPRESSED.stream().noneMatch(hex::startsWith)) {
            throw new CorruptImageException("Cannot use " + reference
                    + ": it is no tar, neither plain nor compressed by gzip, bzip2, xz, lz4 or zstd.");
        }
    }
}
