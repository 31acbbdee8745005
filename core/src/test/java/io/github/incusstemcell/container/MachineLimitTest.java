package io.github.incusstemcell.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.internal.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several JVMs on one daemon, each of which wants more machines than there may be. */
class MachineLimitTest {

    private final List<Process> runs = new ArrayList<>();
    private Incus incus;

    @BeforeEach
    void connect() {
        TestMachine.stemcells().connect().close();
        incus = Incus.connect();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (Process run : runs) {
            run.destroyForcibly().waitFor();
        }
        TestMachine.stemcells().connect().close();
        assertThat(shares()).isEmpty();
        incus.close();
    }

    @Test
    void isNeverExceededByAllTogether() throws Exception {
        for (int i = 0; i < 4; i++) {
            start(3, 2, 4, 300);
        }

        List<Step> steps = stepsOfAll();

        assertThat(steps).hasSize(4 * 2 * 4 * 2);
        int running = 0;
        int most = 0;
        for (Step step : steps) {
            running += step.change();
            assertThat(running).isLessThanOrEqualTo(3);
            most = Math.max(most, running);
        }
        assertThat(most).isEqualTo(3);
    }

    /** As where the daemon is killed when it has been told of it. */
    @Test
    void hasATurnTakenOnceMoreWhereTheDaemonIsLostMeanwhile(@TempDir Path folder) throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        Consumer<String> first = request -> {
            if (request.startsWith("POST /1.0/profiles") && lost.compareAndSet(false, true)) {
                throw new InFrontOfIncus.Lost();
            }
        };
        try (InFrontOfIncus between = new InFrontOfIncus(folder, first);
                Stemcells stemcells = TestMachine.stemcells()
                        .endpoint(between.endpoint())
                        .machines(1)
                        .connect();
                StemcellContainer container = stemcells.launch(TestMachine.spec())) {
            assertThat(lost).isTrue();
            container.exec("true").requireSuccess();
        }
    }

    @Test
    void isSharedWithOneThatComesLate() throws Exception {
        Process first = start(4, 8, 4, 400);
        BufferedReader begun = first.inputReader();
        begun.readLine();
        Process late = start(4, 8, 4, 400);
        List<Step> steps = new ArrayList<>(steps(begun, first));
        steps.addAll(steps(late.inputReader(), late));
        steps.sort(Comparator.comparing(Step::at));

        Map<Long, List<Step>> byRun = steps.stream().collect(java.util.stream.Collectors.groupingBy(Step::process));
        int ofFirst = 1;
        int ofLate = 0;
        int waitingOfLate = 8 * 4;
        List<Integer> differences = new ArrayList<>();
        for (Step step : steps) {
            if (step.process() == late.pid()) {
                ofLate += step.change();
                waitingOfLate -= step.change() > 0 ? 1 : 0;
            } else {
                ofFirst += step.change();
            }
            // Once it has its share, until one of them has fewer tests left than places.
            if (ofLate == 2 || !differences.isEmpty()) {
                differences.add(waitingOfLate > 8 ? ofFirst - ofLate : 0);
            }
        }
        assertThat(byRun).hasSize(2);
        assertThat(differences).isNotEmpty().allMatch(difference -> difference <= 2);
    }

    @Test
    void isFreedByAKilledJvm() throws Exception {
        Process killed = start(2, 2, 1, 600_000);
        BufferedReader said = killed.inputReader();
        said.readLine();
        said.readLine();
        try (MachineLimit limit = limit(2, MachineLimit.TERM, MachineLimit.PATIENCE)) {
            CompletableFuture<Runnable> entering = later(limit);
            assertThatThrownBy(() -> entering.get(1, SECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);

            killed.destroyForcibly().waitFor();

            Waiting.on(entering).run();
        }
    }

    @Test
    void isFreedByAJvmElsewhereThatSaysNothingMore() throws Exception {
        Lease elsewhere = new Lease(
                "fedcba98-7654-3210", "elsewhere", "", "another boot", "", 1, "", "", false, java.time.Instant.MAX);
        MachineLimit dead = MachineLimit.of(project(), elsewhere, 1, Duration.ofDays(1), MachineLimit.PATIENCE);
        dead.enter("what is lost");
        dead.places().take("m1", dead.places().taken()).orElseThrow();
        try (MachineLimit limit = limit(1, Duration.ofSeconds(3), MachineLimit.PATIENCE)) {
            long begin = System.nanoTime();
            limit.enter("another").run();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(30));
            assertThat(limit.places().taken().names()).isEmpty();
        }
    }

    @Test
    void isKeptByAJvmElsewhereThatLives() throws Exception {
        Lease elsewhere = new Lease(
                "fedcba98-7654-3210", "elsewhere", "", "another boot", "", 1, "", "", false, java.time.Instant.MAX);
        try (MachineLimit living =
                        MachineLimit.of(project(), elsewhere, 1, Duration.ofSeconds(3), MachineLimit.PATIENCE);
                MachineLimit limit = limit(1, Duration.ofSeconds(3), Duration.ofSeconds(8))) {
            Runnable leave = living.enter("what goes on");

            assertThatThrownBy(() -> limit.enter("the container for a test"))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Cannot start the container for a test: at most one machine may run at once on "
                            + incus.endpoint()
                            + " (incus.stemcell.machines), and none of those that do has ended for 8 s: 0 of this process,"
                            + " 1 of process 1 on elsewhere. Tests that have some and wait for more may wait for each other:"
                            + " raise the limit, or let fewer tests run at once");
            leave.run();
            limit.enter("the container for a test").run();
        }
    }

    @Test
    void isNotWaitedForLongerSinceOtherRunsComeAndGo() throws Exception {
        try (MachineLimit limit = limit(1, MachineLimit.TERM, Duration.ofSeconds(4))) {
            limit.enter("the first");
            CompletableFuture<Runnable> entering = later(limit);
            long begin = System.nanoTime();
            for (int i = 0; !entering.isDone() && System.nanoTime() - begin < SECONDS.toNanos(60); i++) {
                String waiting = new MachineShare("%012x".formatted(i), 1, 0, 1, 0, Long.MAX_VALUE / 1_000_000).name();
                project().profiles().create(waiting, Lease.ofThisProcess().keys(), Map.of(), "one that only waits");
                Thread.sleep(1000);
                project().profiles().delete(waiting);
            }

            assertThatThrownBy(() -> entering.get(0, SECONDS)).hasMessageContaining("has ended for 4 s");
        }
    }

    @Test
    void saysThatItIsClosedToThoseThatWait() throws Exception {
        MachineLimit limit = limit(1, MachineLimit.TERM, MachineLimit.PATIENCE);
        limit.enter("the first");
        CompletableFuture<Runnable> entering = later(limit);
        assertThatThrownBy(() -> entering.get(1, SECONDS)).isInstanceOf(java.util.concurrent.TimeoutException.class);

        limit.close();

        assertThatThrownBy(() -> Waiting.on(entering))
                .hasRootCauseMessage("No machine is started any more on " + incus.endpoint()
                        + ", as the connection to it is closed");
    }

    @Test
    void hasAContainerWaitForTheEndOfAnother() throws Exception {
        TestMachine.run("incus", "project", "set", Placement.DEFAULT_PROJECT, MachineLimit.KEY + "=1");
        try (Stemcells stemcells = TestMachine.stemcells().machines(5).connect()) {
            assertThat(stemcells.machineLimit()).hasValue(1);
            StemcellContainer first = stemcells.launch(TestMachine.spec());
            CompletableFuture<StemcellContainer> second = CompletableFuture.supplyAsync(
                    () -> stemcells.launch(TestMachine.spec()), task -> new Thread(task).start());
            assertThatThrownBy(() -> second.get(3, SECONDS)).isInstanceOf(java.util.concurrent.TimeoutException.class);

            first.close();

            Waiting.on(second).close();
        } finally {
            TestMachine.run("incus", "project", "unset", Placement.DEFAULT_PROJECT, MachineLimit.KEY);
        }
    }

    @Test
    void refusesANumberOfTheProjectThatIsNone() throws Exception {
        TestMachine.run("incus", "project", "set", Placement.DEFAULT_PROJECT, MachineLimit.KEY + "=many");
        try {
            assertThatThrownBy(() -> TestMachine.stemcells().connect())
                    .hasMessage("'many' is no number of machines. It is user.incus-stemcell.machines of the project"
                            + " 'incus-stemcell' on " + incus.endpoint()
                            + "; set it with: incus project set incus-stemcell user.incus-stemcell.machines 16");
        } finally {
            TestMachine.run("incus", "project", "unset", Placement.DEFAULT_PROJECT, MachineLimit.KEY);
        }
    }

    private MachineLimit limit(int limit, Duration term, Duration patience) {
        return MachineLimit.of(project(), Lease.ofThisProcess(), limit, term, patience);
    }

    private Incus project() {
        return incus.project(Placement.DEFAULT_PROJECT);
    }

    private static CompletableFuture<Runnable> later(MachineLimit limit) {
        return CompletableFuture.supplyAsync(() -> limit.enter("another"), task -> new Thread(task).start());
    }

    private List<String> shares() {
        return project().profiles().names().stream()
                .filter(name -> MachineShare.of(name).isPresent())
                .toList();
    }

    /** A machine that is there from now on, or no more, by the clock that all processes have. */
    private record Step(long process, long at, int change) {}

    private List<Step> stepsOfAll() throws IOException {
        List<Step> steps = new ArrayList<>();
        for (Process run : runs) {
            steps.addAll(steps(run.inputReader(), run));
        }
        steps.sort(Comparator.comparing(Step::at));
        return steps;
    }

    private static List<Step> steps(BufferedReader said, Process run) {
        return said.lines()
                .map(line -> line.split(" "))
                .map(words -> new Step(run.pid(), Long.parseLong(words[0]), Integer.parseInt(words[1])))
                .toList();
    }

    private Process start(Object... numbers) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Run.class.getName()));
        for (Object number : numbers) {
            command.add(number.toString());
        }
        Process run = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        runs.add(run);
        return run;
    }

    /** A JVM in which so many threads have so many machines each, one after the other, for so many milliseconds. */
    static final class Run {

        public static void main(String... numbers) throws InterruptedException {
            int threads = Integer.parseInt(numbers[1]);
            int machines = Integer.parseInt(numbers[2]);
            int milliseconds = Integer.parseInt(numbers[3]);
            try (Incus incus = Incus.connect();
                    MachineLimit limit = MachineLimit.of(
                            incus.project(Placement.DEFAULT_PROJECT),
                            Lease.ofThisProcess(),
                            Integer.parseInt(numbers[0]),
                            MachineLimit.TERM,
                            MachineLimit.PATIENCE)) {
                List<Thread> tests = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    Thread test = new Thread(() -> runOneAfterTheOther(limit, machines, milliseconds));
                    test.start();
                    tests.add(test);
                }
                for (Thread test : tests) {
                    test.join();
                }
            }
        }

        private static void runOneAfterTheOther(MachineLimit limit, int machines, int milliseconds) {
            for (int i = 0; i < machines; i++) {
                Runnable leave = limit.enter("a machine");
                System.out.println(System.nanoTime() + " 1");
                try {
                    Thread.sleep(milliseconds);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                System.out.println(System.nanoTime() + " -1");
                leave.run();
            }
        }
    }
}
