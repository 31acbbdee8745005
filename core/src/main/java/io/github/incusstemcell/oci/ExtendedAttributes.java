package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.tar.Tar;
import java.io.IOException;
import java.io.InputStream;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Which files of a root file system have extended attributes: file capabilities, access control lists and the like. */
public final class ExtendedAttributes {

    /** As GNU tar, star and umoci write them into PAX headers. */
    private static final String KEY = "SCHILY.xattr.";

    private ExtendedAttributes() {}

    /**
     * Reads a root file system to its end.
     *
     * @param rootfs what to read
     * @return the names of the attributes, such as {@code security.capability}, by the path from the root without a leading slash; empty
     *     where no file has any
     * @throws IOException where it cannot be read, or is no archive
     */
    public static SortedMap<String, SortedSet<String>> of(Rootfs rootfs) throws IOException {
        SortedMap<String, SortedSet<String>> found = new TreeMap<>();
        try (InputStream bytes = rootfs.open();
                TarArchiveInputStream tar = new TarArchiveInputStream(Decompression.of(bytes))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String path = String.join("/", Tar.components(entry.getName()));
                entry.getExtraPaxHeaders().keySet().stream()
                        .filter(key -> key.startsWith(KEY))
                        .map(key -> key.substring(KEY.length()))
                        .forEach(attribute -> found.computeIfAbsent(path, file -> new TreeSet<>())
                                .add(attribute));
            }
        }
        return found;
    }
}
