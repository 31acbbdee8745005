package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.masked;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.that;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.api.junit.jupiter.SoftAssertionsExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The other ways to the assertions: AssertJ's own assertThat, and soft assertions. */
@IncusStemcell(scope = Scope.PER_CLASS)
class SoftAndForeignEntriesTest {

    @Test
    void assertJsOwnAssertThatLeadsToThem(StemcellContainer stemcell) {
        assertThat(that(stemcell)).unit("cron").isActive();

        assertThatThrownBy(
                        () -> assertThat(that(stemcell)).as("cron").unit("crom").isActive())
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("[cron] Expecting unit crom.service on " + stemcell.name() + " to be active\n");
    }

    @Test
    void softAssertionsTellAllFailuresAtTheEnd(StemcellContainer stemcell) {
        StemcellSoftAssertions softly = new StemcellSoftAssertions();

        softly.assertThat(stemcell).unit("cron").as("our cron").isFailed().isActive();
        softly.assertThat(stemcell)
                .as("time")
                .within(ofMillis(50))
                .file("/none")
                .exists();
        softly.assertThat(stemcell).command("echo", "hi").stdout().isEqualTo("ho\n");
        softly.assertThat(stemcell).unit("crom").property("Restart").isEqualTo("no");
        softly.assertThat(stemcell).journal().ofUnit("crom").hasSize(1);
        softly.assertThat(stemcell).isNull();
        softly.assertThat("AssertJ's own").isEmpty();

        List<String> messages = softly.assertionErrorsCollected().stream()
                .map(error -> masked(stemcell, error.getMessage()).split("\n")[0])
                .toList();
        assertThat(messages)
                .startsWith(
                        "[our cron] Expecting unit cron.service on NAME to be failed",
                        "[time] Expecting /none on NAME to exist within 0.05s (waited SECONDS)",
                        "[stdout of 'echo hi' on NAME] ",
                        "Expecting unit crom.service on NAME to have a property Restart",
                        "Expecting unit crom.service on NAME to exist")
                .hasSize(8);
        assertThatThrownBy(softly::assertAll)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("8 failures")
                .hasMessageContaining("SoftAndForeignEntriesTest.java:");
    }

    @Test
    @ExtendWith(SoftAssertionsExtension.class)
    void assertJsExtensionHandsThemOut(StemcellContainer stemcell, StemcellSoftAssertions softly) {
        softly.assertThat(stemcell).unit("cron").isActive();
    }

    @Test
    void aStemcellThatIsNullIsRefused() {
        StemcellSoftAssertions softly = new StemcellSoftAssertions();

        assertThatThrownBy(() -> softly.assertThat((StemcellContainer) null).unit("cron"))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("The stemcell to be looked at is null: take it from a parameter or a field of a test with"
                        + " @IncusStemcell");
        assertThatThrownBy(() ->
                        StemcellAssertions.assertThat((StemcellContainer) null).unit("cron"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expecting actual not to be null");
    }

    @Test
    void aTimeThatIsNoneIsRefused(StemcellContainer stemcell) {
        assertThatThrownBy(() -> StemcellAssertions.assertThat(stemcell).within(ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a time to wait or watch for: PT-0.001S");
        assertThatThrownBy(() -> StemcellAssertions.assertThat(stemcell).always(ofMillis(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a time to wait or watch for: PT0S");
    }

    /** As those write who have soft assertions of their own. */
    private static final class OwnSoftAssertions extends SoftAssertions implements StemcellSoftAssertionsProvider {}

    @Test
    void softAssertionsOfOnesOwnTakeStemcells(StemcellContainer stemcell) {
        OwnSoftAssertions softly = new OwnSoftAssertions();

        softly.assertThat(stemcell).user("root").hasUid(7).hasGid(8);

        assertThat(softly.assertionErrorsCollected()).hasSize(2);
        assertThat(softly.wasSuccess()).isFalse();
    }
}
