package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.GuestFaults.Fault;
import io.github.incusstemcell.container.GuestFaults.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One stage for each kind of fault of a guest; {@link GuestFaults} has all. */
@Timeout(240)
class GuestFaultsTest extends WithStemcells {

    /** A job of systemd is lost with the guest, or, where its connection ends before, with the question what has become of it. */
    @ParameterizedTest
    @CsvSource({
        "POWERED_OFF, BOOT, has ended before systemd had booted",
        "POWERED_OFF, FILE_COPY, was stopped while its files were used",
        "POWERED_OFF, JOB_OF_SYSTEMD, was stopped|/exec\\?project=\\S+ failed: Instance is not running \\(400\\)$",
        "REBOOTED, COMMAND, was stopped",
        "FULL, FILE_COPY, no space left"
    })
    void isAnErrorOfItsOwn(Fault fault, Stage stage, String messages) throws Exception {
        FaultOutcome outcome = GuestFaults.outcome(stemcells, fault, stage);

        assertThat(outcome.failure()).containsPattern(messages);
        assertThat(outcome).matches(GuestFaults::isAsItShouldBe);
    }

    @Test
    void keepsNothingFromBeingDeleted() throws Exception {
        FaultOutcome outcome = GuestFaults.outcome(stemcells, Fault.PAUSED, Stage.DELETE);

        assertThat(outcome.failure()).isEmpty();
        assertThat(outcome.next()).isEmpty();
    }

    /** Whether systemd has begun to answer by then is chance. */
    @ParameterizedTest
    @CsvSource({"WITHOUT_DBUS, QUESTION_TO_SYSTEMD", "WITHOUT_JOURNALD, JOURNAL"})
    void isAnErrorOfItsOwnOrNone(Fault fault, Stage stage) throws Exception {
        assertThat(GuestFaults.outcome(stemcells, fault, stage)).matches(GuestFaults::isAsItShouldBe);
    }
}
