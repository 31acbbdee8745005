package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the bus says of every property of every unit is what {@code systemctl show} prints of it. */
class SystemdPropertiesTest {

    /** Change between one reading and the next. */
    private static final Pattern VOLATILE = Pattern.compile(
            "Memory(Current|Available|Peak)|EffectiveMemory.*|CPUUsageNSec|"
                    + "TasksCurrent|IO.*(Bytes|Operations)|StatusText|Watchdog.*|NextElapse.*|IP.*gress.*|MemorySwap.*|MemoryZSwapCurrent");

    /** Structures for which systemctl has a way of its own to print each, and which we print in another. */
    private static final Set<String> STRUCTURES = new TreeSet<>();

    private static Guest guest;
    private static Systemd systemd;

    @BeforeAll
    static void boot() {
        guest = Guest.start();
        systemd = Systemd.of(guest.instance());
        systemd.waitUntilBooted(Duration.ofSeconds(60));
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
            Unit unit = systemd.unit(summary.name());
            for (String name : unit.propertyNames()) {
                if (STRUCTURES.contains(name)
                        || VOLATILE.matcher(name).matches()
                        || "[unprintable]".equals(shown.get(name))) {
                    continue;
                }
                compared++;
                if (!unit.property(name).orElseThrow().equals(shown.getOrDefault(name, ""))) {
                    differences.add(summary.name() + " " + name + ": systemctl prints '" + shown.get(name)
                            + "', we say '" + unit.property(name).orElseThrow() + "'");
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(compared).isGreaterThan(10_000);
    }

    private static Map<String, String> show(String unit) {
        String output = guest.instance()
                .exec(Command.of("systemctl", "show", "--all", "--timestamp=us+utc", "--", unit))
                .requireSuccess()
                .stdout();
        Map<String, String> properties = new LinkedHashMap<>();
        output.lines().forEach(line -> {
            int equals = line.indexOf('=');
            properties.merge(line.substring(0, equals), line.substring(equals + 1), (one, two) -> one + "\n" + two);
        });
        return properties;
    }
}
