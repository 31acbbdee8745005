package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.Tarball.Content;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A root file system in a tarball, in any compression that Incus unpacks. */
final class RootfsTarballFile {

    /** How gzip, bzip2, xz, lz4 and zstd begin. */
    private static final List<String> COMPRESSED = List.of("1f8b", "425a68", "fd377a585a00", "04224d18", "28b52ffd");

    private final ImageReference.RootfsTarball reference;
    private final Tarball tarball;

    RootfsTarballFile(ImageReference.RootfsTarball reference, Tarball tarball) {
        this.reference = reference;
        this.tarball = tarball;
    }

    /**
     * Reads which image it is.
     *
     * @param architecture what it is taken for, because a tarball does not say
     */
    SourceImage image(String architecture) throws IOException {
        requireTar();
        String key = tarball.key();
        Content content = tarball.content();
        return new TarballImage(reference, content, architecture, Map.of(), () -> {
            if (!tarball.key().equals(key)) {
                throw new IOException(reference + " changed since it was resolved");
            }
            return tarball.open();
        });
    }

    private void requireTar() throws IOException {
        byte[] first;
        try (InputStream in = tarball.open()) {
            first = in.readNBytes(Tar.BLOCK);
        }
        String hex = HexFormat.of().formatHex(first);
        boolean tar = first.length == Tar.BLOCK && !Tar.isZero(first) && Tar.hasRightChecksum(first);
        if (!tar && COMPRESSED.stream().noneMatch(hex::startsWith)) {
            throw new CorruptImageException("Cannot use " + reference
                    + ": it is no tar, neither plain nor compressed by gzip, bzip2, xz, lz4 or zstd.");
        }
    }
}
