package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What assertions say that fail, without what changes from run to run. */
final class Messages {

    private Messages() {}

    static String message(StemcellContainer stemcell, ThrowingCallable assertion) {
        Throwable thrown = catchThrowable(assertion);
        assertThat(thrown).as("an assertion that should have failed").isInstanceOf(AssertionError.class);
        return masked(stemcell, thrown.getMessage());
    }

    static String masked(StemcellContainer stemcell, String message) {
        return message.replace(stemcell.name(), "NAME")
                // Where the test has no route to the guest, it says that another has asked.
                .replace(" (asked in the guest: this JVM has no route to it)", "")
                .replace(" inside, since the test has no route to it", " from the test")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "INSTANT")
                .replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d{6}", "TIME")
                .replaceAll("\\[\\d+]", "[PID]")
                .replaceAll("(waited|at) [0-9.]+s\\b", "$1 SECONDS");
    }

    /** Each fails with a message of this pattern, and those that wait with the states that they saw. */
    static void fail(StemcellContainer stemcell, String pattern, ThrowingCallable... assertions) {
        for (ThrowingCallable assertion : assertions) {
            assertThat(message(stemcell, assertion)).matches(pattern + "(\n  states seen: .*)?");
        }
    }

    /** Each fails with a message of this pattern, in which {@code WANTED} stands for its own words, to the letter. */
    static void fail(StemcellContainer stemcell, String pattern, Expected... assertions) {
        assertThat(pattern).contains("WANTED");
        for (Expected expected : assertions) {
            fail(stemcell, pattern.replace("WANTED", Pattern.quote(expected.wanted())), expected.assertion());
        }
    }

    static Expected expecting(String wanted, ThrowingCallable assertion) {
        return new Expected(wanted, assertion);
    }

    /**
     * An assertion that fails.
     *
     * @param wanted what its message says it wanted, from the "to"
     */
    record Expected(String wanted, ThrowingCallable assertion) {}
}
