package io.github.incusstemcell.systemd;

import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A boot that has come to a halt: which unit all others wait for, and by which way.
 *
 * @param jobs what systemd has still to do
 * @param activating the units that are on their way up
 * @param after of each unit that has a job, the units after which it is started
 */
record StalledBoot(List<Job> jobs, List<UnitSummary> activating, Map<String, List<String>> after) {

    private static final int SHOWN = 8;

    static StalledBoot of(ServiceManager manager) {
        List<Job> jobs = manager.jobs();
        List<UnitSummary> activating = manager.list().stream()
                .filter(unit -> unit.activeState() == ActiveState.ACTIVATING)
                // Devices of the host that lack what udev would say of them stay so for ever and hold up nothing.
                .filter(unit -> !UnitName.type(unit.name()).equals("device"))
                .toList();
        List<String> names = jobs.stream().map(Job::unit).distinct().toList();
        Map<String, List<String>> after = new LinkedHashMap<>();
        List<Map<String, Object>> properties = manager.units(names);
        for (int i = 0; i < names.size(); i++) {
            after.put(names.get(i), new PropertyValues(properties.get(i)).list("After"));
        }
        return new StalledBoot(jobs, activating, after);
    }

    /** {@return what is waited for, and below it a line for each that waits for the one above} */
    String describe() {
        Optional<String> blocker = blocker();
        if (blocker.isEmpty()) {
            return jobs.isEmpty()
                    ? "has no job left"
                    : "has only jobs that wait: "
                            + listed(jobs.stream().map(Job::unit).toList());
        }
        StringBuilder text = new StringBuilder("waits for ").append(shown(blocker.get()));
        List<String> chain = chain(blocker.get());
        int skipped = Math.max(0, chain.size() - SHOWN);
        for (String waiting : chain.subList(0, chain.size() - skipped)) {
            text.append("\n  for which waits ").append(waiting);
        }
        if (skipped > 0) {
            text.append("\n  and so on, up to ").append(chain.get(chain.size() - 1));
        }
        List<String> others = busy().stream()
                .filter(unit -> !unit.equals(blocker.get()))
                .map(this::shown)
                .toList();
        return others.isEmpty()
                ? text.toString()
                : text.append("\n  also under way: ").append(listed(others)).toString();
    }

    /** Of those that systemd is busy with, the one for which most others wait. */
    private Optional<String> blocker() {
        return busy().stream()
                .max(Comparator.comparingInt(unit -> waitingFor(unit).size()));
    }

    private Set<String> busy() {
        Set<String> busy = new LinkedHashSet<>();
        activating.forEach(unit -> busy.add(unit.name()));
        jobs.stream().filter(job -> job.state().equals("running")).forEach(job -> busy.add(job.unit()));
        return busy;
    }

    /** {@return the units that wait for one, also by way of others, each with the one that it waits for; the nearest first} */
    private Map<String, String> waitingFor(String unit) {
        Map<String, String> reached = new LinkedHashMap<>();
        Deque<String> next = new ArrayDeque<>(List.of(unit));
        while (!next.isEmpty()) {
            String there = next.remove();
            after.forEach((waiting, units) -> {
                if (units.contains(there) && !waiting.equals(unit) && reached.putIfAbsent(waiting, there) == null) {
                    next.add(waiting);
                }
            });
        }
        return reached;
    }

    /** The way to the last that waits: a target as a rule, for which nothing waits. */
    private List<String> chain(String blocker) {
        Map<String, String> reached = waitingFor(blocker);
        Optional<String> last = reached.keySet().stream().reduce((one, later) -> later);
        List<String> chain = new ArrayList<>();
        for (String unit = last.orElse(blocker); unit != null && !unit.equals(blocker); unit = reached.get(unit)) {
            chain.add(0, unit);
        }
        return chain;
    }

    private String shown(String unit) {
        return activating.stream()
                .filter(summary -> summary.name().equals(unit))
                .findFirst()
                .map(summary -> unit + " (" + summary.activeState().toString() + ", " + summary.subState() + ")")
                .orElse(unit);
    }

    private static String listed(List<String> units) {
        String some = units.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return units.size() <= SHOWN ? some : some + " and " + (units.size() - SHOWN) + " more";
    }
}
