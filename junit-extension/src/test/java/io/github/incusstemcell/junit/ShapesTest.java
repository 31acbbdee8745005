package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.config;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.InstanceInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every shape of a test class that JUnit knows. */
class ShapesTest {

    /** The machines that the fixtures were given. */
    static final List<StemcellContainer> SEEN = new CopyOnWriteArrayList<>();

    private static final boolean CONSTRUCTORS_KNOW_THEIR_TEST = Stream.of(ExtendsSince512.class.getMethods())
            .anyMatch(method -> method.getName().equals("getTestInstantiationExtensionContextScope"));

    private interface ExtendsSince512 extends org.junit.jupiter.api.extension.ParameterResolver {}

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
    }

    @Test
    void aNestedClassWithFieldsAroundIt() {
        assertSucceeded(run(Outer.class), 1);

        assertThat(SEEN).hasSize(3);
        assertThat(SEEN.stream().distinct()).hasSize(1);
    }

    @Test
    void aNestedClassWithSettingsOfItsOwn() {
        assertSucceeded(run(OuterOverridden.class), 1);
    }

    @Test
    void aTestInAnInterface() {
        assertSucceeded(run(Implementing.class), 1);

        assertThat(SEEN).hasSize(1);
    }

    @Test
    void aSubclassThatOverridesItsSuperclass() {
        assertSucceeded(run(Overriding.class), 1);
    }

    @Test
    void oneInstanceForAllTests() {
        assertSucceeded(run(OneInstance.class), 2);

        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void oneInstanceAndOneContainerInItsConstructor() {
        assertSucceeded(run(SharedInConstructor.class), 1);

        assertThat(SEEN).hasSize(4);
        assertThat(SEEN.stream().distinct()).hasSize(1);
    }

    @Test
    void aConstructorOfEachTest() {
        if (CONSTRUCTORS_KNOW_THEIR_TEST) {
            assertSucceeded(run(InConstructor.class), 1);

            assertThat(SEEN).hasSize(2);
            assertThat(SEEN.stream().distinct()).hasSize(1);
        } else {
            assertFailed(
                    run(InConstructor.class),
                    ParameterResolutionException.class,
                    "The parameter 'stemcell' of the constructor of InConstructor asks for a container, but each test has"
                            + " its own, and only JUnit 5.12 and later say which test a constructor runs for. Use that, or"
                            + " ask for it in @BeforeEach or in the test; or share one container among all tests of the"
                            + " class with scope = PER_CLASS");
        }
    }

    @Test
    void notAConstructorOfAllTestsWhereEachHasItsOwn() {
        assertFailed(
                run(PerTestInSharedConstructor.class),
                ParameterResolutionException.class,
                "The parameter 'stemcell' of the constructor of PerTestInSharedConstructor asks for a container, but each"
                        + " test has its own, and with @TestInstance(PER_CLASS) the constructor runs once for all tests."
                        + " Ask for it in @BeforeEach or in the test; or share one container among all tests of the class"
                        + " with scope = PER_CLASS");
    }

    @Test
    void notAFieldOfAnInstanceThatTestsInParallelShare() {
        Map<String, String> parallel = Map.of("junit.jupiter.execution.parallel.enabled", "true");

        assertFailed(
                run(parallel, OneInstanceOneTest.class),
                ExtensionConfigurationException.class,
                "The field OneInstanceOneTest.stemcell is one for all tests of its class, because of"
                        + " @TestInstance(PER_CLASS), but they run in parallel and each has a container of its own. Ask for"
                        + " it by a parameter; or run them one after the other with @Execution(SAME_THREAD)");
    }

    @Test
    void parameterizedTestsBesideOtherExtensions() {
        assertSucceeded(run(Parameterized.class), 2);

        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void dynamicTestsWithOneContainerForTheirFactory() {
        run(Dynamic.class)
                .testEvents()
                .assertStatistics(stats -> stats.started(2).succeeded(1).failed(1));

        assertThat(SEEN).hasSize(2);
        assertThat(SEEN.stream().distinct()).hasSize(1);
        assertThat(ownInstances())
                .extracting(InstanceInfo::name)
                .containsExactly(SEEN.get(0).name());
        Kit.deleteOwnInstances();
    }

    @Test
    void anExtensionThatIsBuilt() {
        assertSucceeded(run(Built.class), 2);

        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void anExtensionThatIsBuiltForAClass() {
        assertSucceeded(run(BuiltPerClass.class), 2);

        assertThat(SEEN).hasSize(3);
        assertThat(SEEN.stream().distinct()).hasSize(1);
    }

    @Test
    void notABuiltOneForAClassInAFieldOfEachTest() {
        assertFailed(
                run(BuiltPerClassPerTest.class),
                ExtensionConfigurationException.class,
                "An IncusStemcellExtension with scope(PER_CLASS) is registered for ShapesTest.BuiltPerClassPerTest.test in a"
                        + " field that is not static, so each test has one of its own. Make that field static");
    }

    @Test
    void notABuiltOneAndTheAnnotationForTheSame() {
        assertFailed(
                run(BuiltAndAnnotated.class),
                ExtensionConfigurationException.class,
                "For ShapesTest.BuiltAndAnnotated there are both an @IncusStemcell and a registered"
                        + " IncusStemcellExtension, so which of them gives a container is not clear. Remove one of them,"
                        + " or name them apart with builder().node(\"db\"), and ask with @Node(\"db\")");
    }

    @Test
    void notTwoBuiltOnesForTheSame() {
        assertFailed(
                run(BuiltTwice.class),
                ExtensionConfigurationException.class,
                "For ShapesTest.BuiltTwice two IncusStemcellExtension are registered without a node, so which of them"
                        + " gives a container is not clear. Name them apart with builder().node(\"db\"), and ask with"
                        + " @Node(\"db\")");
    }

    @Test
    void notAStaticFieldWhereEachTestHasItsOwn() {
        assertFailed(
                run(StaticField.class),
                ParameterResolutionException.class,
                "The static field StaticField.stemcell asks for a container where there is no test yet, but each test has"
                        + " its own. Ask for it in @BeforeEach, in the test, or by a field that is not static; or share one"
                        + " container among all tests of the class with scope = PER_CLASS");
    }

    @Test
    void notAMachineThatNobodyDescribes() {
        assertFailed(
                run(UnnamedWhereNamed.class),
                ParameterResolutionException.class,
                "The parameter 'stemcell' of UnnamedWhereNamed.test asks for a container, but neither its method nor its"
                        + " class nor a class around that has @IncusStemcell without a node. Add it there");
    }

    @IncusStemcell
    static class Outer {

        private StemcellContainer outer;

        @Nested
        class Inner {

            private StemcellContainer inner;

            @Test
            void test(StemcellContainer stemcell) {
                SEEN.addAll(List.of(outer, inner, stemcell));
            }
        }
    }

    @IncusStemcell(config = "user.fixture=outer")
    static class OuterOverridden {

        @Nested
        @IncusStemcell(config = "user.fixture=inner")
        class Inner {

            @Test
            void test(StemcellContainer stemcell) {
                assertThat(config(stemcell)).containsEntry("user.fixture", "inner");
            }
        }
    }

    @IncusStemcell
    interface Contract {

        @Test
        default void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    static class Implementing implements Contract {}

    @IncusStemcell(config = "user.fixture=super")
    abstract static class Overridden {}

    @IncusStemcell(config = "user.fixture=sub")
    static class Overriding extends Overridden {

        @Test
        void test(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "sub");
        }
    }

    @IncusStemcell
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance {

        private StemcellContainer field;

        @BeforeAll
        void before() {}

        @Test
        void one() {
            SEEN.add(field);
        }

        @Test
        void other() {
            SEEN.add(field);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class SharedInConstructor {

        SharedInConstructor(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @BeforeAll
        void before(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @AfterAll
        void after(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell
    static class InConstructor {

        InConstructor(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerTestInSharedConstructor {

        PerTestInSharedConstructor(StemcellContainer stemcell) {}

        @Test
        void test() {}
    }

    @IncusStemcell
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @Execution(ExecutionMode.CONCURRENT)
    static class OneInstanceOneTest {

        private StemcellContainer stemcell;

        @Test
        void test() {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell
    static class Parameterized {

        @ParameterizedTest
        @ValueSource(strings = {"a", "b"})
        void test(String text, @TempDir Path folder, StemcellContainer stemcell) {
            assertThat(folder).isDirectory();
            assertThat(stemcell.exec("echo", text).stdout()).isEqualTo(text + "\n");
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(cleanup = Cleanup.ON_SUCCESS)
    static class Dynamic {

        @TestFactory
        Stream<DynamicTest> tests(StemcellContainer stemcell) {
            return Stream.of(
                    DynamicTest.dynamicTest("one", () -> SEEN.add(stemcell)), DynamicTest.dynamicTest("other", () -> {
                        SEEN.add(stemcell);
                        throw new AssertionError("on purpose");
                    }));
        }
    }

    static class Built {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().config("user.fixture", "built").build();

        @Test
        void test(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "built");
            SEEN.add(stemcell);
        }

        @Test
        @IncusStemcell(config = "user.fixture=method")
        void overridden(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "method");
            SEEN.add(stemcell);
        }
    }

    static class BuiltPerClass {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().scope(Scope.PER_CLASS).build();

        private static StemcellContainer field;

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.addAll(List.of(stemcell, field));
        }

        @Nested
        class Inner {

            @Test
            void test(StemcellContainer stemcell) {
                SEEN.add(stemcell);
            }
        }
    }

    static class BuiltPerClassPerTest {

        @RegisterExtension
        final IncusStemcellExtension extension =
                IncusStemcellExtension.builder().scope(Scope.PER_CLASS).build();

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class BuiltAndAnnotated {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().build();

        @Test
        void test(StemcellContainer stemcell) {}
    }

    static class BuiltTwice {

        @RegisterExtension
        static final IncusStemcellExtension ONE =
                IncusStemcellExtension.builder().build();

        @RegisterExtension
        static final IncusStemcellExtension OTHER =
                IncusStemcellExtension.builder().build();

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class StaticField {

        static StemcellContainer stemcell;

        @Test
        void test() {}
    }

    @IncusStemcell(node = "db")
    static class UnnamedWhereNamed {

        @Test
        void test(StemcellContainer stemcell) {}
    }
}
