package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that a provisioning takes, as they are at this moment.
 *
 * <p>What counts is what can end up in a guest: names from the declared file or folder downwards, modes, contents, and where symbolic links
 * lead. Where the files are on this machine, and when they were written, does not.
 *
 * @param provisioning what takes them
 */
record DeclaredFiles(Provisioning provisioning) {

    /**
     * A SHA-256 over all of them, in the order in which they are declared.
     *
     * @throws IncusStemcellException if one is not there or cannot be read
     */
    String digest() {
        KeyDigest digest = new KeyDigest();
        for (Path file : provisioning.files()) {
            requireThere(file);
            try {
                add(digest, file.toAbsolutePath().normalize().getFileName().toString(), file.toRealPath());
            } catch (IOException e) {
                throw new IncusStemcellException(
                        "The file '" + file + "' that the provisioning " + provisioning.name()
                                + " takes cannot be read, so no key can be made of it: " + e,
                        e);
            }
        }
        return digest.hex();
    }

    private void requireThere(Path file) {
        if (!Files.exists(file)) {
            throw new IncusStemcellException(
                    "The file '" + file + "' that the provisioning " + provisioning.name() + " takes is not there: "
                            + file.toAbsolutePath() + ". Relative names start from the working directory");
        }
    }

    private void add(KeyDigest digest, String name, Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            digest.add("link").add(name).add(Files.readSymbolicLink(file).toString());
        } else if (Files.isDirectory(file)) {
            addFolder(digest, name, file);
        } else if (Files.isRegularFile(file)) {
            digest.add("file").add(name).add(mode(file));
            try (InputStream content = Files.newInputStream(file)) {
                digest.add(content, Files.size(file));
            }
        }
        // Pipes, sockets and devices are not copied into a guest either.
    }

    private void addFolder(KeyDigest digest, String name, Path folder) throws IOException {
        List<Path> children;
        try (Stream<Path> listed = Files.list(folder)) {
            children = listed.sorted().toList();
        }
        digest.add("folder").add(name).add(mode(folder)).add(Integer.toString(children.size()));
        for (Path child : children) {
            add(digest, child.getFileName().toString(), child);
        }
    }

    private static String mode(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))
                : "";
    }
}
