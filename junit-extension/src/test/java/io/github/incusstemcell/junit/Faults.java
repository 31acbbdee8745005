package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.InstanceInfo;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Suites that are killed at random moments, several at once beside a living one. It is no test of the usual run: {@code dev/test --faults}
 * runs it, and prints what became of what the killed ones had.
 */
class Faults {

    private static final int KILLS = Integer.getInteger("faults.kills", 60);
    private static final int AT_ONCE = 2;

    /** From the start of a JVM, of which a second goes by before it connects. */
    private static final Duration LATEST = Duration.ofSeconds(Integer.getInteger("faults.latest", 40));

    /** What is powered off is so by then, and what is not is left to the next run. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Map<String, List<Long>> outcomes = new TreeMap<>();

    /** By process, what it has said that it does. */
    private final Map<Long, String> stages = new ConcurrentHashMap<>();

    @Test
    void killedSuitesLeaveNothingToTheNext() throws Exception {
        long seed = Long.getLong("faults.seed", System.nanoTime());
        System.out.println("seed: " + seed);
        Random random = new Random(seed);
        Process living = Kit.java(Fork.Main.class.getName(), ForksTest.Waiting.class.getName());
        List<Long> killed = new ArrayList<>();
        try (BufferedReader said = living.inputReader()) {
            awaitLine(said, "the containers are there");
            ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
            List<Future<Long>> kills = new ArrayList<>();
            for (int i = 0; i < KILLS; i++) {
                long delay = 1000 + random.nextLong(LATEST.toMillis());
                kills.add(threads.submit(() -> kill(delay)));
            }
            for (Future<Long> kill : kills) {
                killed.add(kill.get());
            }
            threads.shutdown();

            assertSucceeded(run(ForksTest.Passing.class), 2);
            assertThat(killed).allSatisfy(pid -> {
                assertThat(Kit.instancesOf(pid)).isEmpty();
                assertThat(Kit.networksOf(pid)).isEmpty();
            });
            assertThat(Kit.instancesOf(living.pid())).hasSize(2).allMatch(InstanceInfo::isRunning);
        } finally {
            living.toHandle().destroy();
            living.waitFor();
            print();
        }
    }

    /** {@return the process, which is dead} */
    private long kill(long delay) throws IOException, InterruptedException {
        Process process = Kit.java(Fork.Main.class.getName(), EachStage.class.getName(), Nodes.class.getName());
        Thread reader = new Thread(() -> read(process));
        reader.start();
        process.waitFor(delay, TimeUnit.MILLISECONDS);
        process.toHandle().destroyForcibly();
        long begin = System.nanoTime();
        process.waitFor();
        reader.join();
        record(stage(process.pid()), offAfter(process.pid(), begin));
        return process.pid();
    }

    private String stage(long pid) {
        return stages.getOrDefault(pid, "connecting or fetching");
    }

    private void read(Process process) {
        try (BufferedReader said = process.inputReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.startsWith("stage: ")) {
                    stages.put(process.pid(), line.substring("stage: ".length()));
                }
            }
        } catch (IOException e) {
            // It was killed.
        }
    }

    private static void awaitLine(BufferedReader said, String wanted) throws IOException {
        for (String line = said.readLine(); !wanted.equals(line); line = said.readLine()) {
            assertThat(line).isNotNull();
        }
    }

    /**
     * Looks until the end, as the daemon may be starting something still when its JVM is dead.
     *
     * @return when something was seen running for the last time, in milliseconds; -1 where something runs still
     */
    private static long offAfter(long pid, long begin) throws InterruptedException {
        long last = 0;
        while (System.nanoTime() - begin < LONGEST.toNanos()) {
            if (runs(pid)) {
                last = Duration.ofNanos(System.nanoTime() - begin).toMillis();
            }
            Thread.sleep(50);
        }
        return runs(pid) ? -1 : last;
    }

    private static boolean runs(long pid) {
        return Kit.instancesOf(pid).stream().anyMatch(InstanceInfo::isRunning);
    }

    private synchronized void record(String stage, long off) {
        outcomes.computeIfAbsent(stage, absent -> new ArrayList<>()).add(off);
    }

    private void print() {
        System.out.printf(
                "%-24s %5s %12s %12s %14s%n", "killed while", "kills", "off in 2 s", "off in 10 s", "running still");
        outcomes.forEach((stage, offs) -> System.out.printf(
                "%-24s %5d %12d %12d %14d%n",
                stage,
                offs.size(),
                offs.stream().filter(off -> off >= 0 && off <= 2000).count(),
                offs.stream().filter(off -> off > 2000).count(),
                offs.stream().filter(off -> off < 0).count()));
    }

    private static void at(String stage) {
        System.out.println("stage: " + stage);
    }

    @IncusStemcell
    @TestMethodOrder(MethodOrderer.MethodName.class)
    static class EachStage {

        /** Made anew in each JVM. */
        @Provision(version = "faults")
        static void provision(StemcellContainer stemcell) throws InterruptedException {
            at("provisioning");
            stemcell.exec("sh", "-c", "sleep 1; dd if=/dev/urandom of=/opt/random bs=1M count=20 2>/dev/null");
            at("publishing or starting");
        }

        @Test
        void a(StemcellContainer stemcell) {
            at("command");
            stemcell.exec("sleep", "1");
            at("file copy");
            for (int i = 0; i < 20; i++) {
                stemcell.files().write("/opt/copy" + i, new ByteArrayInputStream(new byte[1 << 20]));
            }
            at("delete or next start");
        }

        @Test
        void b(StemcellContainer stemcell) {
            at("diagnostics");
            stemcell.diagnose();
            stemcell.diagnose();
            at("delete or network");
        }
    }

    @IncusStemcell
    static class Nodes {

        @Test
        void c(@Node("db") StemcellContainer db, @Node("web") StemcellContainer web) {
            at("two nodes");
            db.exec("sleep", "2");
            at("end of the run");
        }
    }
}
