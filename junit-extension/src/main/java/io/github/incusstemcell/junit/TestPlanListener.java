package io.github.incusstemcell.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Hears from the JUnit Platform which tests a run is going to have, and which of them have ended, so that containers can be started before
 * their tests ask for them. The launcher finds it by {@link java.util.ServiceLoader}; nobody else has a use for it. Where there is no
 * launcher, or where it looks for no listeners, each container is started when its test asks.
 */
public final class TestPlanListener implements TestExecutionListener {

    private static final String JUPITER = "[engine:junit-jupiter]";

    /** How JUnit begins the segments of unique ids. The tests of class templates have none before they run. */
    private static final String CLASS_TEMPLATE = "/[class-template:";

    private static final String TEST_TEMPLATE = "/[test-template:";

    private final Map<TestPlan, PlannedTests> running = new ConcurrentHashMap<>();

    /** Called by the launcher. */
    public TestPlanListener() {}

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        PlannedTests planned = new PlannedTests();
        plan.getRoots().forEach(root -> add(plan, root, List.of(), planned));
        running.put(plan, planned);
        PlannedTests.begin(planned);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        Optional.ofNullable(running.remove(plan)).ifPresent(PlannedTests::end);
    }

    @Override
    public void executionSkipped(TestIdentifier skipped, String reason) {
        running.values().forEach(planned -> planned.ended(skipped.getUniqueId()));
    }

    @Override
    public void executionFinished(TestIdentifier finished, TestExecutionResult result) {
        running.values().forEach(planned -> planned.ended(finished.getUniqueId()));
    }

    /** In the order in which they run, unless they run in parallel. */
    private static void add(TestPlan plan, TestIdentifier identifier, List<Class<?>> around, PlannedTests planned) {
        String id = identifier.getUniqueId();
        List<Class<?>> classes = new ArrayList<>(around);
        if (id.contains(JUPITER) && !id.contains(CLASS_TEMPLATE)) {
            source(identifier, ClassSource.class).ifPresent(source -> {
                classes.add(0, source.getJavaClass());
                DeclarationCheck.check(classes);
            });
            source(identifier, MethodSource.class)
                    .ifPresent(source -> planned.add(
                            id, new PlannedTest(source.getJavaMethod(), List.copyOf(classes)), times(id, source)));
        }
        plan.getChildren(identifier).forEach(child -> add(plan, child, classes, planned));
    }

    private static <T extends TestSource> Optional<T> source(TestIdentifier identifier, Class<T> type) {
        return identifier.getSource().filter(type::isInstance).map(type::cast);
    }

    /** Of templates only those of repetitions say before how many tests will come of them. */
    private static int times(String id, MethodSource source) {
        return id.contains(TEST_TEMPLATE)
                ? AnnotationSupport.findAnnotation(source.getJavaMethod(), RepeatedTest.class)
                        .map(RepeatedTest::value)
                        .orElse(0)
                : 1;
    }
}
