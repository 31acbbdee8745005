package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.CommandFailedException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UserManagerTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static Guest guest;
    private static Systemd systemd;

    @BeforeAll
    static void boot() {
        guest = Guest.start();
        systemd = Systemd.of(guest.instance());
        systemd.waitUntilBooted(Duration.ofSeconds(60));
        // What libpam-systemd does, which the smallest guests do not have.
        systemd.writeDropIn("user@.service", "runtime", "[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n");
    }

    @AfterAll
    static void delete() {
        systemd.close();
        guest.close();
    }

    @Test
    void drivesTheUnitsOfAUser() {
        Systemd daemon = systemd.user("daemon");

        daemon.writeUnit("mine", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'id -un; sleep 0.3; exit 3'\n");
        UnitRun run = daemon.runUnit("mine", LIMIT);

        assertThat(run.unit().exitCode()).hasValue(3);
        assertThat(run.journal())
                .extracting(JournalEntry::message)
                .contains("mine.service: Failed with result 'exit-code'.");
        assertThat(daemon.failedUnits()).extracting(UnitSummary::name).containsExactly("mine.service");
        assertThat(systemd.unit("mine").exists()).isFalse();
    }

    @Test
    void sharesOneConnectionBetweenHandlesOnTheSameUser() {
        Systemd first = systemd.user("games");
        Systemd second = systemd.answeringWithin(Duration.ofSeconds(5)).user("games");
        assertThat(second.state()).isEqualTo(SystemState.RUNNING);

        first.close();

        assertThatThrownBy(second::state)
                .isInstanceOf(SystemdException.class)
                .hasMessage("The handle on systemd of " + guest.name() + " (user games) is closed");
    }

    @Test
    void saysSoWhereThereIsNoSuchUser() {
        assertThatThrownBy(() -> systemd.user("nobody-at-all")).isInstanceOf(CommandFailedException.class);
    }

    /** As an IDE proposes it for whatever can be closed. */
    @Test
    void isNotClosedByWhoOnlySharesIt() {
        try (Systemd shared = systemd.shared();
                Systemd patient = shared.answeringWithin(LIMIT);
                Systemd daemon = shared.user("daemon")) {
            assertThat(patient.state().hasFinishedBooting()).isTrue();
            assertThat(daemon.state().hasFinishedBooting()).isTrue();
        }

        assertThat(systemd.state().hasFinishedBooting()).isTrue();
        assertThat(systemd.user("daemon").state().hasFinishedBooting()).isTrue();
    }
}
