package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a command costs, beside the command line tool, in turn. No test, and not run with them: {@code dev/bench}. */
class ExecBenchmark {

    private static final int ROUNDS = 51;

    @Test
    void execOfTrue() throws Exception {
        try (TestDaemon daemon = new TestDaemon(TestDaemon.Way.SOCKET)) {
            Instance instance = daemon.started();
            long[] ours = new long[ROUNDS];
            long[] theirs = new long[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                long begin = System.nanoTime();
                instance.exec(Command.of("true")).requireSuccess();
                ours[round] = System.nanoTime() - begin;
                begin = System.nanoTime();
                Process incus = new ProcessBuilder("incus", "exec", instance.name(), "--", "true")
                        .inheritIO()
                        .start();
                assertThat(incus.waitFor()).isZero();
                theirs[round] = System.nanoTime() - begin;
            }
            Arrays.sort(ours);
            Arrays.sort(theirs);
            System.out.printf(
                    "exec of true, median of %d: %.1f ms, incus exec: %.1f ms%n",
                    ROUNDS, ours[ROUNDS / 2] / 1e6, theirs[ROUNDS / 2] / 1e6);
        }
    }
}
