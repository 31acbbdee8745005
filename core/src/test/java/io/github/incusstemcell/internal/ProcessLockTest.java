package io.github.incusstemcell.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        ProcessLock lock = ProcessLock.acquire(file);
        try {
            assertThat(file).exists();
        } finally {
            lock.close();
        }
    }
}
