package io.github.incusstemcell.junit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The tests of one test plan that have neither ended nor got the container that they asked for, in the order of the plan. Unique ids are
 * JUnit's.
 */
final class PlannedTests {

    /** Those of this JVM; mostly there is one. The launcher knows nothing of our suites, nor they of it: ids bring them together. */
    private static final List<PlannedTests> RUNNING = new CopyOnWriteArrayList<>();

    private final Map<String, Remaining> remaining = new LinkedHashMap<>();

    /** Sorted, so that those of a class are found without a look at all others. */
    private final NavigableSet<String> ids = new TreeSet<>();

    private final Set<String> endedInvocations = new HashSet<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** How many tests are still to come of a method. */
    private record Remaining(PlannedTest test, int times) {}

    static void begin(PlannedTests planned) {
        RUNNING.add(planned);
    }

    static void end(PlannedTests planned) {
        RUNNING.remove(planned);
        planned.listeners.clear();
    }

    /** The plan that a test is of; empty where the tests were not started by a launcher. */
    static Optional<PlannedTests> with(String id) {
        return RUNNING.stream().filter(planned -> planned.contains(id)).findFirst();
    }

    private synchronized boolean contains(String id) {
        return remaining.containsKey(id) || remaining.containsKey(parent(id));
    }

    /** Adds a method, of which a number of tests will come. */
    synchronized void add(String id, PlannedTest test, int times) {
        remaining.put(id, new Remaining(test, times));
        ids.add(id);
    }

    /** Has somebody told of each test, or class, that has ended or was skipped. */
    void onEnd(Runnable listener) {
        listeners.add(listener);
    }

    /** A test, or all of a class, will ask for nothing any more. */
    void ended(String id) {
        synchronized (this) {
            // The character that follows the one by which JUnit separates the segments of an id.
            NavigableSet<String> within = ids.subSet(id + "/", true, id + "0", false);
            within.forEach(remaining::remove);
            within.clear();
            if (!remove(id)) {
                countDown(id);
            }
        }
        listeners.forEach(Runnable::run);
    }

    /** A test has asked for its container, so it is none to come any more. */
    synchronized void served(String id) {
        if (!remove(id)) {
            countDown(id);
        }
    }

    private boolean remove(String id) {
        ids.remove(id);
        return remaining.remove(id) != null;
    }

    /** One invocation of a method less to come, at its first call for that invocation. */
    private void countDown(String invocation) {
        String method = parent(invocation);
        if (remaining.containsKey(method) && endedInvocations.add(invocation)) {
            remaining.computeIfPresent(
                    method, (id, before) -> new Remaining(before.test(), Math.max(0, before.times() - 1)));
        }
    }

    /** {@return the tests to come, each as often as it comes, but no more than a number of them} */
    synchronized List<PlannedTest> next(int limit) {
        List<PlannedTest> next = new ArrayList<>();
        for (Remaining method : remaining.values()) {
            for (int i = 0; i < method.times() && next.size() < limit; i++) {
                next.add(method.test());
            }
            if (next.size() == limit) {
                break;
            }
        }
        return next;
    }

    private static String parent(String id) {
        return id.substring(0, Math.max(0, id.lastIndexOf("/[")));
    }
}
