package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** Classes all of whose tests run once with each of several images. */
class EachImageTest {

    @RegisterExtension
    static final TwoImages IMAGES = new TwoImages();

    @RegisterExtension
    static final Seen SEEN = new Seen();

    @Test
    void runsAllTestsOfAClassOnceWithEach() {
        EngineExecutionResults results = run(PerTest.class);

        assertSucceeded(results, 6);
        SEEN.assertDifferent(6);
        assertThat(sources().limit(3)).containsOnly(TwoImages.ONE);
        assertThat(sources().skip(3)).containsOnly(TwoImages.OTHER);
        assertThat(results.containerEvents().succeeded().map(event -> event.getTestDescriptor()
                        .getDisplayName()))
                .contains("[1] " + TwoImages.ONE, "[2] " + TwoImages.OTHER);
    }

    @Test
    void sharesOneContainerOfEachWithinAClass() {
        assertSucceeded(run(PerClass.class), 4);

        SEEN.assertSeen(8, 2);
        assertThat(sources().limit(4)).containsOnly(TwoImages.ONE);
        assertThat(sources().skip(4)).containsOnly(TwoImages.OTHER);
    }

    @Test
    void takesThemFromABuilder() {
        assertSucceeded(run(Built.class), 2);

        assertThat(sources()).containsExactly(TwoImages.ONE, TwoImages.OTHER);
    }

    @Test
    void runsAllTestsOfAClassOnceInEachOfSeveralSettings() {
        EngineExecutionResults results = run(Moods.class);

        assertSucceeded(results, 2);
        SEEN.assertDifferent(2);
        assertThat(results.containerEvents().succeeded().map(event -> event.getTestDescriptor()
                        .getDisplayName()))
                .contains("[1] calm", "[2] glad");
    }

    @Test
    void saysWhatToWriteWhereThereAreNone() {
        assertFailed(
                run(None.class),
                ExtensionConfigurationException.class,
                "@EachImage on EachImageTest.None runs its tests once with each of several images, but what its tests ask for"
                        + " names none. Write @IncusStemcell(images = {\"...\", \"...\"}), and ask with a parameter or a field"
                        + " of the type StemcellContainer");
    }

    private static Stream<String> sources() {
        return SEEN.all().stream().map(machine -> machine.image().source());
    }

    @EachImage
    @IncusStemcell(images = {TwoImages.ONE, TwoImages.OTHER})
    static class PerTest {

        @Test
        void one(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @ParameterizedTest
        @ValueSource(strings = {"a", "b"})
        void other(String text, StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @EachImage
    @IncusStemcell(
            images = {TwoImages.ONE, TwoImages.OTHER},
            scope = Scope.PER_CLASS)
    static class PerClass {

        @BeforeEach
        void before(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Test
        void one(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }

        @Nested
        class Inner {

            StemcellContainer field;

            @Test
            void other() {
                SEEN.add(field);
            }
        }
    }

    @EachImage
    static class Built {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION = IncusStemcellExtension.builder()
                .images(TwoImages.ONE, TwoImages.OTHER)
                .build();

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @EachImage
    static class Moods {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION = ImageMatrixTest.calmAndGlad();

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    @EachImage
    @IncusStemcell
    static class None {

        @Test
        void test(StemcellContainer stemcell) {}
    }
}
