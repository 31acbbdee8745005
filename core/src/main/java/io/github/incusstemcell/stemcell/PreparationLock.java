package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.ProcessLock;
import io.github.incusstemcell.oci.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Lets one thread at a time, of all threads of all this user's processes, prepare an image. */
final class PreparationLock {

    private final Path file;

    /**
     * @param alias the name that the image will have in Incus
     */
    PreparationLock(String alias) {
        this.file = RegistrySettings.userCacheFolder().resolve("locks").resolve(alias + ".lock");
    }

    <T> T whileHeld(Supplier<T> work) {
        ProcessLock lock = acquire();
        try {
            return work.get();
        } finally {
            lock.close();
        }
    }

    private ProcessLock acquire() {
        try {
            return ProcessLock.acquire(file, "prepares the same image");
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "Locking " + file + ", which keeps two processes from preparing the same image, failed: " + e
                            + ". The folder has to be writable, on a file system with locks",
                    e);
        }
    }
}
