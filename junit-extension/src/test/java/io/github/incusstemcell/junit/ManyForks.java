package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.inOurProject;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.InstanceInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Many tests at once on one daemon, of several JVMs and of one, and JVMs that are told to end at random moments. It is no test of the usual
 * run, which has shorter forms of them in {@link ForksTest} and {@link ParallelTest}: {@code dev/test --faults} runs it.
 */
class ManyForks {

    private static final int TERMINATIONS = Integer.getInteger("faults.terminations", 35);
    private static final Duration LONGEST = Duration.ofMinutes(20);

    private final List<Fork> forks = new ArrayList<>();

    @AfterEach
    void endForks() {
        forks.forEach(fork -> fork.process().destroyForcibly());
    }

    @Test
    void ofFiftyTestsEachPassWithOneImageAndTouchNothingForeign() throws Exception {
        Fork foreign = fork(ForksTest.READY, ForksTest.Waiting.class);
        foreign.awaitReady();
        deleteImages();

        List<Fork> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(fork("", Fifty.class));
        }

        for (Fork fork : four) {
            String log = fork.log(LONGEST);
            assertThat(fork.process().waitFor()).as(log).isZero();
            assertThat(fork.instances()).isEmpty();
            assertThat(fork.networks()).isEmpty();
        }
        assertThat(four.stream().flatMap(fork -> fork.log().lines()))
                .filteredOn(line -> line.contains("converted in"))
                .hasSize(1);
        assertThat(Kit.images()).hasSize(1);
        assertThat(foreign.instances()).hasSize(2).allMatch(InstanceInfo::isRunning);
        foreign.terminate();
        assertThat(foreign.instances()).isEmpty();
    }

    /** A test overtakes another one that asked for its container before, and got it later. */
    @Test
    void ofOneJvmAtEightThreadsOvertakeEachOtherByNoMoreThanWhatBootsAtOnce() {
        Turns.TAKEN.clear();
        Map<String, String> eight = Map.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.config.strategy", "fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "8",
                "junit.jupiter.execution.parallel.config.fixed.max-pool-size", "8",
                "incus.stemcell.machines", "4");

        assertSucceeded(run(eight, Concurrent.class), 100);

        List<Turn> turns = List.copyOf(Turns.TAKEN);
        List<Long> overtaken = turns.stream()
                .map(turn -> turns.stream().filter(turn::isOvertakenBy).count())
                .sorted()
                .toList();
        System.out.println("overtaken: " + overtaken);
        assertThat(turns).hasSize(100);
        assertThat(overtaken.get(overtaken.size() - 1)).isLessThanOrEqualTo(8);
    }

    @Test
    void thatAreTerminatedInAColdStartLeaveNothing() throws Exception {
        long seed = Long.getLong("faults.seed", System.nanoTime());
        System.out.println("seed: " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < TERMINATIONS; i++) {
            deleteImages();
            Fork fork = fork("", ForksTest.Waiting.class);
            fork.process().waitFor(500 + random.nextInt(6000), TimeUnit.MILLISECONDS);
            fork.terminate();

            assertThat(fork.instances()).as(fork::log).isEmpty();
            assertThat(fork.networks()).as(fork::log).isEmpty();
        }
    }

    private Fork fork(String readyAt, Class<?> fixture) throws IOException {
        Fork fork = Fork.of(readyAt, fixture);
        forks.add(fork);
        return fork;
    }

    private static void deleteImages() {
        inOurProject(incus -> Kit.images().stream().map(ImageInfo::fingerprint).forEach(incus.images()::delete));
    }

    @IncusStemcell
    static class Fifty {

        @RepeatedTest(50)
        void test(StemcellContainer stemcell) {
            assertThat(stemcell.exec("hostname").stdout()).isEqualTo(stemcell.name() + "\n");
        }
    }

    @ExtendWith(Turns.class)
    @IncusStemcell
    @Execution(ExecutionMode.CONCURRENT)
    static class Concurrent {

        @RepeatedTest(100)
        void test(StemcellContainer stemcell) {
            assertThat(stemcell.exec("hostname").stdout()).isEqualTo(stemcell.name() + "\n");
        }
    }

    private record Turn(long asked, long got) {

        boolean isOvertakenBy(Turn other) {
            return other.asked > asked && other.got < got;
        }
    }

    /** Takes down when a test asks for its container, before our extension does, and when it has it. */
    static final class Turns implements BeforeEachCallback, BeforeTestExecutionCallback {

        private static final Queue<Turn> TAKEN = new ConcurrentLinkedQueue<>();
        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Turns.class);

        @Override
        public void beforeEach(ExtensionContext context) {
            context.getStore(NAMESPACE).put("asked", System.nanoTime());
        }

        @Override
        public void beforeTestExecution(ExtensionContext context) {
            TAKEN.add(new Turn(context.getStore(NAMESPACE).get("asked", Long.class), System.nanoTime()));
        }
    }
}
