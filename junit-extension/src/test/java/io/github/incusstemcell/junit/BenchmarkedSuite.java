package io.github.incusstemcell.junit;

import io.github.incusstemcell.bench.Program;
import io.github.incusstemcell.container.StemcellContainer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** A JVM with a suite of small tests, run as a build would, for {@link SuiteBenchmark}. It says how long they waited. */
final class BenchmarkedSuite {

    private static long body;

    private BenchmarkedSuite() {}

    /** Takes the name of one of the classes below, how many seconds each of its tests takes, and how many run at once. */
    public static void main(String... arguments) throws Exception {
        body = (long) (1000 * Double.parseDouble(arguments[1]));
        Map<String, String> parameters = new HashMap<>();
        // As many as where nothing is set, which other tests here do.
        parameters.put("incus.stemcell.starts-ahead", "");
        if (!arguments[2].equals("1")) {
            parameters.put("junit.jupiter.execution.parallel.enabled", "true");
            parameters.put("junit.jupiter.execution.parallel.mode.default", "concurrent");
            parameters.put("junit.jupiter.execution.parallel.config.strategy", "fixed");
            parameters.put("junit.jupiter.execution.parallel.config.fixed.parallelism", arguments[2]);
        }
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .configurationParameters(parameters)
                                .selectors(DiscoverySelectors.selectClass(
                                        BenchmarkedSuite.class.getName() + "$" + arguments[0]))
                                .build(),
                        summary);
        summary.getSummary().getFailures().forEach(failure -> failure.getException()
                .printStackTrace());
        Stopwatch.WAITED.forEach(nanos -> System.out.println("figure wait_ms " + nanos / 1e6));
        Program.printPeaks();
        System.exit((int) summary.getSummary().getTotalFailureCount());
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
            WAITED.add(System.nanoTime() - context.getStore(NAMESPACE).get("begin", Long.class));
        }
    }

    @ExtendWith(Stopwatch.class)
    @IncusStemcell
    abstract static class Small {

        private StemcellContainer stemcell;

        /** What a test does with its time is of no interest, as long as it leaves the processors alone. */
        void use() throws InterruptedException {
            stemcell.exec("true").requireSuccess();
            Thread.sleep(body);
        }
    }

    static class One extends Small {

        @Test
        void test() throws InterruptedException {
            use();
        }
    }

    static class Eight extends Small {

        @RepeatedTest(8)
        void test() throws InterruptedException {
            use();
        }
    }

    static class Forty extends Small {

        @RepeatedTest(40)
        void test() throws InterruptedException {
            use();
        }
    }

    @ExtendWith(Stopwatch.class)
    @IncusStemcell
    static class Three {

        @Test
        void test(@Node("a") StemcellContainer a, @Node("b") StemcellContainer b, @Node("c") StemcellContainer c) {
            List.of(a, b, c).forEach(machine -> machine.exec("true").requireSuccess());
        }
    }

    static class Empty {

        @RepeatedTest(40)
        void test() {}
    }
}
