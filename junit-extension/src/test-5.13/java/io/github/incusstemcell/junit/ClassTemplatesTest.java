package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes that run several times, which JUnit has since 5.13. */
class ClassTemplatesTest {

    /** The machines that the fixtures were given, with the argument of the class. */
    static final List<Map.Entry<String, StemcellContainer>> SEEN = new CopyOnWriteArrayList<>();

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
    }

    @Test
    void aParameterizedClassWithContainersOfItsTests() {
        assertSucceeded(run(PerTest.class), 2);

        assertThat(SEEN).extracting(Map.Entry::getKey).containsExactly("a", "b");
        assertThat(machines(SEEN)).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void oneContainerForAllTheTimesThatAClassRunsAsThereIsOneBeforeAll() {
        assertSucceeded(run(PerClass.class), 6);

        assertThat(SEEN).hasSize(10);
        assertThat(machines(SEEN).distinct()).hasSize(1);
    }

    @Test
    void theOneOfTheClassAroundForANestedOneThatRunsSeveralTimes() {
        assertSucceeded(run(Around.class), 4);

        assertThat(SEEN).hasSize(4);
        assertThat(machines(SEEN).distinct()).hasSize(1);
    }

    @Test
    void aClassThatAnotherProviderRepeats() {
        assertSucceeded(run(Template.class, BuiltTemplate.class), 4);

        assertThat(SEEN).hasSize(4);
        assertThat(machines(SEEN).distinct()).hasSize(2);
    }

    @Test
    void notBeforeATestWhereEachHasItsOwn() {
        assertFailed(
                run(TooEarly.class),
                ParameterResolutionException.class,
                "The parameter 'stemcell' of TooEarly.before asks for a container where there is no test yet, but each test"
                        + " has its own. Ask for it in @BeforeEach, in the test, or by a field that is not static; or share"
                        + " one container among all tests of the class with scope = PER_CLASS");
    }

    private static Stream<StemcellContainer> machines(List<Map.Entry<String, StemcellContainer>> seen) {
        return seen.stream().map(Map.Entry::getValue);
    }

    @IncusStemcell
    @ParameterizedClass
    @ValueSource(strings = {"a", "b"})
    record PerTest(String argument) {

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(Map.entry(argument, stemcell));
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    @ParameterizedClass
    @ValueSource(strings = {"a", "b"})
    static class PerClass {

        static StemcellContainer field;

        @Parameter
        String argument;

        @BeforeAll
        static void beforeAll(StemcellContainer stemcell) {
            SEEN.add(Map.entry("", stemcell));
        }

        @BeforeParameterizedClassInvocation
        static void before(String argument, StemcellContainer stemcell) {
            SEEN.add(Map.entry(argument, stemcell));
        }

        @Test
        void one(StemcellContainer stemcell) {
            SEEN.add(Map.entry(argument, stemcell));
        }

        @Test
        void other() {
            SEEN.add(Map.entry(argument, field));
        }

        @Nested
        class Inner {

            @Test
            void test(StemcellContainer stemcell) {
                SEEN.add(Map.entry(argument, stemcell));
            }
        }

        @AfterAll
        static void after(StemcellContainer stemcell) {
            SEEN.add(Map.entry("", stemcell));
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class Around {

        @Nested
        @ParameterizedClass
        @ValueSource(strings = {"a", "b"})
        class Inner {

            @Parameter
            String argument;

            @Test
            void one(StemcellContainer stemcell) {
                SEEN.add(Map.entry(argument, stemcell));
            }

            @Test
            void other(StemcellContainer stemcell) {
                SEEN.add(Map.entry(argument, stemcell));
            }
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    @ClassTemplate
    @ExtendWith(Twice.class)
    static class Template {

        private static StemcellContainer shared;

        @BeforeAll
        static void before(StemcellContainer stemcell) {
            assertThat(stemcell).isSameAs(shared);
        }

        @Test
        void test(StemcellContainer stemcell) {
            assertThat(stemcell).isSameAs(shared);
            SEEN.add(Map.entry("", stemcell));
        }
    }

    @ClassTemplate
    @ExtendWith(Twice.class)
    static class BuiltTemplate {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().scope(Scope.PER_CLASS).build();

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(Map.entry("", stemcell));
        }
    }

    static final class Twice implements ClassTemplateInvocationContextProvider {

        @Override
        public boolean supportsClassTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context) {
            return Stream.of(new ClassTemplateInvocationContext() {}, new ClassTemplateInvocationContext() {});
        }
    }

    @IncusStemcell
    @ParameterizedClass
    @ValueSource(strings = "a")
    static class TooEarly {

        @Parameter
        String argument;

        @BeforeParameterizedClassInvocation(injectArguments = false)
        static void before(StemcellContainer stemcell) {}

        @Test
        void test() {}
    }
}
