package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.config;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** Tests that run once with each of several images, on the real Incus. */
class ImageMatrixTest {

    private static final String ROOTFS = "rootfs:" + System.getenv("INCUS_STEMCELL_DEV_ROOTFS");

    private static final List<String> PROVISIONED = new CopyOnWriteArrayList<>();

    private static final List<String> MOODS = new CopyOnWriteArrayList<>();

    @RegisterExtension
    static final TwoImages IMAGES = new TwoImages();

    @RegisterExtension
    static final Seen SEEN = new Seen();

    @Test
    void runsATestTemplateOnceWithEachUnderANameOfItsOwn() {
        EngineExecutionResults results = run(PerTest.class);

        assertSucceeded(results, 2);
        SEEN.assertDifferent(2);
        assertThat(sources()).containsExactly(TwoImages.ONE, TwoImages.OTHER);
        assertThat(names(results)).containsExactly("[1] " + TwoImages.ONE, "[2] " + TwoImages.OTHER);
    }

    @Test
    void runsThemInParallelWhereJUnitDoes() {
        assertSucceeded(
                run(
                        Map.of(
                                "junit.jupiter.execution.parallel.enabled", "true",
                                "junit.jupiter.execution.parallel.mode.default", "concurrent"),
                        PerTest.class),
                2);

        assertThat(sources()).containsExactlyInAnyOrder(TwoImages.ONE, TwoImages.OTHER);
    }

    @Test
    void sharesOneContainerOfEachWithinAClass() {
        assertSucceeded(run(PerClass.class), 4);

        SEEN.assertSeen(8, 2);
        assertThat(sources()).containsOnly(TwoImages.ONE, TwoImages.OTHER);
    }

    @Test
    void fillsTheFieldOfOneInstanceForEach() {
        assertSucceeded(run(PerClassInOneInstance.class), 4);

        SEEN.assertSeen(8, 2);
    }

    @Test
    void takesThemFromABuilderAndProvisionsEachOnce() {
        PROVISIONED.clear();

        assertSucceeded(run(Map.of("incus.stemcell.provision.refresh", "true"), Built.class), 4);

        SEEN.assertDifferent(4);
        assertThat(sources()).containsOnly(TwoImages.ONE, ROOTFS);
        assertThat(PROVISIONED).containsExactlyInAnyOrder(TwoImages.ONE, ROOTFS);
    }

    @Test
    void runsWithEachOfSeveralSettings() {
        EngineExecutionResults results = run(Moods.class);

        assertSucceeded(results, 2);
        SEEN.assertDifferent(2);
        assertThat(names(results)).containsExactly("[1] calm", "[2] glad");
        assertThat(MOODS).containsExactly("", "glad");
    }

    @Test
    void runsWithEachImageInEachOfSeveralSettings() {
        EngineExecutionResults results = run(ImagesAndMoods.class);

        assertSucceeded(results, 4);
        SEEN.assertDifferent(4);
        assertThat(names(results))
                .containsExactly(
                        "[1] " + TwoImages.ONE + ", sad",
                        "[2] " + TwoImages.ONE + ", glad",
                        "[3] " + TwoImages.OTHER + ", sad",
                        "[4] " + TwoImages.OTHER + ", glad");
        assertThat(sources()).containsExactly(TwoImages.ONE, TwoImages.ONE, TwoImages.OTHER, TwoImages.OTHER);
        assertThat(MOODS).containsExactly("sad", "glad", "sad", "glad");
    }

    @Test
    void givesAllMachinesOfATestTheSameOne() {
        assertSucceeded(run(SeveralMachines.class), 2);

        SEEN.assertDifferent(4);
        assertThat(sources()).containsExactly(TwoImages.ONE, TwoImages.ONE, TwoImages.OTHER, TwoImages.OTHER);
    }

    @Test
    void saysWhatToWriteInsteadOfATestThatRunsOnce() {
        String advice =
                "@IncusStemcell on ImageMatrixTest.RunsOnce names several images, so what asks for a container has to"
                        + " run once for each, but ImageMatrixTest.RunsOnce.%s does not. Write @TestTemplate instead of @Test; or, with"
                        + " JUnit 5.13 or later, put @EachImage on the class, and ask in its tests or @BeforeEach methods, not in"
                        + " @BeforeAll or a static field";
        assertThat(failures(run(RunsOnce.class)))
                .containsExactlyInAnyOrder(
                        advice.formatted("test"), advice.formatted("repeated"), advice.formatted("parameterized"));
    }

    @Test
    void refusesDifferentOnesForTheMachinesOfATest() {
        assertFailed(
                run(Different.class),
                ExtensionConfigurationException.class,
                "Different.test asks for machines with different images to run with each of: [incus:matrix-one] and"
                        + " [incus:matrix-other]. Name the same images for all of them, or one image");
    }

    @Test
    void refusesVariantsThatCannotBeMeant() {
        IncusStemcellBuilder builder = IncusStemcellExtension.builder().variant("a", UnaryOperator.identity());

        assertThatThrownBy(() -> builder.variant("a", UnaryOperator.identity()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There are two variants of the name 'a'");
        assertThatThrownBy(() -> builder.variant(" ", UnaryOperator.identity()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A variant has no name");
        assertThatThrownBy(() -> builder.variant("b", spec -> spec.address("here")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("here");
        assertThat(failures(run(MoodsOnce.class)))
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith(
                        "IncusStemcellExtension.builder() names several variants, so what asks for a container has to run once for each,"
                                + " but ImageMatrixTest.MoodsOnce.test does not. Write @TestTemplate instead of @Test; ");
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThatThrownBy(() -> IncusStemcellExtension.builder()
                        .images("incus:a", "incus:a")
                        .build())
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage("IncusStemcellExtension.builder() names 'incus:a' twice in images");
        assertThatThrownBy(
                        () -> IncusStemcellExtension.builder().images("incus:").build())
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessageStartingWith("'incus:' in images of IncusStemcellExtension.builder() cannot be read: ");
        assertThatThrownBy(() -> IncusStemcellExtension.builder()
                        .image("incus:a")
                        .images("incus:b")
                        .build())
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage(
                        "IncusStemcellExtension.builder() names both an image, 'incus:a', and images to run with each of,"
                                + " [incus:b]. Remove one of them");
    }

    @BeforeEach
    void forgetMoods() {
        MOODS.clear();
    }

    static IncusStemcellExtension calmAndGlad() {
        return IncusStemcellExtension.builder()
                .variant("calm", UnaryOperator.identity())
                .variant("glad", spec -> spec.config("environment.MOOD", "glad"))
                .build();
    }

    private static String mood(StemcellContainer stemcell) {
        return stemcell.shell("printf %s \"$MOOD\"").stdout();
    }

    static Stream<String> names(EngineExecutionResults results) {
        return results.testEvents().succeeded().map(event -> event.getTestDescriptor()
                .getDisplayName());
    }

    private static Stream<String> failures(EngineExecutionResults results) {
        return results.testEvents()
                .failed()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow())
                .map(Throwable::getMessage);
    }

    private static Stream<String> sources() {
        return SEEN.all().stream().map(machine -> machine.image().source());
    }

    @IncusStemcell(images = {TwoImages.ONE, TwoImages.OTHER})
    static class PerTest {

        @TestTemplate
        void test(StemcellContainer stemcell) {
            assertThat(config(stemcell).get("user.incus-stemcell.owner"))
                    .isEqualTo("ImageMatrixTest.PerTest.test with "
                            + stemcell.image().source());
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(
            images = {TwoImages.ONE, TwoImages.OTHER},
            scope = Scope.PER_CLASS)
    static class PerClass {

        StemcellContainer field;

        @BeforeEach
        void before(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @TestTemplate
        void one(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @TestTemplate
        void other() {
            SEEN.add(field);
        }
    }

    /** Its field is for all tests, and cannot be filled before one of them has chosen an image. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerClassInOneInstance extends PerClass {}

    static class Moods {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION = calmAndGlad();

        @TestTemplate
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
            MOODS.add(mood(stemcell));
        }
    }

    static class ImagesAndMoods {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION = IncusStemcellExtension.builder()
                .images(TwoImages.ONE, TwoImages.OTHER)
                .config("environment.MOOD", "sad")
                .variant("sad", UnaryOperator.identity())
                .variant("glad", spec -> spec.config("environment.MOOD", "glad"))
                .build();

        @TestTemplate
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
            MOODS.add(mood(stemcell));
        }
    }

    static class MoodsOnce {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION = calmAndGlad();

        @Test
        void test(StemcellContainer stemcell) {}
    }

    static class Built {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().images(TwoImages.ONE, ROOTFS).build();

        @Provision
        static void provision(StemcellContainer stemcell) {
            PROVISIONED.add(stemcell.image().source());
            stemcell.files()
                    .writeString("/etc/provisioned-from", stemcell.image().source());
        }

        @TestTemplate
        void one(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @TestTemplate
        void other(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(images = {TwoImages.ONE, TwoImages.OTHER})
    static class SeveralMachines {

        @TestTemplate
        void test(@Node("a") StemcellContainer a, @Node("b") StemcellContainer b) {
            SEEN.add(a, b);
        }
    }

    @IncusStemcell(images = {TwoImages.ONE, TwoImages.OTHER})
    static class RunsOnce {

        StemcellContainer field;

        @Test
        void test() {}

        @RepeatedTest(1)
        void repeated() {}

        @ParameterizedTest
        @ValueSource(strings = "a")
        void parameterized(String text) {}
    }

    @IncusStemcell(node = "a", images = TwoImages.ONE)
    @IncusStemcell(node = "b", images = TwoImages.OTHER)
    static class Different {

        @TestTemplate
        void test(@Node("a") StemcellContainer a, @Node("b") StemcellContainer b) {}
    }
}
