package io.github.incusstemcell.container;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was changed of a container while it was there, each with what takes it back. */
final class ActiveFaults {

    private final Map<String, Runnable> undos = new LinkedHashMap<>();

    /** Of what is changed twice, the first undo counts: it leads back to where it began. */
    synchronized void add(String what, Runnable undo) {
        undos.putIfAbsent(what, undo);
    }

    synchronized void remove(String what) {
        undos.remove(what);
    }

    /**
     * Takes everything back, the last first, and goes on where something fails.
     *
     * @throws RuntimeException the first that failed, with the others in it
     */
    synchronized void undoAll() {
        Deque<Runnable> last = new ArrayDeque<>();
        undos.values().forEach(last::push);
        undos.clear();
        List<RuntimeException> failures = new ArrayList<>();
        for (Runnable undo : last) {
            try {
                undo.run();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.remove(0);
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }
}
