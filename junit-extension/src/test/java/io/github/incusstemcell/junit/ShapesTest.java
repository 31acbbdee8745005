package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.config;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.InstanceInfo;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every shape of a test class that JUnit knows. */
class ShapesTest {

    @RegisterExtension
    static final Seen SEEN = new Seen();

    private static final boolean CONSTRUCTORS_KNOW_THEIR_TEST = Stream.of(ExtendsSince512.class.getMethods())
            .anyMatch(method -> method.getName().equals("getTestInstantiationExtensionContextScope"));

    private interface ExtendsSince512 extends org.junit.jupiter.api.extension.ParameterResolver {}

    @Test
    void aNestedClassWithFieldsAroundIt() {
        assertSucceeded(run(Outer.class), 1);

        SEEN.assertSame(3);
    }

    @Test
    void aNestedClassWithSettingsOfItsOwn() {
        assertSucceeded(run(OuterOverridden.class), 1);
    }

    @Test
    void aNestedClassInASuperclass() {
        assertSucceeded(run(Inheriting.class), 1);

        SEEN.assertSame(4);
    }

    @Test
    void aConstructorOfANestedClass() {
        assertSucceeded(run(SharedAround.class), 1);

        SEEN.assertSame(3);
    }

    @Test
    void anAnnotationOfTheUsersOwnForMethods() {
        assertSucceeded(run(OwnAnnotation.class), 1);
    }

    @Test
    void methodsThatOnlyOtherMethodsCall() {
        assertSucceeded(run(Helping.class), 1);
    }

    @Test
    void aTestInAnInterface() {
        assertSucceeded(run(Implementing.class), 1);

        SEEN.assertSame(3);
    }

    @Test
    void aSubclassThatOverridesItsSuperclass() {
        assertSucceeded(run(Overriding.class), 1);
    }

    @Test
    void oneInstanceForAllTests() {
        assertSucceeded(run(OneInstance.class), 2);

        SEEN.assertDifferent(2);
    }

    @Test
    void oneInstanceAndOneContainerInItsConstructor() {
        assertSucceeded(run(SharedInConstructor.class), 1);

        SEEN.assertSame(4);
    }

    @Test
    void oneInstanceWhoseFieldIsThereBeforeAllTests() {
        assertSucceeded(run(SharedInField.class), 2);

        SEEN.assertSame(5);
    }

    @Test
    void aFinalFieldThatTheConstructorFills() {
        assertSucceeded(run(FinalField.class, FinalFieldOfANode.class), 2);
    }

    @Test
    void aConstructorOfEachTest() {
        if (CONSTRUCTORS_KNOW_THEIR_TEST) {
            assertSucceeded(run(InConstructor.class), 1);

            SEEN.assertSame(2);
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

    @IncusStemcell
    static class Outer {

        private StemcellContainer outer;

        @Nested
        class Inner {

            private StemcellContainer inner;

            @Test
            void test(StemcellContainer stemcell) {
                SEEN.add(outer, inner, stemcell);
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

    abstract static class WithNested {

        protected StemcellContainer inSuperclass;

        @Nested
        class Inner {

            @Test
            void test(StemcellContainer stemcell) {
                assertThat(config(stemcell)).containsEntry("user.fixture", "sub");
                SEEN.add(stemcell, inSuperclass);
            }
        }
    }

    @IncusStemcell(config = "user.fixture=sub")
    static class Inheriting extends WithNested {

        private StemcellContainer inSubclass;

        @BeforeEach
        void before(StemcellContainer stemcell) {
            SEEN.add(stemcell, inSubclass);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class SharedAround {

        SharedAround(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Nested
        class Inner {

            Inner(StemcellContainer stemcell) {
                SEEN.add(stemcell);
            }

            @Test
            void test(StemcellContainer stemcell) {
                SEEN.add(stemcell);
            }
        }
    }

    @Test
    @IncusStemcell(config = "user.fixture=meta")
    @Retention(RetentionPolicy.RUNTIME)
    @interface StemcellTest {}

    static class OwnAnnotation {

        @StemcellTest
        void test(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "meta");
        }
    }

    /** What is asked for by name shares a scope with no machine that nobody asks for. */
    @IncusStemcell(scope = Scope.PER_CLASS)
    static class Helping {

        @Test
        void test(@Node("db") StemcellContainer db) {
            assertAlone(db);
        }

        private static void assertAlone(StemcellContainer stemcell) {
            assertThat(ownInstances()).extracting(InstanceInfo::name).containsExactly(stemcell.name());
        }
    }

    @IncusStemcell
    interface Contract {

        @BeforeEach
        default void before(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Test
        default void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @AfterEach
        default void after(StemcellContainer stemcell) {
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

    @IncusStemcell(scope = Scope.PER_CLASS)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class SharedInField {

        private StemcellContainer around;

        @BeforeAll
        void before() {
            SEEN.add(around);
        }

        @Test
        void test() {
            SEEN.add(around);
        }

        @Nested
        @TestInstance(TestInstance.Lifecycle.PER_CLASS)
        class Inner {

            private StemcellContainer inner;

            @BeforeAll
            void before() {
                SEEN.add(around, inner);
            }

            @Test
            void test() {
                SEEN.add(inner);
            }
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

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class FinalField {

        private final StemcellContainer stemcell;

        FinalField(StemcellContainer stemcell) {
            this.stemcell = stemcell;
        }

        @Test
        void test(StemcellContainer same) {
            assertThat(stemcell).isSameAs(same);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class FinalFieldOfANode {

        private final StemcellContainer machine;

        FinalFieldOfANode(@Node("db") StemcellContainer db) {
            this.machine = db;
        }

        @Test
        void test(@Node("db") StemcellContainer same) {
            assertThat(machine).isSameAs(same);
            // None without a name is started for the field.
            assertThat(ownInstances()).hasSize(1);
        }
    }
}
