package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.RepeatedTest;
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

    /** Takes how many may be started ahead, how many tests there are, 8 or 40, how long each of them takes, and how many run at once. */
    public static void main(String... arguments) {
        body = Long.parseLong(arguments[2]);
        Map<String, String> parameters = new HashMap<>();
        parameters.put("incus.stemcell.starts-ahead", arguments[0]);
        if (!arguments[3].equals("1")) {
            parameters.put("junit.jupiter.execution.parallel.enabled", "true");
            parameters.put("junit.jupiter.execution.parallel.mode.default", "concurrent");
            parameters.put("junit.jupiter.execution.parallel.config.strategy", "fixed");
            parameters.put("junit.jupiter.execution.parallel.config.fixed.parallelism", arguments[3]);
        }
        Class<?> suite =
                switch (arguments[1]) {
                    case "2" -> Two.class;
                    case "8" -> Eight.class;
                    case "40" -> Forty.class;
                    default -> throw new IllegalArgumentException(arguments[1]);
                };
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .configurationParameters(parameters)
                                .selectors(DiscoverySelectors.selectClass(suite))
                                .build(),
                        summary);
        summary.getSummary().getFailures().forEach(failure -> failure.getException()
                .printStackTrace());
        List<Long> waits = Stopwatch.WAITED.stream().sorted().toList();
        System.out.println("median wait: " + waits.get(waits.size() / 2) / 1e6);
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

    static class Two extends Small {

        @RepeatedTest(2)
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
}
