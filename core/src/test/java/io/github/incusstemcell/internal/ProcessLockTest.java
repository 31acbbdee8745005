package io.github.incusstemcell.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessLockTest {

    private final Path file = Path.of("process-lock-test.lock");

    @AfterEach
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    @Test
    void takesAFileOfTheFolderThatTheProcessIsIn() throws IOException {
        ProcessLock lock = ProcessLock.acquire(file, "tests it");
        try {
            assertThat(file).exists();
        } finally {
            lock.close();
        }
    }

    @Test
    void isNotWaitedForByAThreadThatIsInterrupted() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread waiting = new Thread(() -> {
            try {
                ProcessLock.acquire(file, "tests it").close();
            } catch (IOException | IncusStemcellException e) {
                failure.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        ProcessLock lock = ProcessLock.acquire(file, "tests it");
        try {
            waiting.start();
            waiting.interrupt();
            waiting.join(10_000);
        } finally {
            lock.close();
        }
        assertThat(failure.get())
                .hasMessageMatching(
                        "Interrupted while waiting for .*process-lock-test.lock, which another process may hold that tests it");
        assertThat(interrupted).isTrue();
        ProcessLock.acquire(file, "tests it").close();
    }
}
