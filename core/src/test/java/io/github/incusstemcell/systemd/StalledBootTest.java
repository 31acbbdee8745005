package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of a boot that does not go on. */
class StalledBootTest {

    private final Map<String, List<String>> after = new LinkedHashMap<>();

    @Test
    void namesFirstWhatMostWaitForAndThenTheWayToTheLastThatWaits() {
        after.put("graphical.target", List.of("multi-user.target", "basic.target"));
        after.put("multi-user.target", List.of("web.service", "quick.service"));
        after.put("web.service", List.of("db.service"));
        after.put("db.service", List.of("network.target"));
        after.put("quick.service", List.of());
        List<Job> jobs = List.of(
                job("graphical.target", "waiting"),
                job("multi-user.target", "waiting"),
                job("web.service", "waiting"),
                job("quick.service", "running"),
                job("db.service", "running"));

        assertThat(new StalledBoot(jobs, List.of(activating("db.service", "start-pre")), after).describe())
                .isEqualTo("""
                        waits for db.service (activating, start-pre)
                          for which waits web.service
                          for which waits multi-user.target
                          for which waits graphical.target
                          also under way: quick.service""");
    }

    @Test
    void isShortHoweverLongTheWay() {
        List<Job> jobs = new java.util.ArrayList<>(List.of(job("u0.service", "running")));
        for (int i = 1; i <= 100; i++) {
            jobs.add(job("u" + i + ".service", "waiting"));
            after.put("u" + i + ".service", List.of("u" + (i - 1) + ".service"));
        }

        assertThat(new StalledBoot(jobs, List.of(), after).describe().lines())
                .hasSize(10)
                .startsWith("waits for u0.service", "  for which waits u1.service")
                .endsWith("  for which waits u8.service", "  and so on, up to u100.service");
    }

    @Test
    void endsWhereUnitsWaitForEachOther() {
        after.put("a.service", List.of("b.service"));
        after.put("b.service", List.of("a.service"));

        assertThat(new StalledBoot(List.of(job("a.service", "waiting"), job("b.service", "waiting")), List.of(), after)
                        .describe())
                .isEqualTo("has only jobs that wait: a.service, b.service");
        assertThat(new StalledBoot(List.of(), List.of(), Map.of()).describe()).isEqualTo("has no job left");
    }

    private static Job job(String unit, String state) {
        return new Job(1, unit, "start", state);
    }

    private static UnitSummary activating(String unit, String subState) {
        return new UnitSummary(unit, "", LoadState.LOADED, ActiveState.ACTIVATING, subState);
    }
}
