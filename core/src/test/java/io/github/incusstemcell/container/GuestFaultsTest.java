package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.GuestFaults.Fault;
import io.github.incusstemcell.container.GuestFaults.Stage;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One stage for each kind of fault of a guest; {@link GuestFaults} has all. */
@Timeout(240)
class GuestFaultsTest extends WithStemcells {

    @ParameterizedTest
    @CsvSource({
        "POWERED_OFF, BOOT",
        "POWERED_OFF, FILE_COPY",
        "POWERED_OFF, JOB_OF_SYSTEMD",
        "PAUSED, DELETE",
        "REBOOTED, COMMAND",
        "FULL, FILE_COPY",
        "WITHOUT_DBUS, QUESTION_TO_SYSTEMD",
        "WITHOUT_JOURNALD, JOURNAL"
    })
    void isAnErrorOfItsOwnOrNone(Fault fault, Stage stage) throws Exception {
        assertThat(GuestFaults.outcome(stemcells, fault, stage)).matches(GuestFaults::isAsItShouldBe);
    }
}
