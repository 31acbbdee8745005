package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.systemd.SystemState;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is changed of a machine while it runs, on the real Incus. */
class RuntimeChangesTest extends WithStemcell {

    @AfterEach
    void undo() {
        stemcell.undoFaults();
    }

    @Test
    void setsAnOptionAndTakesItBack() {
        stemcell.config("environment.GREETING", "hello");
        stemcell.config("environment.GREETING", "good morning");
        assertThat(stemcell.exec("printenv", "GREETING").stdout()).isEqualTo("good morning\n");

        stemcell.undoFaults();

        assertThat(stemcell.exec("printenv", "GREETING").exitCode()).isEqualTo(1);
    }

    @Test
    void limitsMemoryOrSaysThatItCouldNotBeEnforced() {
        String controllers =
                stemcell.files().readString("/sys/fs/cgroup/cgroup.controllers").strip();
        if (controllers.contains("memory")) {
            stemcell.config("limits.memory", "512MiB");

            assertThat(stemcell.files().readString("/proc/meminfo")).contains("524288 kB");
        } else {
            assertThatThrownBy(() -> stemcell.config("limits.memory", "512MiB"))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("'limits.memory' of '" + stemcell.name()
                            + "' was not changed, since it could not be enforced:"
                            + " containers of that machine have no cgroup controller 'memory', "
                            + (controllers.isEmpty() ? "nor any other" : "but " + controllers)
                            + ". See there: incus warning list");
        }
    }

    @Test
    void refusesAnOptionThatThereIsNot() {
        assertThatThrownBy(() -> stemcell.config("limits.memry", "512MiB"))
                .isInstanceOf(IncusException.class)
                .hasMessageContaining("limits.memry");
    }

    @Test
    void addsADeviceAndRemovesIt() {
        stemcell.devices()
                .set("zero", Map.of("type", "unix-char", "path", "/dev/own-zero", "major", "1", "minor", "5"));
        assertThat(stemcell.exec("head", "--bytes=4", "/dev/own-zero").stdoutBytes())
                .isEqualTo(new byte[4]);

        stemcell.devices().remove("zero");
        assertThat(stemcell.files().exists("/dev/own-zero")).isFalse();

        stemcell.devices()
                .set("zero", Map.of("type", "unix-char", "path", "/dev/own-zero", "major", "1", "minor", "5"));
        stemcell.undoFaults();
        assertThat(stemcell.files().exists("/dev/own-zero")).isFalse();
    }

    @Test
    void namesTheDevicesThatThereAre() {
        assertThatThrownBy(() -> stemcell.devices().remove("eth1"))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith(
                        "The container '" + stemcell.name() + "' has no device 'eth1' of its own to remove; it has [")
                .hasMessageContaining("eth0");
    }

    @Test
    void cutsThePowerWithoutAWordToTheUnits() {
        stemcell.files()
                .writeString(
                        "/etc/systemd/system/witness.service",
                        "[Service]\nExecStart=sleep infinity\nExecStop=touch /root/was-stopped\n");
        stemcell.shell("systemctl daemon-reload && systemctl start witness && touch /run/volatile")
                .requireSuccess();

        stemcell.powerCut();
        assertThat(stemcell.state().status()).isEqualTo("Stopped");
        stemcell.boot();

        assertThat(stemcell.systemd().state()).isEqualTo(SystemState.RUNNING);
        assertThat(stemcell.files().exists("/root/was-stopped")).isFalse();
        assertThat(stemcell.files().exists("/run/volatile")).isFalse();
    }

    @Test
    void keepsWhatAPersistentJournalHadWrittenBeforeThePowerWasCut() {
        stemcell.files().createDirectories("/etc/systemd/journald.conf.d");
        stemcell.files()
                .writeString("/etc/systemd/journald.conf.d/99-persistent.conf", "[Journal]\nStorage=persistent\n");
        stemcell.shell(
                        "systemctl restart systemd-journald && journalctl --flush && logger last words && journalctl --sync")
                .requireSuccess();

        stemcell.powerCut();
        stemcell.boot();

        assertThat(stemcell.exec("journalctl", "--boot=-1", "--output=cat").stdout())
                .contains("last words");
    }
}
