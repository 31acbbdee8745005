package io.github.incusstemcell.systemd;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** How long reading takes on an open connection. No test, and not run with them: {@code dev/bench}. */
class UnitReadingBenchmark {

    private static final int ROUNDS = 300;

    @Test
    void reading() {
        try (Guest guest = Guest.start();
                Systemd systemd = Systemd.of(guest.instance())) {
            systemd.waitUntilBooted(Duration.ofSeconds(60));
            System.out.printf(
                    "median of %d readings: one unit with all its properties %.2f ms, all %d units %.2f ms%n",
                    ROUNDS,
                    medianMillis(() -> systemd.unit("systemd-journald")),
                    systemd.units().size(),
                    medianMillis(systemd::units));
        }
    }

    private static double medianMillis(Runnable reading) {
        long[] nanos = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            reading.run();
            nanos[round] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2] / 1e6;
    }
}
