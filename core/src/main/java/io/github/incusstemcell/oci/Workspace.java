package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where long work is done and who is told of it.
 *
 * @param folder for files that do not outlive the process; made when missing
 */
record Workspace(Path folder, Progress progress) {

    /** Makes an empty file without a name, so that it goes with the process, however that ends. */
    FileChannel namelessFile() throws IOException {
        PrivateFiles.createFolders(folder);
        Path file = Files.createTempFile(folder, "layers", ".tar");
        try {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(file);
        }
    }
}
