package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ShownProgressTest {

    private static final String ERASE = "\r\u001b[K";
    private static final String ERASE_ABOVE = "\u001b[A\u001b[K";

    private long millis;

    private long clock() {
        return millis * 1_000_000;
    }

    @Nested
    class Lines {

        private final List<String> log = new ArrayList<>();
        private final ProgressLines progress = new ProgressLines(log::add, ShownProgressTest.this::clock, false);

        @Test
        void areLoggedAfterTwoSecondsAndThenEveryFive() {
            for (millis = 0; millis < 9000; millis += 100) {
                progress.report("Getting it", millis * 10_000, 90_000_000);
            }
            progress.report("Getting it", 90_000_000, 90_000_000);

            assertThat(log)
                    .containsExactly(
                            "Getting it: 20 of 90 MB, 22 %",
                            "Getting it: 70 of 90 MB, 77 %", "Getting it: done after 9 s");
        }

        @Test
        void areNotLoggedOfWhatIsDoneSooner() {
            progress.report("Getting it", 0, 90_000_000);
            millis = 1999;
            progress.report("Getting it", 50_000_000, 90_000_000);
            progress.report("Getting it", 90_000_000, 90_000_000);

            assertThat(log).isEmpty();
        }

        @Test
        void tellTheTimeOfWorkThatTellsNothing() {
            progress.report("Incus pulls it", 0, -1);
            for (millis = 0; millis < 63_000; millis += 200) {
                progress.tick();
            }
            progress.report("Incus pulls it", 1, 1);

            assertThat(log)
                    .hasSize(14)
                    .startsWith("Incus pulls it: 2 s", "Incus pulls it: 7 s", "Incus pulls it: 12 s")
                    .endsWith("Incus pulls it: 62 s", "Incus pulls it: done after 63 s");
        }

        @Test
        void tellOfSeveralAtOnceAndOfWhatHasNoTotal() {
            for (millis = 0; millis < 3000; millis += 100) {
                progress.report("Getting a", millis * 1000, -1);
                progress.report("Creating b", millis / 100, 100);
            }

            assertThat(log).containsExactly("Getting a: 2 MB", "Creating b: 19 %");
        }

        @Test
        void tellSeveralOfOneNameApart() {
            Progress first = progress.apart();
            Progress second = progress.apart();
            first.report("Starting the container", 0, -1);
            millis = 1000;
            second.report("Starting the container", 0, -1);
            for (; millis < 4000; millis += 200) {
                progress.tick();
            }
            first.report("Starting the container", 1, 1);
            millis = 9000;
            second.report("Starting the container", 1, 1);

            assertThat(log)
                    .containsExactly(
                            "Starting the container: 2 s",
                            "Starting the container: 2 s",
                            "Starting the container: done after 4 s",
                            "Starting the container: done after 8 s");
        }

        @Test
        void tellNothingOfAWaitThatIsUsual() {
            Progress start = progress.apart(java.time.Duration.ofSeconds(10));
            start.report("Starting the container", 0, -1);
            for (; millis < 10_000; millis += 200) {
                progress.tick();
            }
            assertThat(log).isEmpty();
            progress.tick();
            start.report("Starting the container", 1, 1);

            assertThat(log).containsExactly("Starting the container: 10 s", "Starting the container: done after 10 s");
        }

        @Test
        void endWithWorkThatFailed() {
            progress.report("Getting it", 1, 90_000_000);
            millis = 15_000;
            assertThat(progress.tick()).isTrue();
            millis = 15_001;
            assertThat(progress.tick()).isFalse();
        }
    }

    @Nested
    class Bars {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final ProgressBars progress = new ProgressBars(
                new PrintStream(bytes, true, StandardCharsets.UTF_8), ShownProgressTest.this::clock, false);

        @Test
        void areDrawnAnewInTheirPlaceAndErasedAtTheEnd() {
            progress.report("Getting it", 0, 90_000_000);
            millis = 999;
            progress.report("Getting it", 9_000_000, 90_000_000);
            assertThat(drawn()).isEmpty();
            millis = 1000;
            progress.report("Getting it", 9_000_000, 90_000_000);
            assertThat(drawn()).isEqualTo("Getting it [##------------------] 9 of 90 MB, 10 %");
            millis = 1099;
            progress.report("Getting it", 18_000_000, 90_000_000);
            assertThat(drawn()).isEmpty();
            millis = 1100;
            progress.report("Getting it", 45_000_000, 90_000_000);
            assertThat(drawn()).isEqualTo(ERASE + "Getting it [##########----------] 45 of 90 MB, 50 %");
            progress.report("Getting it", 90_000_000, 90_000_000);
            assertThat(drawn()).isEqualTo(ERASE);
        }

        @Test
        void standBelowEachOtherWhereThereAreSeveral() {
            progress.report("Getting a", 0, 40_000_000);
            progress.report("Getting b", 0, -1);
            millis = 1000;
            progress.report("Getting a", 20_000_000, 40_000_000);
            assertThat(drawn()).isEqualTo("Getting a [##########----------] 20 of 40 MB, 50 %\nGetting b 1 s");
            millis = 2000;
            progress.report("Getting b", 7_000_000, -1);
            assertThat(drawn())
                    .isEqualTo(
                            ERASE + ERASE_ABOVE + "Getting a [##########----------] 20 of 40 MB, 50 %\nGetting b 7 MB");
            progress.report("Getting a", 40_000_000, 40_000_000);
            assertThat(drawn()).isEqualTo(ERASE + ERASE_ABOVE + "Getting b 7 MB");
            progress.report("Getting b", 8_000_000, 8_000_000);
            assertThat(drawn()).isEqualTo(ERASE);
        }

        @Test
        void fitIntoALine() {
            String what = "Getting registry.example.org/" + "a-long-name/".repeat(10);
            progress.report(what, 0, 90_000_000);
            millis = 1000;
            progress.report(what, 45_000_000, 90_000_000);

            assertThat(drawn())
                    .hasSize(79)
                    .startsWith("Getting registry.example.org/")
                    .endsWith("... [##########----------] 45 of 90 MB, 50 %");
        }

        private String drawn() {
            String text = bytes.toString(StandardCharsets.UTF_8);
            bytes.reset();
            return text;
        }
    }

    /** Surefire reads our error output from a pipe. */
    @Test
    void areLinesWhereNobodySitsBeforeIt() {
        assertThat(ShownProgress.isTerminal(Map.of("TERM", "xterm"))).isFalse();
        assertThat(ShownProgress.isTerminal(Map.of("TERM", "xterm", "CI", "true")))
                .isFalse();
        assertThat(ShownProgress.forThisProcess()).isInstanceOf(ProgressLines.class);
    }
}
