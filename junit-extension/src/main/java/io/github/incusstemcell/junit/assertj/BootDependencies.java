package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.Unit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the default target of a service manager starts, over whatever other units: by links of any unit file, aliases or generators.
 * systemctl's list of dependencies has more, as units that only stop with another one.
 *
 * @param links those on the disk; none of a user's manager
 * @param seen units that were asked for, each once, by the names by which they were
 */
record BootDependencies(Systemd systemd, BootLinks links, Map<String, Unit> seen) {

    private static final String TARGET = "default.target";
    /** Of nearly all units the rival, and not started at boot. */
    private static final String SHUTDOWN = "shutdown.target";

    /** What nearly all units need, and without which no guest boots: none of them is asked for. */
    private static final Set<String> ALWAYS =
            Set.of("sysinit.target", "basic.target", "system.slice", "-.slice", "-.mount");

    /** The first in what systemd says of its version is the major one: {@code 257.13-1~deb13u1}, {@code v258-rc1}. */
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    /** The version of systemd from which on a unit is not started whose needs cannot be. */
    private static final int GIVES_UNMET_UP = 254;

    /** By what a start of one unit is a start of another one, seen from that. */
    private static final List<Dependency> PULLED_IN =
            List.of(Dependency.WANTED_BY, Dependency.REQUIRED_BY, Dependency.BOUND_BY, Dependency.UPHELD_BY);

    /** Without which a unit is not even tried to be started. */
    private static final List<Dependency> NEEDS = List.of(Dependency.REQUIRES, Dependency.BINDS_TO);

    static BootDependencies of(UnitCheck check) {
        return new BootDependencies(
                check.systemd(),
                check.isUsers()
                        ? new BootLinks(List.of())
                        : BootLinks.of(check.subject().stemcell()),
                new HashMap<>());
    }

    /**
     * Whether a unit starts.
     *
     * @param starts empty where that cannot be told
     * @param why where it is not that nothing, or something, wants it; or nothing
     */
    record Verdict(Optional<Boolean> starts, String why) {

        private static Verdict of(boolean starts) {
            return new Verdict(Optional.of(starts), "");
        }

        private static Verdict not(String why) {
            return new Verdict(Optional.of(false), why);
        }

        private static Verdict unknown(String why) {
            return new Verdict(Optional.empty(), "that cannot be told, as " + why);
        }

        boolean is(boolean wanted) {
            return starts.filter(starts -> starts == wanted).isPresent();
        }
    }

    /** Whether it is among them. One that is masked, or whose files cannot be read, is not, whoever wants it. */
    Verdict of(Unit unit) {
        // Asked for first: then all that it pulls in is loaded, and says by whom it is.
        Unit target = unit(TARGET);
        if (target.loadState() != LoadState.LOADED) {
            throw AssertionErrors.of("Expecting a unit " + TARGET + ", which starts others\n  but was: " + target);
        }
        seen.put(unit.name(), unit);
        seen.put(target.name(), target);
        if (unit.property("UnitFileState").filter("masked-runtime"::equals).isPresent()) {
            return Verdict.unknown("it is masked until the next boot only");
        }
        if (unit.loadState() != LoadState.LOADED) {
            return Verdict.of(false);
        }
        Optional<String> unread = links.unread(unit, this::unit);
        if (unit.needsDaemonReload() || unread.isPresent()) {
            return Verdict.unknown("systemd has not read "
                    + unread.map("the link to it of "::concat).orElse("its files as they are")
                    + " yet: it needs a daemon-reload");
        }
        return ofRead(unit, target.name());
    }

    private Unit unit(String name) {
        return seen.computeIfAbsent(name, systemd::unit);
    }

    private Verdict ofRead(Unit unit, String target) {
        if (!isPulledIn(unit, target, (other, starter) -> true)) {
            return Verdict.of(false);
        }
        if (!isPulledIn(unit, target, (other, starter) -> !links.areGoneAtBoot(other, starter, this::unit))) {
            return Verdict.not("what starts it is a link in /run, which is gone then");
        }
        Set<String> startable = new HashSet<>(ALWAYS);
        Optional<Unit> missing = missing(unit, startable);
        if (missing.isPresent()) {
            return unmet("it needs " + missing.get().name() + ", which is "
                    + missing.get().loadState());
        }
        if (!isPulledIn(
                unit,
                target,
                (other, starter) -> !links.areGoneAtBoot(other, starter, this::unit)
                        && missing(unit(starter), startable).isEmpty())) {
            return unmet("what starts it needs units that cannot be loaded");
        }
        if (unit.fragmentPath()
                .filter(path -> path.startsWith("/run/systemd/system/"))
                .isPresent()) {
            return Verdict.unknown("its file is in /run, and gone then");
        }
        return rival(unit, target)
                .map(other -> needs(target).contains(other)
                        ? Verdict.not("it conflicts with " + other)
                        : Verdict.unknown(
                                "it conflicts with " + other + ", which starts, too: systemd leaves out one of both"))
                .orElse(Verdict.of(true));
    }

    /**
     * What is wanted and needs what cannot be loaded was started all the same before systemd 254, unless it has to come after that:
     * https://github.com/systemd/systemd/pull/27852. Some distributions have that change in what is older.
     */
    private Verdict unmet(String why) {
        String version = systemd.version();
        Matcher number = NUMBER.matcher(version);
        return number.find() && Integer.parseInt(number.group()) < GIVES_UNMET_UP
                ? Verdict.unknown(why + ", in spite of which a systemd before " + GIVES_UNMET_UP
                        + " may start it, and this is " + version)
                : Verdict.not(why);
    }

    /**
     * Whether a target starts it.
     *
     * @param counts whether a unit is started with another one, the second
     */
    private boolean isPulledIn(Unit unit, String target, BiPredicate<Unit, String> counts) {
        Set<String> seen = new HashSet<>(Set.of(unit.name()));
        Deque<String> left = new ArrayDeque<>(seen);
        while (!left.isEmpty() && !left.element().equals(target)) {
            Unit next = unit(left.remove());
            PULLED_IN.stream()
                    .flatMap(relation -> next.dependencies(relation).stream())
                    .filter(starter -> !seen.contains(starter) && counts.test(next, starter))
                    .forEach(starter -> {
                        seen.add(starter);
                        left.add(starter);
                    });
        }
        return !left.isEmpty();
    }

    /**
     * One of the units that it needs, over whatever others, that cannot be loaded.
     *
     * @param startable those of which none is missing, as far as is known
     */
    private Optional<Unit> missing(Unit unit, Set<String> startable) {
        Set<String> seen = new HashSet<>(Set.of(unit.name()));
        Deque<Unit> left = new ArrayDeque<>(List.of(unit));
        while (!left.isEmpty()) {
            Unit next = left.remove();
            if (next.loadState() != LoadState.LOADED) {
                return Optional.of(next);
            }
            NEEDS.stream()
                    .flatMap(relation -> next.dependencies(relation).stream())
                    .filter(name -> !startable.contains(name) && seen.add(name))
                    .forEach(name -> left.add(unit(name)));
        }
        startable.addAll(seen);
        return Optional.empty();
    }

    /** The target and what it needs, over whatever others: what conflicts with these is left out. */
    private Set<String> needs(String target) {
        Set<String> needs = new HashSet<>();
        missing(unit(target), needs);
        return needs;
    }

    /** A unit that starts, too, and cannot be up with it; one without which the target does not start first. */
    private Optional<String> rival(Unit unit, String target) {
        Stream<String> reverse =
                Stream.of(unit.property("ConflictedBy").orElse("").split(" "));
        List<String> rivals = Stream.concat(unit.dependencies(Dependency.CONFLICTS).stream(), reverse)
                .filter(name -> !name.isEmpty() && !name.equals(unit.name()) && !name.equals(SHUTDOWN))
                .map(this::unit)
                .filter(other ->
                        other.loadState() == LoadState.LOADED && isPulledIn(other, target, (each, starter) -> true))
                .map(Unit::name)
                .toList();
        return rivals.stream()
                .filter(name -> needs(target).contains(name))
                .findFirst()
                .or(() -> rivals.stream().findFirst());
    }
}
