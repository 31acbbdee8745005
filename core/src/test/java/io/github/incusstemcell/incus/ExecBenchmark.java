package io.github.incusstemcell.incus;

import io.github.incusstemcell.bench.Comparison;
import io.github.incusstemcell.bench.Program;
import org.junit.jupiter.api.Test;

/** What a command takes, beside the {@code incus} command. */
class ExecBenchmark {

    @Test
    void execOfTrue() throws Exception {
        try (TestDaemon daemon = new TestDaemon(TestDaemon.Way.SOCKET)) {
            Instance instance = daemon.started();
            new Comparison(getClass(), "exec of true")
                    .variant("ours", round -> instance.exec(Command.of("true")).requireSuccess())
                    .variant("incus exec", round -> Program.run("incus", "exec", instance.name(), "--", "true"))
                    .run(5, 51);
        }
    }
}
