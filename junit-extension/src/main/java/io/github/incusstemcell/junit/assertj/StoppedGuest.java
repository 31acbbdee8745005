package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.IncusException;
import java.util.function.Supplier;

/** A guest that does not run, in which no program can be asked; its files can be read over SFTP all the same. */
final class StoppedGuest {

    private static final String STOPPED = "Stopped";

    private StoppedGuest() {}

    /**
     * Asks a program of the guest, or its files where it does not run.
     *
     * @param program fails as Incus does where no program can be started
     */
    static <T> T orFiles(StemcellContainer stemcell, Supplier<T> program, Supplier<T> files) {
        try {
            return program.get();
        } catch (IncusException e) {
            if (!stemcell.state().status().equals(STOPPED)) {
                throw e;
            }
            return files.get();
        }
    }
}
