package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the bus says of every property of every unit is what {@code systemctl show} prints of it. */
class SystemdPropertiesTest {

    /** What systemctl prints of properties whose type it does not know: there is nothing to compare with. */
    private static final String UNPRINTABLE = "[unprintable]";

    /** How often to look at a difference again, which may be none: what was read between two equal readings must equal them. */
    private static final int READINGS = 3;

    private static Guest guest;
    private static Systemd systemd;

    @BeforeAll
    static void boot() {
        guest = Guest.start();
        systemd = Systemd.of(guest.instance());
        systemd.waitUntilBooted(Duration.ofSeconds(60));
        systemd.writeUnit("ticks", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        systemd.writeUnit("ticks.timer", "[Timer]\nOnActiveSec=1ms\nOnCalendar=monthly\nAccuracySec=1us\n");
        systemd.start("ticks.timer");
        try (UnitWatch watch = systemd.watch("ticks.timer")) {
            assertThat(watch.await(
                            timer -> !timer.property("LastTriggerUSec")
                                    .orElse("")
                                    .isEmpty(),
                            Duration.ofSeconds(90)))
                    .isPresent();
        }
    }

    @AfterAll
    static void delete() {
        systemd.close();
        guest.close();
    }

    @Test
    void saysWhatSystemctlPrints() {
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (UnitSummary summary : systemd.units()) {
            Map<String, String> shown = show(summary.name());
            compared += shown.size();
            Set<String> different = differences(systemd.unit(summary.name()), shown);
            for (int reading = 0; reading < READINGS && !different.isEmpty(); reading++) {
                Unit unit = systemd.unit(summary.name());
                Map<String, String> again = show(summary.name());
                different.retainAll(differences(unit, again));
                different.removeIf(changing(shown, again));
                shown = again;
            }
            for (String name : different) {
                differences.add(summary.name() + " " + name + ": systemctl prints '" + shown.get(name) + "', we say '"
                        + systemd.unit(summary.name()).property(name).orElse("") + "'");
            }
        }
        assertThat(differences).isEmpty();
        assertThat(compared).isGreaterThan(10_000);
    }

    /** Where systemctl says nothing of a property, there is nothing in it. */
    private static Set<String> differences(Unit unit, Map<String, String> shown) {
        Set<String> names = new TreeSet<>(unit.propertyNames());
        names.addAll(shown.keySet());
        names.removeIf(name -> UNPRINTABLE.equals(shown.get(name))
                || unit.property(name).orElse("").equals(shown.getOrDefault(name, "")));
        return names;
    }

    private static Predicate<String> changing(Map<String, String> before, Map<String, String> after) {
        return name -> !Objects.equals(before.get(name), after.get(name));
    }

    private static Map<String, String> show(String unit) {
        String output = guest.instance()
                .exec(Command.of("systemctl", "show", "--all", "--timestamp=us+utc", "--", unit))
                .requireSuccess()
                .stdout();
        Map<String, String> properties = new LinkedHashMap<>();
        output.lines().forEach(line -> {
            int equals = line.indexOf('=');
            String name = line.substring(0, equals);
            properties.merge(name, inNewWords(name, line.substring(equals + 1)), (one, two) -> one + "\n" + two);
        });
        return properties;
    }

    /** The systemctl of systemd 252 has other words for a few counters that are not set; that of 257 and we have the same for all. */
    private static String inNewWords(String name, String text) {
        boolean old = name.matches("IO(Read|Write)(Bytes|Operations)") && text.equals("18446744073709551615")
                || name.equals("MemoryAvailable") && text.equals("infinity");
        return old ? "[not set]" : text;
    }
}
