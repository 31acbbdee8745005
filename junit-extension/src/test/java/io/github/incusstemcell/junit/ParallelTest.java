package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.support.ReflectionSupport;

/** Tests that run at once, under each of the ways in which JUnit does that. */
class ParallelTest {

    private static final int PARALLELISM = 2;

    /** Since 6.1. */
    private static final boolean HAS_THREAD_POOL = ReflectionSupport.tryToLoadClass(
                    "org.junit.platform.engine.support.hierarchical.WorkerThreadPoolHierarchicalTestExecutorService")
            .toOptional()
            .isPresent();

    /** The machines that the fixtures were given. */
    static final List<StemcellContainer> SEEN = new CopyOnWriteArrayList<>();

    @BeforeEach
    void forget() {
        SEEN.clear();
        Running.NOW.set(0);
        Running.MOST.set(0);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
    }

    static Stream<String> executors() {
        return HAS_THREAD_POOL ? Stream.of("fork_join_pool", "worker_thread_pool") : Stream.of("fork_join_pool");
    }

    @ParameterizedTest
    @MethodSource("executors")
    void neverMoreTestsThanJUnitWasToldTo(String executor) {
        assertSucceeded(run(parallel(executor, "concurrent"), One.class, Other.class), 4);

        assertThat(SEEN).hasSize(4).doesNotHaveDuplicates();
        assertThat(Running.MOST).hasValue(PARALLELISM);
    }

    @ParameterizedTest
    @MethodSource("executors")
    void oneContainerForTestsThatRunAtOnce(String executor) {
        assertSucceeded(run(parallel(executor, "concurrent"), Shared.class), 4);

        assertThat(SEEN).hasSize(4);
        assertThat(SEEN.stream().distinct()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("executors")
    void oneAfterTheOtherOnTheirClassesThread(String executor) {
        assertSucceeded(run(parallel(executor, "same_thread"), OneInstance.class), 2);

        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
        assertThat(Running.MOST).hasValue(1);
    }

    private static Map<String, String> parallel(String executor, String mode) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("junit.jupiter.execution.parallel.enabled", "true");
        parameters.put("junit.jupiter.execution.parallel.mode.default", mode);
        parameters.put("junit.jupiter.execution.parallel.config.executor-service", executor);
        parameters.put("junit.jupiter.execution.parallel.config.strategy", "fixed");
        parameters.put("junit.jupiter.execution.parallel.config.fixed.parallelism", Integer.toString(PARALLELISM));
        return parameters;
    }

    /** Counts tests, from before they wait for their container; it has to stand before our annotation. */
    static final class Running implements BeforeEachCallback, AfterEachCallback {

        static final AtomicInteger NOW = new AtomicInteger();
        static final AtomicInteger MOST = new AtomicInteger();

        @Override
        public void beforeEach(ExtensionContext context) {
            MOST.accumulateAndGet(NOW.incrementAndGet(), Math::max);
        }

        @Override
        public void afterEach(ExtensionContext context) {
            NOW.decrementAndGet();
        }
    }

    /** All that a test can wait for. */
    static void use(StemcellContainer stemcell) {
        SEEN.add(stemcell);
        stemcell.exec("sleep", "0.2").requireSuccess();
        stemcell.exec(Command.of("sleep", "0.2").timeout(Duration.ofSeconds(30)))
                .requireSuccess();
        stemcell.files().writeString("/root/used", "yes");
        assertThat(stemcell.files().readString("/root/used")).isEqualTo("yes");
        stemcell.systemd().unit("cron.service");
        stemcell.systemd().restart("cron.service");
        assertThat(stemcell).within(Duration.ofSeconds(10)).unit("cron.service").isActive();
        stemcell.snapshot("used");
    }

    @ExtendWith(Running.class)
    @IncusStemcell
    static class One {

        @RepeatedTest(2)
        void test(StemcellContainer stemcell) {
            use(stemcell);
        }
    }

    @ExtendWith(Running.class)
    @IncusStemcell
    static class Other {

        private StemcellContainer stemcell;

        @RepeatedTest(2)
        void test() {
            use(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class Shared {

        @RepeatedTest(4)
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
            stemcell.exec("true").requireSuccess();
        }
    }

    @ExtendWith(Running.class)
    @IncusStemcell
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance {

        private StemcellContainer stemcell;

        @RepeatedTest(2)
        void test() {
            SEEN.add(stemcell);
        }
    }
}
