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

    /** Nothing of it is to be taken back any more. */
    synchronized Runnable remove(String what) {
        Runnable undo = undos.remove(what);
        return undo == null ? () -> {} : undo;
    }

    /**
     * Takes everything back, the last first, and goes on where something fails.
     *
     * @throws RuntimeException the first that failed, with the others in it
     */
    void undoAll() {
        List<RuntimeException> failures = new ArrayList<>();
        for (Runnable undo : lastFirst()) {
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

    private synchronized Deque<Runnable> lastFirst() {
        Deque<Runnable> undoing = new ArrayDeque<>();
        undos.values().forEach(undoing::push);
        undos.clear();
        return undoing;
    }
}
