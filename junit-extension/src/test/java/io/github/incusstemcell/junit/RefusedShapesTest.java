package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Shapes of test classes in which there is no container for whoever asks, or more than one. */
class RefusedShapesTest {

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
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
    void notABuiltOneForAClassInAFieldOfEachTest() {
        assertFailed(
                run(BuiltPerClassPerTest.class),
                ExtensionConfigurationException.class,
                "An IncusStemcellExtension with scope(PER_CLASS) is registered for RefusedShapesTest.BuiltPerClassPerTest.test in a"
                        + " field that is not static, so each test has one of its own. Make that field static");
    }

    @Test
    void notABuiltOneAndTheAnnotationForTheSame() {
        assertFailed(
                run(BuiltAndAnnotated.class),
                ExtensionConfigurationException.class,
                "For RefusedShapesTest.BuiltAndAnnotated there are both an @IncusStemcell and a registered"
                        + " IncusStemcellExtension, so which of them gives a container is not clear. Remove one of them,"
                        + " or name them apart with builder().node(\"db\"), and ask with @Node(\"db\")");
    }

    @Test
    void notTwoBuiltOnesForTheSame() {
        assertFailed(
                run(BuiltTwice.class),
                ExtensionConfigurationException.class,
                "For RefusedShapesTest.BuiltTwice two IncusStemcellExtension are registered without a node, so which of them"
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
        void test() {}
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
