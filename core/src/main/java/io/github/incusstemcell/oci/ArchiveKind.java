package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.tar.Tar;
import io.github.incusstemcell.oci.tar.TarEntry;
import io.github.incusstemcell.oci.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a tar file is by the names in it, for whoever took it for something else. */
enum ArchiveKind {
    STEMCELL("a BOSH stemcell", "stemcell", "stemcell.MF"),
    OCI_ARCHIVE("an OCI image layout", "oci-archive", "index.json"),
    DOCKER_ARCHIVE("what docker save writes", "docker-archive", "manifest.json"),
    ROOTFS("a tarball of a root file system", "rootfs", "etc/os-release");

    /** What no archive of another kind has at its top. */
    private static final Set<String> OF_ROOTFS = Set.of("bin", "etc", "usr", "lib", "var", "dev", "sbin", "root");

    private final String words;
    private final String notation;
    private final String member;

    ArchiveKind(String words, String notation, String member) {
        this.words = words;
        this.notation = notation;
        this.member = member;
    }

    /** Looks at the names in a tar file. */
    static Optional<ArchiveKind> of(ArchiveEntries members) throws IOException {
        for (ArchiveKind kind : values()) {
            if (members.find(kind.member).isPresent()) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** Looks at what is taken for a root file system, which is over soon if it is one. Empty for that, and for what cannot be read. */
    static Optional<ArchiveKind> unlikeRootfs(Tarball tarball) {
        Set<String> names = new HashSet<>();
        try (InputStream tar = Decompression.of(tarball.open())) {
            TarReader reader = TarReader.passing(tar);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                List<String> path = Tar.components(entry.name());
                if (!path.isEmpty() && OF_ROOTFS.contains(path.get(0))) {
                    return Optional.empty();
                }
                names.add(String.join("/", path));
            }
        } catch (IOException e) {
            return Optional.empty(); // Whoever reads it for good says why.
        }
        return List.of(values()).stream()
                .filter(kind -> names.contains(kind.member))
                .findFirst();
    }

    /** {@return a sentence that says what it is} */
    String sentence(String location) {
        return "it is " + words + ". Write " + notation + ":" + location + ".";
    }

    /** {@return a sentence, after a space, that says what a tar file is; empty where that cannot be told} */
    static String hint(ArchiveEntries members, Path file) throws IOException {
        return of(members)
                .map(kind -> " It" + kind.sentence(file.toString()).substring(2))
                .orElse("");
    }
}
