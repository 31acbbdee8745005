package io.github.incusstemcell.container;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Tests of many JVMs on a cluster, by discrete events: how long they take, and what they wait for, with which limit of machines. It knows what the
 * library does: {@link MachineLimit} says whose turn it is, {@link Cluster} where a machine goes, and how many start there at once.
 *
 * <p>It needs nothing but a JDK: {@code java FarmSimulation.java members=3 processors=8 memory=32 jvms=100 tests=50}.
 */
final class FarmSimulation {

    /**
     * What there is.
     *
     * @param processors of each member
     * @param shared whether all members have the same ones, as those of dev/incus on one machine have
     * @param limit of machines
     */
    record Farm(int members, int processors, boolean shared, int limit) {}

    /**
     * What is asked for.
     *
     * @param tests of each JVM, of which so many run at once
     */
    record Load(int jvms, int tests, int atOnce) {}

    /**
     * What a test takes, in seconds.
     *
     * @param turn from a free place to the start
     * @param latency of a start, in which no processor works for it
     * @param boot of a start, of a processor
     * @param test of which no processor works
     * @param delete of a processor
     */
    record Costs(double turn, double latency, double boot, double test, double delete) {}

    /**
     * What came of it.
     *
     * @param seconds until the last machine is deleted
     * @param median the median of what a test waited for its machine
     * @param longest the longest of these
     * @param running the most machines there were at once
     * @param starting the most that started at once on a member
     * @param busy how much of its processors' time the farm worked
     */
    record Result(double seconds, double median, double longest, int running, int starting, double busy) {}

    private enum Phase {
        TURN,
        PLACEMENT,
        LATENCY,
        BOOT,
        TEST,
        DELETE
    }

    private static final class Machine {
        private final int jvm;
        private final double asked;
        private Phase phase = Phase.TURN;
        private int member = -1;
        private double remaining;

        Machine(int jvm, double asked, double turn) {
            this.jvm = jvm;
            this.asked = asked;
            this.remaining = turn;
        }

        boolean works() {
            return phase == Phase.BOOT || phase == Phase.DELETE;
        }
    }

    private static final double NOW = 1e-9;

    private final Farm farm;
    private final Costs costs;
    private final int[] left;
    private final int[] running;
    private final List<Deque<Double>> asking = new ArrayList<>();
    private final int[] starting;
    private final int[] all;
    private final List<Machine> machines = new ArrayList<>();
    private final List<Double> waits = new ArrayList<>();
    private double clock;
    private double worked;
    private int mostRunning;
    private int mostStarting;

    private FarmSimulation(Farm farm, Load load, Costs costs) {
        this.farm = farm;
        this.costs = costs;
        this.left = new int[load.jvms()];
        this.running = new int[load.jvms()];
        this.starting = new int[farm.members()];
        this.all = new int[farm.members()];
        for (int jvm = 0; jvm < load.jvms(); jvm++) {
            asking.add(new ArrayDeque<>());
            left[jvm] = load.tests();
            for (int thread = 0; thread < load.atOnce(); thread++) {
                ask(jvm);
            }
        }
    }

    static Result run(Farm farm, Load load, Costs costs) {
        return new FarmSimulation(farm, load, costs).toItsEnd();
    }

    private Result toItsEnd() {
        do {
            giveTurns();
            place();
            advance();
        } while (!machines.isEmpty() || !asking.stream().allMatch(Deque::isEmpty));
        waits.sort(Comparator.naturalOrder());
        return new Result(
                clock,
                waits.get(waits.size() / 2),
                waits.get(waits.size() - 1),
                mostRunning,
                mostStarting,
                worked / (clock * farm.processors() * (farm.shared() ? 1 : farm.members())));
    }

    private void ask(int jvm) {
        if (left[jvm] > 0) {
            left[jvm]--;
            asking.get(jvm).add(clock);
        }
    }

    /** To the JVM with the fewest machines, then to the one that has waited for longest. */
    private void giveTurns() {
        while (machines.size() < farm.limit()) {
            int next = -1;
            for (int jvm = 0; jvm < running.length; jvm++) {
                if (!asking.get(jvm).isEmpty() && (next < 0 || comesBefore(jvm, next))) {
                    next = jvm;
                }
            }
            if (next < 0) {
                return;
            }
            running[next]++;
            machines.add(new Machine(next, asking.get(next).remove(), costs.turn()));
            mostRunning = Math.max(mostRunning, machines.size());
        }
    }

    private boolean comesBefore(int jvm, int other) {
        return running[jvm] < running[other]
                || running[jvm] == running[other]
                        && asking.get(jvm).peek() < asking.get(other).peek();
    }

    /** To the member with the fewest, where fewer start than it has processors. */
    private void place() {
        for (Machine machine : machines) {
            if (machine.phase == Phase.PLACEMENT) {
                Optional<Integer> member = IntStream.range(0, all.length)
                        .filter(candidate -> starting[candidate] < farm.processors())
                        .boxed()
                        .min(Comparator.comparingInt(candidate -> all[candidate]));
                if (member.isEmpty()) {
                    return;
                }
                machine.member = member.get();
                starting[machine.member]++;
                all[machine.member]++;
                mostStarting = Math.max(mostStarting, starting[machine.member]);
                enter(machine, Phase.LATENCY, costs.latency());
            }
        }
    }

    private static void enter(Machine machine, Phase phase, double seconds) {
        machine.phase = phase;
        machine.remaining = seconds;
    }

    /** To the next moment at which one of them is done with what it does. */
    private void advance() {
        Map<Integer, Integer> working = new HashMap<>();
        for (Machine machine : machines) {
            if (machine.works()) {
                working.merge(domain(machine), 1, Integer::sum);
            }
        }
        double step = Double.MAX_VALUE;
        for (Machine machine : machines) {
            if (machine.phase != Phase.PLACEMENT) {
                step = Math.min(step, machine.remaining / rate(machine, working));
            }
        }
        clock += step;
        for (Machine machine : List.copyOf(machines)) {
            if (machine.phase != Phase.PLACEMENT) {
                double done = step * rate(machine, working);
                machine.remaining -= done;
                worked += machine.works() ? done : 0;
                if (machine.remaining <= NOW) {
                    goOn(machine);
                }
            }
        }
    }

    private int domain(Machine machine) {
        return farm.shared() ? 0 : machine.member;
    }

    /** Those that need a processor share them. */
    private double rate(Machine machine, Map<Integer, Integer> working) {
        return machine.works() ? Math.min(1, (double) farm.processors() / working.get(domain(machine))) : 1;
    }

    private void goOn(Machine machine) {
        switch (machine.phase) {
            case TURN -> enter(machine, Phase.PLACEMENT, 0);
            case LATENCY -> enter(machine, Phase.BOOT, costs.boot());
            case BOOT -> {
                starting[machine.member]--;
                waits.add(clock - machine.asked);
                enter(machine, Phase.TEST, costs.test());
            }
            case TEST -> {
                // The next test need not wait for the deletion, but for a place.
                ask(machine.jvm);
                enter(machine, Phase.DELETE, costs.delete());
            }
            case DELETE -> {
                all[machine.member]--;
                running[machine.jvm]--;
                machines.remove(machine);
            }
            case PLACEMENT -> throw new IllegalStateException("It waits for a member");
        }
    }

    /** Prints what different limits of machines make of a farm. All have defaults, of which docs/farm.md says where they are from. */
    public static void main(String... arguments) {
        Map<String, Double> given = new HashMap<>();
        Arrays.stream(arguments)
                .map(text -> text.split("="))
                .forEach(pair -> given.put(pair[0], Double.valueOf(pair[1])));
        int members = (int) number(given, "members", 3);
        int processors = (int) number(given, "processors", 8);
        Load load = new Load(
                (int) number(given, "jvms", 100), (int) number(given, "tests", 50), (int) number(given, "at-once", 4));
        Costs costs = new Costs(
                number(given, "turn", 0.05),
                number(given, "latency", 0.3),
                number(given, "boot", 1.1),
                number(given, "test", 3),
                number(given, "delete", 0.3));
        double room = number(given, "memory", 32) * members * 1024 / number(given, "mebibytes-of-a-machine", 120);
        System.out.printf(
                Locale.ROOT,
                "%d tests of %d JVMs, %d at once in each, on %d members of %d processors%n%n"
                        + "| limit | minutes | median wait s | longest wait s | tests per minute | processors busy |%n"
                        + "|---|---|---|---|---|---|%n",
                load.jvms() * load.tests(),
                load.jvms(),
                load.atOnce(),
                members,
                processors);
        for (int perProcessor : List.of(1, 2, 4, 8, 16)) {
            int limit = perProcessor * processors * members;
            Result result = run(new Farm(members, processors, false, limit), load, costs);
            System.out.printf(
                    Locale.ROOT,
                    "| %d, %d for a processor%s | %.1f | %.1f | %.1f | %.0f | %.0f %% |%n",
                    limit,
                    perProcessor,
                    limit > room ? ", MORE THAN THE MEMORY HAS ROOM FOR" : "",
                    result.seconds() / 60,
                    result.median(),
                    result.longest(),
                    load.jvms() * load.tests() * 60 / result.seconds(),
                    100 * result.busy());
        }
    }

    private static double number(Map<String, Double> given, String name, double otherwise) {
        return given.getOrDefault(name, otherwise);
    }
}
