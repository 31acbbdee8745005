package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp6;
import static io.github.incusstemcell.junit.assertj.GuestSocket.udp;
import static io.github.incusstemcell.junit.assertj.GuestSocket.unix;
import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.JournalMark;
import org.junit.jupiter.api.Test;

/** What goes by several names, or shares one with others: it is what it is by each of them, and nothing else is. */
@IncusStemcell(scope = Scope.PER_CLASS)
class MistakenIdentityTest {

    private static void listen(StemcellContainer stemcell, String name, String sockets) {
        stemcell.files()
                .writeString("/" + name + ".pl", """
                use Socket qw(:all);
                sub listens {
                    my ($family, $type, $address, $only) = @_;
                    socket(my $socket, $family, $type, 0) or die $!;
                    setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, $only) if $family == AF_INET6;
                    bind($socket, $address) or die $!;
                    $type != SOCK_STREAM or listen($socket, 1) or die $!;
                    push @sockets, $socket;
                }
                """ + sockets + "\nsystem('systemd-notify --ready'); sleep 1000;\n");
        stemcell.systemd()
                .writeUnit(
                        name + ".service",
                        "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/usr/bin/perl /" + name + ".pl\n");
        stemcell.systemd().start(name);
    }

    @Test
    void whatLooksIsNoProcessOfTheGuest(StemcellContainer stemcell) {
        JournalMark mark = stemcell.journal().mark();
        String kept = "pgrep -x incus-stemcell";
        while (!stemcell.shell(kept).isSuccess()) {
            stemcell.inspect(Command.of("true"));
        }
        stemcell.files().writeString("/tmp/named", "#!/bin/sh\nsleep 1000\n");
        stemcell.shell(
                "chmod +x /tmp/named; cp /tmp/named /tmp/incus-stemcell; setsid /tmp/named >/dev/null 2>&1 </dev/null &");

        assertThat(stemcell).process("incus-stemcell").isNotRunning();
        assertThat(stemcell).process("perl").isNotRunning();
        assertThat(stemcell).process("find").isNotRunning();
        assertThat(stemcell).within(ofSeconds(10)).process("named").isRunning();
        assertThat(stemcell.shell(
                                "loginctl --no-legend list-sessions; systemctl --no-legend list-units '*.scope' | grep -v init.scope")
                        .stdout())
                .isEmpty();
        assertThat(stemcell).journal().since(mark).doesNotContain("incus-stemcell");

        stemcell.shell("setsid /tmp/incus-stemcell >/dev/null 2>&1 </dev/null &");
        assertThat(stemcell).within(ofSeconds(10)).process("incus-stemcell").hasCount(1);
        stemcell.shell("kill -9 $(pgrep -f '^/bin/sh /tmp/(named|incus-stemcell)') ; pkill -x sleep")
                .exitCode();
    }

    @Test
    void aPortIsListenedOnWhicheverFamilyItIsOpenedFor(StemcellContainer stemcell) {
        listen(stemcell, "families", """
                listens(AF_INET6, SOCK_STREAM, pack_sockaddr_in6(7101, inet_pton(AF_INET6, "::")), 0);
                listens(AF_INET6, SOCK_DGRAM, pack_sockaddr_in6(7101, inet_pton(AF_INET6, "::")), 0);
                listens(AF_INET6, SOCK_STREAM, pack_sockaddr_in6(7102, inet_pton(AF_INET6, "::")), 1);
                listens(AF_INET, SOCK_STREAM, pack_sockaddr_in(7102, INADDR_ANY));
                listens(AF_INET, SOCK_STREAM, pack_sockaddr_in(7103, INADDR_ANY));
                """);

        assertThat(stemcell)
                .socket(tcp(7101))
                .isReachable()
                .isListening()
                .listensOnlyOn("::")
                .isOwnedByUnit("families")
                .isOwnedByProcess("perl");
        assertThat(stemcell).socket(udp(7101)).isListening().listensOnlyOn("::");
        assertThat(stemcell).socket(tcp(7102)).listensOnlyOn("::", "0.0.0.0").listensOn("0.0.0.0");
        assertThat(stemcell).socket(tcp6(7102)).listensOnlyOn("::");
        assertThat(stemcell).socket(tcp6(7103)).isNotListening();
        assertThat(stemcell).socket(tcp(7103)).listensOnlyOn("0.0.0.0");

        assertThat(message(
                        stemcell, () -> assertThat(stemcell).socket(tcp(7101)).isNotListening()))
                .isEqualTo("Expecting tcp port 7101 on NAME to not be listened on\n"
                        + "  but was: tcp6 [::]:7101 by perl[PID] of families.service");
        assertThat(message(
                        stemcell, () -> assertThat(stemcell).socket(tcp(7102)).listensOnlyOn("0.0.0.0")))
                .isEqualTo("Expecting tcp port 7102 on NAME to be listened on at 0.0.0.0 only\n"
                        + "  but was: tcp 0.0.0.0:7102 by perl[PID] of families.service;"
                        + " tcp6 [::]:7102 by perl[PID] of families.service");
        fail(
                stemcell,
                "Expecting udp port 7101 on NAME to not be listened on\n  but was: udp6 \\[::]:7101 by perl.*",
                () -> assertThat(stemcell).socket(udp(7101)).isNotListening());
    }

    @Test
    void aSocketWithALineEndInItsNameIsOneAmongOthers(StemcellContainer stemcell) {
        listen(stemcell, "broken", """
                listens(AF_UNIX, SOCK_STREAM, pack_sockaddr_un("/run/broken\\nname"));
                listens(AF_UNIX, SOCK_STREAM, pack_sockaddr_un("/run/whole"));
                """);

        assertThat(stemcell).socket(unix("/run/whole")).isListening().isOwnedByUnit("broken");
        assertThat(stemcell).socket(unix("/run/none")).isNotListening();
    }

    @Test
    void programsThatBeginWithTheSameLettersAreNotOne(StemcellContainer stemcell) {
        stemcell.shell(
                        "cp /bin/sleep /usr/bin/collector-of-metrics-a; ln /usr/bin/collector-of-metrics-a /usr/bin/collects"
                                + " && printf '#!/bin/sh -u\\nwhile :; do sleep 1000; done\\n' > /usr/bin/collector-of-scripts"
                                + " && chmod 755 /usr/bin/collector-of-scripts")
                .requireSuccess();
        stemcell.systemd()
                .writeUnit("metrics.service", "[Service]\nType=exec\nExecStart=/usr/bin/collector-of-metrics-a 1000\n");
        stemcell.systemd()
                .writeUnit("scripts.service", "[Service]\nType=exec\nExecStart=/usr/bin/collector-of-scripts\n");
        stemcell.systemd()
                .writeUnit(
                        "renamed.service",
                        "[Service]\nType=exec\nExecStart=@/usr/bin/collects renamed-from-the-start 1000\n");
        stemcell.systemd().start("metrics");
        stemcell.systemd().start("scripts");
        stemcell.systemd().start("renamed");

        assertThat(stemcell)
                .within(ofSeconds(20))
                .process("collector-of-metrics-a")
                .hasCount(1)
                .isPartOfUnit("metrics");
        assertThat(stemcell).process("collector-of-metrics-b").isNotRunning();
        assertThat(stemcell)
                .within(ofSeconds(20))
                .process("collector-of-scripts")
                .hasCount(1)
                .isPartOfUnit("scripts");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .process("renamed-from-the-start")
                .isPartOfUnit("renamed");
        assertThat(stemcell).process("systemd-journald").isPartOfUnit("systemd-journald");
        assertThat(stemcell).process("/usr/bin/collector-of-metrics-a").hasCount(1);
        assertThat(stemcell).process("/usr/sbin/collector-of-metrics-a").isNotRunning();
        stemcell.files().delete("/usr/bin/collector-of-metrics-a");
        assertThat(stemcell).process("/usr/bin/collector-of-metrics-a").hasCount(1);

        fail(
                stemcell,
                "Expecting process collector-of-metrics-b on NAME WANTED\n"
                        + "  but there is no such process; the closest names: collector-of-metrics-a, .*",
                expecting("to be running", () -> assertThat(stemcell)
                        .process("collector-of-metrics-b")
                        .isRunning()),
                expecting("to be part of the unit metrics.service", () -> assertThat(stemcell)
                        .process("collector-of-metrics-b")
                        .isPartOfUnit("metrics")));
        fail(
                stemcell,
                "Expecting process collector-of-metrics-a on NAME to not be running\n  but was: collector-of-me.*",
                () -> assertThat(stemcell).process("collector-of-metrics-a").isNotRunning());
    }

    @Test
    void packagesGoByTheirNamesAsDpkgPrintsThemToo(StemcellContainer stemcell) {
        String architecture = stemcell.exec("dpkg", "--print-architecture")
                .requireSuccess()
                .stdout()
                .strip();
        String libc = "libc6:" + architecture;
        String[] all = stemcell.shell(
                        "dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\\n' | sed -n 's/^.i  *//p'")
                .requireSuccess()
                .stdout()
                .lines()
                .toArray(String[]::new);

        assertThat(stemcell)
                .packages()
                .contains(libc, "bash", "bash:" + architecture)
                .doesNotContain("libc6:none", "telnetd:" + architecture)
                .containsExactly(all);
        assertThat(stemcell).packageNamed(libc).isInstalled();

        assertThat(message(stemcell, () -> assertThat(stemcell).packages().doesNotContain(libc, "telnetd")))
                .isEqualTo("Expecting the installed packages on NAME to not contain " + libc + " telnetd\n"
                        + "  but these were there: " + libc);
        assertThat(message(stemcell, () -> assertThat(stemcell).packages().contains("libc6:none")))
                .isEqualTo("Expecting the installed packages on NAME to contain libc6:none\n"
                        + "  but these were missing: libc6:none");
    }

    @Test
    void linesOfNoAccountFailOnlyWhoAsksForThem(StemcellContainer stemcell) {
        stemcell.shell("useradd -m someone && cp -a /etc/passwd /root/passwd && cp -a /etc/group /root/group"
                        + " && cp -a /etc/shadow /root/shadow && touch /owned && chown someone:someone /owned"
                        + " && printf '+::::::\\n+@staff::::::\\n-mallory::::::\\n# none\\nbroken:x\\nhalf:x:x:0:::\\n"
                        + "far:x:4294967294:4294967294::/:/bin/sh\\n' >> /etc/passwd"
                        + " && printf '+:::\\nbroken:x\\n' >> /etc/group && printf '+\\n+::::::::\\n' >> /etc/shadow")
                .requireSuccess();
        try {
            assertThat(stemcell).user("someone").exists().isInGroups("someone").hasLockedPassword();
            assertThat(stemcell).user("nobody-at-all").doesNotExist();
            assertThat(stemcell).user("far").exists().hasShell("/bin/sh");
            assertThat(stemcell).group("someone").hasOnlyMembers("someone");
            assertThat(stemcell).group("none-at-all").doesNotExist();
            assertThat(stemcell).file("/owned").hasOwner("someone").hasGroup("someone");
            assertThat(stemcell).process("systemd-journald").runsAs("root");
            assertThat(stemcell).unit("cron").runsAs("root");

            fail(
                    stemcell,
                    "Expecting the line of broken in /etc/passwd on NAME to be one of a user, passwd\\(5\\)\n"
                            + "  but was: broken:x",
                    () -> assertThat(stemcell).user("broken").doesNotExist(),
                    () -> assertThat(stemcell).user("broken").exists());
            fail(
                    stemcell,
                    "Expecting the line of half in /etc/passwd on NAME to be one of a user, passwd\\(5\\)\n"
                            + "  but was: half:x:x:0:::",
                    () -> assertThat(stemcell).user("half").doesNotExist());
            fail(
                    stemcell,
                    "Expecting the line of broken in /etc/group on NAME to be one of a group, group\\(5\\)\n"
                            + "  but was: broken:x",
                    () -> assertThat(stemcell).group("broken").doesNotExist());
        } finally {
            stemcell.shell("for f in passwd group shadow; do cp -a /root/$f /etc/$f; done")
                    .requireSuccess();
        }
    }
}
