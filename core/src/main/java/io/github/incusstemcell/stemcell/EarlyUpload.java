package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Waiting;
import io.github.incusstemcell.oci.Rootfs;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The upload of a root file system, which begins on a thread of its own while that is still being fetched, where it can. */
final class EarlyUpload implements AutoCloseable {

    private final Function<Rootfs, String> upload;
    private @Nullable Rootfs arriving;
    private @Nullable FutureTask<String> begun;

    /**
     * Waits for something to upload.
     *
     * @param upload uploads all of it and gives the fingerprint of the image
     */
    EarlyUpload(Function<Rootfs, String> upload) {
        this.upload = upload;
    }

    void begin(Rootfs early) {
        FutureTask<String> task = new FutureTask<>(() -> upload.apply(early));
        arriving = early;
        begun = task;
        DaemonThreads.start("upload", task);
    }

    /** {@return the fingerprint of the image with what was fetched in the end} */
    String of(Rootfs fetched) {
        if (begun != null && fetched == arriving) {
            return end(begun);
        }
        close(); // It had begun with something that did not come to its end.
        return upload.apply(fetched);
    }

    private static String end(FutureTask<String> upload) {
        try {
            return upload.get();
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for the upload of an image to Incus", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    /** Ends the upload, where it still goes on; the daemon keeps nothing of it then. */
    @Override
    public void close() {
        if (begun != null) {
            begun.cancel(true);
        }
    }
}
