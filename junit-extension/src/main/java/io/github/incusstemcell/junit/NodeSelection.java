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
record NodeSelection(Machines machines, Map<String, MachineSettings> settings) {

    /** With one more, unless it is in it. */
    NodeSelection with(String node, MachineSettings wanted) {
        return and(new NodeSelection(machines, Map.of(node, wanted)));
    }

    /** With those of another selection of the same scope. */
    NodeSelection and(NodeSelection other) {
        Map<String, MachineSettings> all = new LinkedHashMap<>(settings);
        other.settings.forEach(all::putIfAbsent);
        return new NodeSelection(machines, all);
    }

    /** Has all of them started, and waits for none. */
    void begin(ExtensionContext context) {
        machines.begin(settings);
        FailureTracker.by(context).add(machines);
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
