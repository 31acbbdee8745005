package io.github.incusstemcell.internal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that other users of the machine neither read nor change, as layers of a private registry are. */
public final class PrivateFiles {

    private PrivateFiles() {}

    /** Makes a folder with those above it, as far as they are missing; what is there keeps its permissions. */
    public static void createFolders(Path folder) throws IOException {
        Files.createDirectories(folder, only(folder, "rwx------"));
    }

    /** {@return the folder of a file, made as {@link #createFolders} does} */
    public static Path createFolderOf(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " is no file");
        }
        createFolders(folder);
        return folder;
    }

    /** Makes an empty file where there is none. */
    public static void createFile(Path file) throws IOException {
        createFolderOf(file);
        try {
            Files.createFile(file, only(file, "rw-------"));
        } catch (FileAlreadyExistsException e) {
            // It is one of ours from before.
        }
    }

    private static FileAttribute<?>[] only(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
