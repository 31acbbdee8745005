package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.GuestChannel;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.JournalQuery;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a guest says of itself that no guest can be like is told, and passes for nothing. So does what breaks off. */
@IncusStemcell(scope = Scope.PER_CLASS)
class ImplausibleGuestTest {

    /** Has a program do something else than it should, which a script says. */
    private static void instead(StemcellContainer stemcell, String program, String script, Runnable test) {
        String path = "/usr/bin/" + program;
        stemcell.files().move(path, path + ".away");
        try {
            stemcell.files().writeString(path, "#!/bin/sh\n" + script + "\n");
            stemcell.files().setPermissions(path, 0755);
            test.run();
        } finally {
            stemcell.files().move(path + ".away", path);
        }
    }

    @Test
    void aKernelWhoseTablesAreEmpty(StemcellContainer stemcell) {
        // Without perl it is cat that reads them, which can be had to say anything.
        instead(stemcell, "perl", "exit 0", () -> {
            stemcell.shell("pkill -x incus-stemcell");
            instead(stemcell, "cat", "exit 0", () -> tablesAreEmpty(stemcell));
        });
    }

    private static void tablesAreEmpty(StemcellContainer stemcell) {
        String empty = " on NAME\n  but it was empty";
        assertThat(message(stemcell, () -> assertThat(stemcell).mount("/mnt").isNotMounted()))
                .isEqualTo("Expecting mounts in /proc/1/mountinfo" + empty);
        assertThat(message(
                        stemcell, () -> assertThat(stemcell).route("10.0.0.0/8").doesNotExist()))
                .isEqualTo("Expecting all routes of NAME by rtnetlink(7)\n  but the answer broke off");
        for (GuestSocket socket : new GuestSocket[] {GuestSocket.tcp(7), GuestSocket.udp6(7)}) {
            assertThat(message(
                            stemcell, () -> assertThat(stemcell).socket(socket).isNotListening()))
                    .isEqualTo("Expecting a table in /proc/net/" + socket.protocol() + empty);
        }
    }

    @Test
    void aKernelThatShowsNoProcesses(StemcellContainer stemcell) {
        String other = "case \"$*\" in *limits*) exit 0;; esac; exec perl.away \"$@\"";
        instead(stemcell, "perl", other, () -> {
            stemcell.exec("pkill", "-x", GuestChannel.PROCESS);
            assertThat(message(
                            stemcell,
                            () -> assertThat(stemcell).process("nobody").isNotRunning()))
                    .isEqualTo("Expecting /proc on NAME to have all processes\n  but it has no process 1");
        });
    }

    @Test
    void aGuestWithoutPerlHasTheSameProcesses(StemcellContainer stemcell) {
        List<String> table = steady(stemcell);
        stemcell.files().move("/usr/bin/perl", "/usr/bin/perl.away");
        stemcell.exec("pkill", "-x", GuestChannel.PROCESS);
        try {
            assertThat(steady(stemcell)).isEqualTo(table).hasSizeGreaterThan(3);
        } finally {
            stemcell.files().move("/usr/bin/perl.away", "/usr/bin/perl");
        }
    }

    /** Those of journald and of what never ends, with what does not change. */
    private static List<String> steady(StemcellContainer stemcell) {
        return Processes.of(stemcell).entries().stream()
                .filter(process -> process.pid() == 1
                        || process.name().matches("systemd-journal|systemd-network|dbus-daemon|cron|sshd"))
                .map(process -> List.of(
                                process.words(), process.arguments(), process.uid(), process.cgroup(), process.parent())
                        .toString())
                .toList();
    }

    @Test
    void aJournalWithoutSystemd(StemcellContainer stemcell) {
        String other = "case \"$*\" in *--identifier=systemd) exit 0;; esac; exec journalctl.away \"$@\"";
        instead(stemcell, "journalctl", other, () -> assertThat(
                        message(stemcell, () -> assertThat(stemcell).systemd().hasNoCoreDumps()))
                .isEqualTo("Expecting the journal of NAME to tell what systemd did\n"
                        + "  but it has no entry of systemd, as if none were written"));
    }

    @Test
    void aJournalThatBreaksOffWhileItIsFollowed(StemcellContainer stemcell) {
        stemcell.shell("(until pkill -f '[j]ournalctl.*--follow'; do sleep 0.05; done) >/dev/null 2>&1 &")
                .requireSuccess();

        assertThatThrownBy(() -> assertThat(stemcell)
                        .always(Duration.ofSeconds(60))
                        .journal()
                        .doesNotContain("what nobody wrote"))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching("Following the journal of " + stemcell.name() + " broke off: The journal of "
                        + stemcell.name() + " cannot be read: journalctl ended with exit code \\d+: ");
    }

    @Test
    void aTestThatIsInterruptedWhileItWaits(StemcellContainer stemcell) {
        stemcell.shell("(while sleep 0.1; do echo x | systemd-cat; done) >/dev/null 2>&1 & echo $! > /run/writer")
                .requireSuccess();
        Iterator<Runnable> readings =
                List.<Runnable>of(() -> {}, Thread.currentThread()::interrupt).iterator();
        try {
            assertThatThrownBy(() -> new JournalReading(stemcell, JournalQuery.all())
                            .observe(Timing.within(Duration.ofSeconds(60)), entries -> {
                                readings.next().run();
                                return false;
                            }))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Interrupted while waiting for the journal of " + stemcell.name());
        } finally {
            assertThat(Thread.interrupted()).isTrue();
            stemcell.shell("kill $(cat /run/writer)").requireSuccess();
        }
        assertThatThrownBy(() -> waitingForEver().woken(stemcell.systemd(), () -> interrupted()))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("Interrupted while waiting for a change in systemd of " + stemcell.name());
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> waitingForEver().polling(() -> interrupted()))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("Interrupted while a check was waiting to hold; last seen: any");
        assertThat(Thread.interrupted()).isTrue();
        String url = "http://" + stemcell.address().getHostAddress() + ":7/";
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> HttpExchange.outside(HttpCall.get(URI.create(url)), Duration.ofSeconds(60)))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("Interrupted while asking " + url);
        assertThat(Thread.interrupted()).isTrue();
    }

    private static Observation<String> waitingForEver() {
        return new Observation<>(Timing.within(Duration.ofSeconds(60)), state -> false, state -> state);
    }

    private static String interrupted() {
        Thread.currentThread().interrupt();
        return "any";
    }
}
