package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Which machines of a scope are wanted, and what each of them is to be.
 *
 * @param machines the scope's
 * @param settings what each is to be, by name
 */
record Cast(Machines machines, Map<String, MachineSettings> settings) {

    /** With one more, unless it is in it. */
    Cast with(String node, MachineSettings wanted) {
        return and(new Cast(machines, Map.of(node, wanted)));
    }

    /** With those of another cast of the same scope. */
    Cast and(Cast other) {
        Map<String, MachineSettings> all = new LinkedHashMap<>(settings);
        other.settings.forEach(all::putIfAbsent);
        return new Cast(machines, all);
    }

    /** Has all of them started, and waits for none. */
    void begin(ExtensionContext context) {
        machines.begin(settings);
        Used.by(context).add(machines);
    }

    /** One of them, once all have booted and, where tests take turns at them, it is this test's. */
    StemcellContainer container(ExtensionContext context, String node) {
        begin(context);
        if (context.getTestMethod().isPresent()) {
            machines.takeTurn(context);
        }
        return machines.container(node);
    }
}
