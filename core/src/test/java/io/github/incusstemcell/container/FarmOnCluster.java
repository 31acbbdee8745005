package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.FarmSimulation.Costs;
import io.github.incusstemcell.container.FarmSimulation.Farm;
import io.github.incusstemcell.container.FarmSimulation.Load;
import io.github.incusstemcell.container.FarmSimulation.Result;
import io.github.incusstemcell.incus.ClusterMember;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.internal.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Tests of several JVMs on the cluster of three that dev/test --cluster sets up, and what {@link FarmSimulation} says of them from what one
 * test takes there. How far they are apart is printed and judged by people, as it depends on what else the machine does.
 */
class FarmOnCluster {

    private static final int JVMS = 4;
    private static final int TESTS = 25;
    private static final int LIMIT = 6;
    private static final int MEASURED = 8;

    /** What the body of a test waits, in seconds. */
    private static final double BODY = 1;

    private static final String BEGIN = "begin";

    @Test
    void runsAHundredTestsOfFourJvmsWithinTheLimitAndLeavesNothing() throws Exception {
        Farm farm = new Farm(3, Runtime.getRuntime().availableProcessors(), true, LIMIT);
        Costs costs = measured();
        Result predicted = FarmSimulation.run(farm, new Load(JVMS, TESTS, 1), costs);
        List<Process> jvms = new ArrayList<>();
        try (Incus incus = Incus.connect();
                Incus project = incus.project(Placement.DEFAULT_PROJECT)) {
            for (int i = 0; i < JVMS; i++) {
                jvms.add(jvm());
            }
            for (Process jvm : jvms) {
                assertThat(jvm.inputReader().readLine()).isEqualTo(BEGIN);
            }
            double busy = busy();
            long begin = System.nanoTime();
            for (Process jvm : jvms) {
                jvm.outputWriter().append(BEGIN).append('\n').close();
            }
            Census census = new Census();
            for (Process jvm : jvms) {
                while (!jvm.waitFor(200, TimeUnit.MILLISECONDS)) {
                    census.count(project.instances().list());
                }
            }
            double seconds = secondsSince(begin);

            System.out.printf(
                    Locale.ROOT,
                    "%d tests of %d JVMs: %.1f s, predicted %.1f, ratio %.2f; processors busy %.0f %%, predicted %.0f%n"
                            + "by %s%nat most %s%n",
                    JVMS * TESTS,
                    JVMS,
                    seconds,
                    predicted.seconds(),
                    seconds / predicted.seconds(),
                    100 * (busy() - busy) / seconds / farm.processors(),
                    100 * predicted.busy(),
                    costs,
                    census.most);
            for (Process jvm : jvms) {
                List<String> waits = jvm.inputReader().lines().toList();
                assertThat(jvm.waitFor()).isZero();
                assertThat(waits).hasSize(TESTS);
            }
            assertThat(census.most.get("all")).isLessThanOrEqualTo(LIMIT);
            assertThat(incus.clusterMembers())
                    .map(ClusterMember::name)
                    .allSatisfy(member -> assertThat(census.most.get(member)).isBetween(1, LIMIT / 3));
            assertThat(project.instances().list()).isEmpty();
        } finally {
            jvms.forEach(Process::destroyForcibly);
        }
    }

    /** The most instances that were seen at once, on each member and on all. */
    private static final class Census {

        private final Map<String, Integer> most = new HashMap<>();

        void count(List<InstanceInfo> instances) {
            Map<String, Integer> now = new HashMap<>();
            instances.forEach(instance -> now.merge(instance.location(), 1, Integer::sum));
            now.put("all", instances.size());
            now.forEach((where, number) -> most.merge(where, number, Math::max));
        }
    }

    /** Of one test after the other, where nothing else runs. */
    private static Costs measured() throws Exception {
        try (Stemcells stemcells = TestMachine.stemcells().machines(LIMIT).connect()) {
            stemcells.launch(spec()).close();
            double starting = 0;
            double started = 0;
            double deleting = 0;
            for (int i = 0; i < MEASURED; i++) {
                double busy = busy();
                long asked = System.nanoTime();
                StemcellContainer container = stemcells.launch(spec());
                started += secondsSince(asked);
                double up = busy();
                starting += up - busy;
                container.close();
                deleting += busy() - up;
            }
            double boot = starting / MEASURED;
            return new Costs(0, Math.max(0, started / MEASURED - boot), boot, BODY, deleting / MEASURED);
        }
    }

    /** {@return the seconds that all processors of this machine have worked since it started, proc_stat(5)} */
    private static double busy() throws IOException {
        try (BufferedReader stat = Files.newBufferedReader(Path.of("/proc/stat"))) {
            long[] ticks = Arrays.stream(stat.readLine().split(" +"))
                    .skip(1)
                    .mapToLong(Long::parseLong)
                    .toArray();
            // All but idle and iowait; the time of guests of another kind is in that of users.
            return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / 100.0;
        }
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static ContainerSpec spec() {
        return TestMachine.spec().toBuilder().owner("FarmOnCluster").build();
    }

    private static Process jvm() throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        return new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Tests.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A JVM that has run a test, and runs the others when it is told to. As in the extension, the next one does not wait for the deletion. */
    static final class Tests {

        public static void main(String... arguments) throws Exception {
            ExecutorService deletions = Executors.newCachedThreadPool();
            try (Stemcells stemcells = TestMachine.stemcells().machines(LIMIT).connect()) {
                stemcells.launch(spec()).close();
                System.out.println(BEGIN);
                System.in.read();
                List<CompletableFuture<Void>> deleted = new ArrayList<>();
                for (int test = 0; test < TESTS; test++) {
                    long asked = System.nanoTime();
                    StemcellContainer container = stemcells.launch(spec());
                    System.out.println(secondsSince(asked));
                    container.exec("sleep", Double.toString(BODY)).requireSuccess();
                    deleted.add(CompletableFuture.runAsync(container::close, deletions));
                }
                for (CompletableFuture<Void> one : deleted) {
                    Waiting.on(one);
                }
            }
            System.exit(0);
        }
    }
}
