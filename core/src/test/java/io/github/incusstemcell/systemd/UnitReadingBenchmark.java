package io.github.incusstemcell.systemd;

import io.github.incusstemcell.bench.Comparison;
import io.github.incusstemcell.bench.Program;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What it takes to read units on an open connection, beside {@code systemctl} by the {@code incus} command. */
class UnitReadingBenchmark {

    private static final int WARM_UP = 20;
    private static final int ROUNDS = 51;

    @Test
    void reading() throws Exception {
        try (Guest guest = Guest.start();
                Systemd systemd = Systemd.of(guest.instance())) {
            systemd.waitUntilBooted(Duration.ofSeconds(60));
            new Comparison(getClass(), "one unit with all its properties")
                    .variant("ours", round -> systemd.unit("systemd-journald"))
                    .variant("incus exec", round -> systemctl(guest, "show", "systemd-journald"))
                    .run(WARM_UP, ROUNDS);
            new Comparison(getClass(), "all units")
                    .variant("ours", round -> systemd.units())
                    .variant("incus exec", round -> systemctl(guest, "list-units", "--all"))
                    .run(WARM_UP, ROUNDS);
        }
    }

    private static void systemctl(Guest guest, String verb, String what) throws Exception {
        Program.run("incus", "exec", guest.name(), "--", "systemctl", verb, what);
    }
}
