package io.github.incusstemcell.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {

    @Test
    void repeatsWhatHasFailed() throws Exception {
        CountDownLatch times = new CountDownLatch(3);
        ScheduledExecutorService clock = DaemonThreads.clock("test");
        try {
            DaemonThreads.repeat(clock, Duration.ofMillis(1), () -> {
                times.countDown();
                throw new IllegalStateException("expected: the test goes on");
            });

            assertThat(times.await(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            clock.shutdownNow();
        }
    }
}
