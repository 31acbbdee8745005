package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JVM that runs many trivial tests in parallel and then says what it has left of threads and open files, and how long its tests
 * waited. Only a JVM of its own has nothing else in it.
 */
final class Load {

    private static final int TESTS_OF_A_CLASS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Map<String, String> PARALLEL = Map.of(
            "junit.jupiter.execution.parallel.enabled", "true",
            "junit.jupiter.execution.parallel.mode.default", "concurrent");

    private static final List<Class<?>> CLASSES = List.of(
            T01.class, T02.class, T03.class, T04.class, T05.class, T06.class, T07.class, T08.class, T09.class,
            T10.class, T11.class, T12.class, T13.class, T14.class, T15.class, T16.class, T17.class, T18.class,
            T19.class, T20.class);

    private Load() {}

    /** How many classes there are at most. */
    static int classes() {
        return CLASSES.size();
    }

    /** Takes the number of classes, and for how many minutes they are run again and again, if not once. */
    public static void main(String... arguments) throws IOException, InterruptedException {
        // What a JVM loads and keeps once.
        run(1);
        Stopwatch.WAITED.clear();
        // As at the end: a socket that is still to be closed would count as one that is left open now.
        settle();
        System.gc();
        long files = openFiles();
        int classes = Integer.parseInt(arguments[0]);
        long end = System.nanoTime()
                + Duration.ofMinutes(arguments.length > 1 ? Long.parseLong(arguments[1]) : 0)
                        .toNanos();
        do {
            run(classes);
            System.out.println("round: " + usedHeap() + " bytes, " + Thread.activeCount() + " threads, "
                    + (openFiles() - files) + " files");
        } while (System.nanoTime() - end < 0);
        System.out.println("threads: " + settle());
        System.out.println("files: " + (openFiles() - files));
        print(Stopwatch.WAITED.stream().sorted().toList());
        System.exit(0);
    }

    private static void run(int classes) {
        Kit.assertSucceeded(
                Kit.run(PARALLEL, CLASSES.subList(0, classes).toArray(Class<?>[]::new)), classes * TESTS_OF_A_CLASS);
    }

    /** A pool that was shut down ends its threads soon, and each of them its last socket. */
    private static List<String> settle() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<String> threads = ourThreads();
        while (!threads.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(50);
            threads = ourThreads();
        }
        return threads;
    }

    private static List<String> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("incus-stemcell"))
                .toList();
    }

    /** After a collection, in bytes. */
    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static void print(List<Long> sorted) {
        long median = sorted.get(sorted.size() / 2);
        long slowest = sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
        System.out.printf(
                "waits: %d, median: %d ms, 99th percentile: %d ms, ratio: %.2f%n",
                sorted.size(), median, slowest, (double) slowest / median);
    }

    /** Takes the time from before our annotation, which it has to stand before, until the test has its container. */
    static final class Stopwatch implements BeforeEachCallback, BeforeTestExecutionCallback {

        static final Queue<Long> WAITED = new ConcurrentLinkedQueue<>();

        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Stopwatch.class);

        @Override
        public void beforeEach(ExtensionContext context) {
            context.getStore(NAMESPACE).put("begin", System.nanoTime());
        }

        @Override
        public void beforeTestExecution(ExtensionContext context) {
            long begin = context.getStore(NAMESPACE).get("begin", Long.class);
            WAITED.add(Duration.ofNanos(System.nanoTime() - begin).toMillis());
        }
    }

    @ExtendWith(Stopwatch.class)
    @IncusStemcell
    abstract static class Trivial {

        private StemcellContainer stemcell;

        @RepeatedTest(TESTS_OF_A_CLASS)
        void test() {
            assertThat(stemcell.exec("true").exitCode()).isZero();
        }
    }

    static class T01 extends Trivial {}

    static class T02 extends Trivial {}

    static class T03 extends Trivial {}

    static class T04 extends Trivial {}

    static class T05 extends Trivial {}

    static class T06 extends Trivial {}

    static class T07 extends Trivial {}

    static class T08 extends Trivial {}

    static class T09 extends Trivial {}

    static class T10 extends Trivial {}

    static class T11 extends Trivial {}

    static class T12 extends Trivial {}

    static class T13 extends Trivial {}

    static class T14 extends Trivial {}

    static class T15 extends Trivial {}

    static class T16 extends Trivial {}

    static class T17 extends Trivial {}

    static class T18 extends Trivial {}

    static class T19 extends Trivial {}

    static class T20 extends Trivial {}
}
