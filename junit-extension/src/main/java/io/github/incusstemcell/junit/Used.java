package io.github.incusstemcell.junit;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a test uses, whichever extension gave it. */
record Used(Set<Machines> machines) {

    static Used by(ExtensionContext test) {
        return Stores.computeIfAbsent(
                test, List.of("used", test.getUniqueId()), Used.class, () -> new Used(ConcurrentHashMap.newKeySet()));
    }

    void add(Machines used) {
        machines.add(used);
    }
}
