package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.masked;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What would hold, or not, whatever the guest is like, is refused. */
@IncusStemcell(scope = Scope.PER_CLASS)
class RefusedArgumentsTest {

    private static void refused(String message, ThrowingCallable... assertions) {
        for (ThrowingCallable assertion : assertions) {
            assertThatThrownBy(assertion)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void nothingToLookFor(StemcellContainer stemcell) {
        refused(
                "Every text contains the empty text: write what to look for",
                () -> assertThat(stemcell).file("/etc/passwd").contains(""),
                () -> assertThat(stemcell).file("/etc/passwd").doesNotContain(""),
                () -> assertThat(stemcell).journal().contains(""),
                () -> assertThat(stemcell).journal().doesNotContain(""),
                () -> assertThat(stemcell).journal().containsInOrder("x", ""),
                () -> assertThat(stemcell).command("true").prints(""));
        refused(
                "Every journal contains all of no texts: name one",
                () -> assertThat(stemcell).journal().containsInOrder());
        refused(
                "Every guest has all of no packages, and none of them: name one",
                () -> assertThat(stemcell).packages().contains(),
                () -> assertThat(stemcell).packages().doesNotContain());
        refused(
                "Every user is in all of no groups: name one",
                () -> assertThat(stemcell).user("root").isInGroups());
        refused(
                "Name a capability, or ask whether there are none by hasNoCapabilities",
                () -> assertThat(stemcell).file("/bin/ls").hasCapabilities());
        refused(
                "Name an address, or ask whether nobody listens by isNotListening",
                () -> assertThat(stemcell).socket(GuestSocket.tcp(22)).listensOnlyOn());
        refused(
                "Name an address, or ask whether there are none by doesNotResolve",
                () -> assertThat(stemcell).host("localhost").resolvesOnlyTo());
        refused("No process has the empty name: write one as /proc/PID/comm has it", () -> assertThat(stemcell)
                .process(""));
    }

    @Test
    void whatNothingCanBe(StemcellContainer stemcell) {
        refused("Not an absolute path as /health: 'health'", () -> assertThat(stemcell)
                .httpFromTest(80, "health"));
        refused(
                "Not the absolute path of a Unix socket, nor an abstract name behind an @: 'run/x'",
                () -> GuestSocket.unix("run/x"));
        refused(
                "Not an address in numbers: 'localhost'",
                () -> assertThat(stemcell).socket(GuestSocket.tcp(22)).listensOn("localhost"),
                () -> assertThat(stemcell).host("localhost").resolvesTo("localhost"));
        refused("Not a time to wait or watch for: PT0S", () -> assertThat(stemcell)
                .within(Duration.ZERO));
    }

    @Test
    void anAddressThatNoKernelHas() {
        assertThatThrownBy(() -> Addresses.ofBytes(new byte[] {10, 0}))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Expecting an address of 4 or 16 bytes\n  but was: 0a00");
    }

    @Test
    void theUnitsOfAUserWhoIsNotThere(StemcellContainer stemcell) {
        StemcellSoftAssertions softly = new StemcellSoftAssertions();

        assertThatThrownBy(
                        () -> softly.assertThat(stemcell).userUnit("bob", "x").isActive())
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("There is no user bob on " + stemcell.name() + " whose units could be looked at");
        List<String> collected = softly.assertionErrorsCollected().stream()
                .map(error -> masked(stemcell, error.getMessage()))
                .toList();
        assertThat(collected).hasSize(1).first().asString().startsWith("Expecting user bob on NAME to exist\n");
    }
}
