package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The wait for the end of a boot, from the moment on at which the container has started. */
class BootTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void endsWhenSystemdSaysSo() {
        try (Guest guest = Guest.start();
                Systemd systemd = Systemd.of(guest.instance())) {
            Boot boot = systemd.waitUntilBooted(LIMIT);

            assertThat(boot.state()).isEqualTo(systemd.state());
            assertThat(boot.duration()).isBetween(Duration.ofMillis(50), LIMIT);
            assertThat(systemd.jobs()).isEmpty();
            assertThat(systemd.waitUntilBooted(LIMIT)).isEqualTo(boot);
        }
    }

    @Test
    void worksAgainAfterAReboot() {
        try (Guest guest = Guest.start();
                Systemd systemd = Systemd.of(guest.instance())) {
            systemd.waitUntilBooted(LIMIT);
            systemd.writeUnit(
                    "broken", "[Service]\nType=oneshot\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n");
            systemd.enable("broken");
            String first = systemd.unit("init.scope").invocationId().orElse("")
                    + systemd.property("UserspaceTimestamp").orElseThrow();

            guest.instance().restart(LIMIT);
            Boot boot = systemd.waitUntilBooted(LIMIT);

            assertThat(boot.state()).isEqualTo(SystemState.DEGRADED);
            assertThat(systemd.failedUnits()).extracting(UnitSummary::name).contains("broken.service");
            assertThat(systemd.property("UserspaceTimestamp").orElseThrow()).isNotEqualTo(first);
        }
    }

    @Test
    void saysWhatABootThatDoesNotEndIsBusyWith() {
        try (Guest guest = Guest.start();
                Systemd systemd = Systemd.of(guest.instance())) {
            systemd.waitUntilBooted(LIMIT);
            systemd.writeUnit(
                    "gate",
                    "[Service]\nType=oneshot\nTimeoutStartSec=infinity\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
            systemd.enable("gate");
            guest.instance().restart(LIMIT);

            BootTimeoutException late = catchThrowableOfType(
                    BootTimeoutException.class, () -> systemd.waitUntilBooted(Duration.ofSeconds(3)));

            assertThat(late.state()).isEqualTo(SystemState.STARTING);
            assertThat(late.jobs()).extracting(Job::unit).contains("gate.service", "multi-user.target");
            assertThat(late.activating()).extracting(UnitSummary::name).containsExactly("gate.service");
            assertThat(late)
                    .hasMessageStartingWith(
                            guest.name() + " has not finished booting within 3s: systemd says starting, and"
                                    + " waits for gate.service (activating, start)\n  for which waits multi-user.target");
        }
    }

    @Test
    void saysSoWhereThereIsNoSystemd() {
        try (Guest guest = Guest.start();
                Systemd systemd = Systemd.of(guest.instance())) {
            systemd.waitUntilBooted(LIMIT);
            guest.run("rm /run/systemd/private /run/dbus/system_bus_socket");
            try (Systemd blind = Systemd.of(guest.instance())) {
                assertThatThrownBy(() -> blind.waitUntilBooted(Duration.ofSeconds(1)))
                        .isInstanceOf(BootTimeoutException.class)
                        .hasMessageMatching(
                                guest.name() + " has not finished booting within 1s: Nothing to connect to in "
                                        + guest.name()
                                        + ": neither /run/systemd/private nor /run/dbus/system_bus_socket came to be"
                                        + " within [01][0-9.]*s; its PID 1 is /usr/lib/systemd/systemd");
            }
        }
    }

    @Test
    void aFrozenGuestGivesAClearErrorInTime() {
        try (Guest guest = Guest.start();
                Systemd systemd = Systemd.of(guest.instance())) {
            systemd.waitUntilBooted(LIMIT);
            guest.instance().freeze();
            try {
                assertThatThrownBy(systemd::state)
                        .isInstanceOf(SystemdException.class)
                        .hasMessage("systemd of " + guest.name()
                                + " did not answer GetAll within 10s; is the guest frozen, or PID 1 busy?");
                assertThatThrownBy(() ->
                                systemd.answeringWithin(Duration.ofSeconds(2)).state())
                        .isInstanceOf(SystemdException.class)
                        .hasMessage("systemd of " + guest.name()
                                + " did not answer GetAll within 2s; is the guest frozen, or PID 1 busy?");
                assertThatThrownBy(() -> systemd.waitUntilBooted(Duration.ofSeconds(2)))
                        .isInstanceOf(BootTimeoutException.class)
                        .hasMessage(guest.name() + " has not finished booting within 2s: systemd of " + guest.name()
                                + " did not answer GetAll within 1s; is the guest frozen, or PID 1 busy?");
            } finally {
                guest.instance().unfreeze();
            }
            assertThat(systemd.state()).isNotNull();
        }
    }
}
