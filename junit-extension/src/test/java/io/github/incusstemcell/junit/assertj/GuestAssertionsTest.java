package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp6;
import static io.github.incusstemcell.junit.assertj.GuestSocket.udp;
import static io.github.incusstemcell.junit.assertj.GuestSocket.udp6;
import static io.github.incusstemcell.junit.assertj.GuestSocket.unix;
import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a guest has besides systemd, on a real one: each assertion once so that it holds, and once so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class GuestAssertionsTest {

    @Test
    void aUser(StemcellContainer stemcell) {
        stemcell.shell("groupadd -g 7001 crew && useradd -u 7002 -U -G crew -d /home/ann -s /bin/bash ann"
                        + " && useradd -u 7003 -g crew -s /usr/sbin/nologin robot && echo ann:secret | chpasswd")
                .requireSuccess();

        assertThat(stemcell)
                .user("ann")
                .exists()
                .hasUid(7002)
                .hasGid(7002)
                .hasHome("/home/ann")
                .hasShell("/bin/bash")
                .isInGroups("crew", "ann")
                .isNotInGroup("root");
        assertThat(stemcell).user("robot").hasNoLoginShell().hasLockedPassword();
        assertThat(stemcell).user("bob").doesNotExist();
        assertThat(stemcell).always(ofMillis(100)).user("ann").exists();
        stemcell.shell("(sleep 0.3; useradd later) >/dev/null 2>&1 &");
        assertThat(stemcell).within(ofSeconds(20)).user("later").exists();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).as("the crew").user("ann").hasUid(1)))
                .isEqualTo(
                        "[the crew] Expecting user ann on NAME to have the uid 1\n"
                                + "  but was: uid 7002, gid 7002, groups ann crew, home /home/ann, shell /bin/bash, password set");
        fail(
                stemcell,
                "Expecting user ann on NAME WANTED\n  but was: uid 7002, .*",
                expecting("to not exist", () -> assertThat(stemcell).user("ann").doesNotExist()),
                expecting(
                        "to have the gid 1",
                        () -> assertThat(stemcell).user("ann").hasGid(1)),
                expecting(
                        "to have the home /",
                        () -> assertThat(stemcell).user("ann").hasHome("/")),
                expecting(
                        "to have the shell /bin/sh",
                        () -> assertThat(stemcell).user("ann").hasShell("/bin/sh")),
                expecting(
                        "to have no login shell",
                        () -> assertThat(stemcell).user("ann").hasNoLoginShell()),
                expecting(
                        "to have a locked password",
                        () -> assertThat(stemcell).user("ann").hasLockedPassword()),
                expecting(
                        "to be in the groups crew root",
                        () -> assertThat(stemcell).user("ann").isInGroups("crew", "root")),
                expecting(
                        "to not be in the group crew",
                        () -> assertThat(stemcell).user("ann").isNotInGroup("crew")),
                expecting("to not exist for 20s (waited SECONDS)", () -> assertThat(stemcell)
                        .always(ofSeconds(20))
                        .user("ann")
                        .doesNotExist()));
        fail(
                stemcell,
                "Expecting user ano on NAME WANTED\n  but there is no such user; the closest names: ann, .*",
                expecting("to exist", () -> assertThat(stemcell).user("ano").exists()),
                expecting(
                        "to have the uid 7002",
                        () -> assertThat(stemcell).user("ano").hasUid(7002)),
                expecting(
                        "to have no login shell",
                        () -> assertThat(stemcell).user("ano").hasNoLoginShell()),
                expecting(
                        "to have a locked password",
                        () -> assertThat(stemcell).user("ano").hasLockedPassword()),
                expecting(
                        "to not be in the group root",
                        () -> assertThat(stemcell).user("ano").isNotInGroup("root")),
                expecting("to exist within 0.1s (waited SECONDS)", () -> assertThat(stemcell)
                        .within(ofMillis(100))
                        .user("ano")
                        .exists()));
        fail(
                stemcell,
                "Expecting group crow on NAME to exist\n  but there is no such group; the closest names: crew, .*",
                () -> assertThat(stemcell).user("ann").isNotInGroup("crow"));
    }

    @Test
    void aGroup(StemcellContainer stemcell) {
        stemcell.shell("groupadd -g 7101 band && groupadd -g 7102 nobodys && useradd -g band eve"
                        + " && useradd -G band dan && useradd cat")
                .requireSuccess();

        assertThat(stemcell)
                .group("band")
                .exists()
                .hasGid(7101)
                .hasMember("eve")
                .hasMember("dan")
                .doesNotHaveMember("cat")
                .hasOnlyMembers("eve", "dan");
        assertThat(stemcell).group("nobodys").hasOnlyMembers();
        assertThat(stemcell).group("bend").doesNotExist();

        assertThat(message(stemcell, () -> assertThat(stemcell).group("band").hasMember("cat")))
                .isEqualTo("Expecting group band on NAME to have the member cat\n"
                        + "  but was: gid 7101, members dan eve");
        fail(
                stemcell,
                "Expecting group band on NAME WANTED\n  but was: gid 7101, members dan eve",
                expecting(
                        "to not exist", () -> assertThat(stemcell).group("band").doesNotExist()),
                expecting(
                        "to have the gid 1",
                        () -> assertThat(stemcell).group("band").hasGid(1)),
                expecting(
                        "to not have the member eve",
                        () -> assertThat(stemcell).group("band").doesNotHaveMember("eve")),
                expecting(
                        "to have only the members eve",
                        () -> assertThat(stemcell).group("band").hasOnlyMembers("eve")),
                expecting(
                        "to have no members",
                        () -> assertThat(stemcell).group("band").hasOnlyMembers()));
        fail(
                stemcell,
                "Expecting group bend on NAME WANTED\n  but there is no such group; the closest names: band, .*",
                expecting("to exist", () -> assertThat(stemcell).group("bend").exists()),
                expecting(
                        "to not have the member eve",
                        () -> assertThat(stemcell).group("bend").doesNotHaveMember("eve")),
                expecting(
                        "to have no members",
                        () -> assertThat(stemcell).group("bend").hasOnlyMembers()));
        fail(
                stemcell,
                "Expecting user evo on NAME to exist\n  but there is no such user; the closest names: eve, .*",
                () -> assertThat(stemcell).group("band").doesNotHaveMember("evo"));
    }

    @Test
    void aPackage(StemcellContainer stemcell) {
        stemcell.shell("for name in demo-held demo-removed; do mkdir -p /p/$name/DEBIAN /p/$name/etc"
                        + " && echo yes >/p/$name/etc/$name && echo /etc/$name >/p/$name/DEBIAN/conffiles"
                        + " && printf 'Package: %s\\nVersion: 1:1.10-1\\nArchitecture: all\\nMaintainer: a\\nDescription: b\\n'"
                        + " $name >/p/$name/DEBIAN/control && dpkg-deb -b /p/$name /p/$name.deb || exit; done;"
                        + " dpkg -i /p/*.deb && dpkg -r demo-removed && echo demo-held hold | dpkg --set-selections")
                .requireSuccess();

        assertThat(stemcell)
                .packageNamed("demo-held")
                .isInstalled()
                .hasVersion("1:1.10-1")
                .hasVersionAtLeast("1:1.9")
                .hasArchitecture("all")
                .isOnHold();
        assertThat(stemcell).packageNamed("demo-held:all").isInstalled();
        assertThat(stemcell).packageNamed("demo-removed").isNotInstalled();
        assertThat(stemcell).packageNamed("telnetd").isNotInstalled();
        assertThat(stemcell).always(ofMillis(100)).packageNamed("bash").isInstalled();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).packageNamed("demo-held").hasVersionAtLeast("1:2~rc1")))
                .isEqualTo("Expecting package demo-held on NAME to have the version 1:2~rc1 or a newer one\n"
                        + "  but was: version 1:1.10-1, architecture all, status hi");
        fail(
                stemcell,
                "Expecting package demo-held on NAME WANTED\n  but was: version 1:1.10-1, .*",
                expecting(
                        "to not be installed",
                        () -> assertThat(stemcell).packageNamed("demo-held").isNotInstalled()),
                expecting(
                        "to have the version 1.10-1",
                        () -> assertThat(stemcell).packageNamed("demo-held").hasVersion("1.10-1")),
                expecting(
                        "to have the architecture amd64",
                        () -> assertThat(stemcell).packageNamed("demo-held").hasArchitecture("amd64")));
        fail(
                stemcell,
                "Expecting package bash on NAME to be on hold\n  but was: .*, status ii",
                () -> assertThat(stemcell).packageNamed("bash").isOnHold());
        fail(
                stemcell,
                "Expecting package demo-removed on NAME WANTED\n  but it was removed, and only its configuration is left",
                expecting(
                        "to be installed",
                        () -> assertThat(stemcell).packageNamed("demo-removed").isInstalled()),
                expecting(
                        "to have the version 1:1.10-1",
                        () -> assertThat(stemcell).packageNamed("demo-removed").hasVersion("1:1.10-1")));
        fail(
                stemcell,
                "Expecting package demo-help on NAME WANTED\n  but there is no such package; the closest names: demo-held, .*",
                expecting(
                        "to be installed",
                        () -> assertThat(stemcell).packageNamed("demo-help").isInstalled()),
                expecting(
                        "to have the version 0 or a newer one",
                        () -> assertThat(stemcell).packageNamed("demo-help").hasVersionAtLeast("0")),
                expecting("to be installed within 0.1s (waited SECONDS)", () -> assertThat(stemcell)
                        .within(ofMillis(100))
                        .packageNamed("demo-help")
                        .isInstalled()));
        assertThatThrownBy(() -> assertThat(stemcell).packageNamed("bash").hasVersionAtLeast("newest"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a version of a Debian package: 'newest'");
    }

    @Test
    void versionsInTheOrderOfDpkg(StemcellContainer stemcell) {
        List<String> versions = List.of(
                "0",
                "00",
                "1",
                "01.0",
                "1.",
                "1.0",
                "1.0-0",
                "1.0-1",
                "1.0-1~",
                "1.0~rc1-1",
                "1.0~~",
                "1.0+b1",
                "1.0a",
                "1.0-a-1",
                "1.0.a",
                "1.0A",
                "1.9",
                "1.10",
                "1:0.1",
                "0:1.0",
                "1.20240101000000000000001",
                "1.20240101000000000000002");
        String orders = stemcell.exec(Command.of(Stream.concat(
                                Stream.of(
                                        "sh",
                                        "-c",
                                        "for a; do for b; do dpkg --compare-versions $a lt $b && printf '<' || "
                                                + "{ dpkg --compare-versions $a eq $b && printf = || printf '>'; }; done; done",
                                        "sh"),
                                versions.stream())
                        .toList()))
                .requireWhole()
                .stdout();

        StringBuilder ours = new StringBuilder();
        versions.forEach(one -> versions.forEach(other -> {
            int order = DebianVersion.of(one)
                    .orElseThrow()
                    .compareTo(DebianVersion.of(other).orElseThrow());
            ours.append(order < 0 ? '<' : order == 0 ? '=' : '>');
        }));
        assertThat(ours).hasToString(orders);
        assertThat(Stream.of("a", "1-", "1:1:1", "1_0", "1 0", "9999999999:1", ":1", "")
                        .map(DebianVersion::of))
                .allMatch(Optional::isEmpty);
    }

    @Test
    void aSocket(StemcellContainer stemcell) {
        stemcell.files().writeString("/listens.pl", """
                use Socket qw(:all);
                sub open_socket {
                    my ($family, $type, $address) = @_;
                    socket(my $socket, $family, $type, 0) or die $!;
                    setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, $address =~ /\\xff\\xff\\x7f/ ? 0 : 1) if $family == AF_INET6;
                    setsockopt($socket, IPPROTO_IPV6, 78, 1) if $family == AF_INET6; # IPV6_FREEBIND
                    bind($socket, $address) or die $!;
                    $type != SOCK_STREAM or listen($socket, 1) or die $!;
                    push @sockets, $socket;
                }
                open_socket(AF_INET, SOCK_STREAM, pack_sockaddr_in(7001, inet_aton("127.0.0.1")));
                open_socket(AF_INET, SOCK_STREAM, pack_sockaddr_in(7001, inet_aton("127.0.0.2")));
                open_socket(AF_INET6, SOCK_STREAM, pack_sockaddr_in6(7002, inet_pton(AF_INET6, "2001:db8::1:0:0:5")));
                open_socket(AF_INET6, SOCK_STREAM, pack_sockaddr_in6(7004, inet_pton(AF_INET6, "::ffff:127.0.0.1")));
                open_socket(AF_INET6, SOCK_DGRAM, pack_sockaddr_in6(7002, inet_pton(AF_INET6, "::")));
                open_socket(AF_INET, SOCK_DGRAM, pack_sockaddr_in(7003, INADDR_ANY));
                open_socket(AF_UNIX, SOCK_STREAM, pack_sockaddr_un("/run/with space"));
                system("systemd-notify --ready");
                sleep 1000;
                """);
        stemcell.systemd()
                .writeUnit(
                        "listens.service",
                        "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/usr/bin/perl /listens.pl\n");
        stemcell.systemd().start("listens");

        assertThat(stemcell)
                .socket(tcp(7001))
                .isListening()
                .listensOn("127.0.0.1")
                .listensOnlyOn("127.0.0.2", "127.0.0.1")
                .isOwnedByProcess("perl")
                .isOwnedByUnit("listens");
        assertThat(stemcell)
                .socket(tcp6(7002))
                .listensOnlyOn("2001:db8::1:0:0:5")
                .isOwnedByUnit("listens.service");
        assertThat(stemcell).socket(tcp6(7004)).listensOn("::ffff:127.0.0.1").listensOnlyOn("::FFFF:7f00:1");
        assertThat(stemcell).socket(udp6(7002)).listensOnlyOn("::");
        assertThat(stemcell).socket(udp(7003)).listensOnlyOn("0.0.0.0");
        assertThat(stemcell).socket(unix("/run/with space")).isListening().isOwnedByProcess("perl");
        assertThat(stemcell).socket(unix("/run/systemd/private")).isOwnedByProcess("systemd");
        assertThat(stemcell).socket(tcp(7002)).listensOnlyOn("2001:db8::1:0:0:5");
        assertThat(stemcell).socket(tcp6(7001)).isNotListening();
        assertThat(stemcell).always(ofMillis(100)).socket(tcp(7003)).isNotListening();

        assertThat(message(
                        stemcell, () -> assertThat(stemcell).socket(tcp(7001)).isOwnedByUnit("ssh")))
                .isEqualTo("Expecting tcp port 7001 on NAME to be owned by the unit ssh.service\n"
                        + "  but was: tcp 127.0.0.1:7001 by perl[PID] of listens.service;"
                        + " tcp 127.0.0.2:7001 by perl[PID] of listens.service");
        fail(
                stemcell,
                "Expecting tcp port 7001 on NAME WANTED\n  but was: tcp 127.0.0.1:7001 by perl.*",
                expecting(
                        "to not be listened on",
                        () -> assertThat(stemcell).socket(tcp(7001)).isNotListening()),
                expecting(
                        "to be listened on at 0.0.0.0",
                        () -> assertThat(stemcell).socket(tcp(7001)).listensOn("0.0.0.0")),
                expecting(
                        "to be listened on at 127.0.0.1 only",
                        () -> assertThat(stemcell).socket(tcp(7001)).listensOnlyOn("127.0.0.1")),
                expecting(
                        "to be owned by the process sshd",
                        () -> assertThat(stemcell).socket(tcp(7001)).isOwnedByProcess("sshd")));
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(100))
                        .socket(udp(7001))
                        .isListening()))
                .startsWith("Expecting udp port 7001 on NAME to be listened on within 0.1s (waited SECONDS)\n"
                        + "  but nobody listens there; the closest: tcp 127.0.0.1:7001 by perl[PID] of listens.service;"
                        + " tcp 127.0.0.2:7001 by perl[PID] of listens.service; udp6 [::]:7002 by perl[PID]");
        fail(
                stemcell,
                "Expecting unix socket /run/without space on NAME WANTED\n"
                        + "  but nobody listens there; the closest: unix /run/with space by perl.*",
                expecting("to be listened on", () -> assertThat(stemcell)
                        .socket(unix("/run/without space"))
                        .isListening()),
                expecting("to be owned by the process perl", () -> assertThat(stemcell)
                        .socket(unix("/run/without space"))
                        .isOwnedByProcess("perl")));
        assertThatThrownBy(() ->
                        assertThat(stemcell).socket(unix("/run/with space")).listensOn(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A Unix socket has no address: /run/with space");
        assertThatThrownBy(() -> tcp(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a port of tcp, 1 to 65535: 0");
    }

    @Test
    void aProcess(StemcellContainer stemcell) {
        stemcell.shell("cp /bin/sleep /usr/bin/napper && cp /bin/sleep /usr/bin/a-very-long-sleeper && useradd tired")
                .requireSuccess();
        for (String name : new String[] {"nap1", "nap2"}) {
            stemcell.systemd()
                    .writeUnit(
                            name + ".service",
                            "[Service]\nUser=tired\nSlice=naps.slice\nExecStart=/usr/bin/napper 1000\n");
            stemcell.systemd().start(name);
        }
        stemcell.shell("a-very-long-sleeper 1000 >/dev/null 2>&1 &");

        assertThat(stemcell)
                .within(ofSeconds(20))
                .process("napper")
                .isRunning()
                .hasCount(2)
                .runsAs("tired")
                .hasArgument("1000");
        assertThat(stemcell).process("a-very-long-sleeper").isRunning();
        assertThat(stemcell)
                .process("systemd-journald")
                .isPartOfUnit("systemd-journald")
                .hasCount(1);
        assertThat(stemcell).process("dragon").isNotRunning();
        assertThat(stemcell).process("grep").isNotRunning();
        assertThat(stemcell).always(ofMillis(100)).process("napper").isRunning();

        assertThat(message(
                        stemcell, () -> assertThat(stemcell).process("napper").hasCount(1)))
                .isEqualTo("Expecting process napper on NAME to be running 1 times\n"
                        + "  but was: napper[PID] of nap1.service, user tired: /usr/bin/napper 1000;"
                        + " napper[PID] of nap2.service, user tired: /usr/bin/napper 1000");
        fail(
                stemcell,
                "Expecting process napper on NAME WANTED\n  but was: napper\\[PID] of nap1.service, .*",
                expecting(
                        "to not be running",
                        () -> assertThat(stemcell).process("napper").isNotRunning()),
                expecting(
                        "to run as the user root",
                        () -> assertThat(stemcell).process("napper").runsAs("root")),
                expecting(
                        "to have the argument /usr/bin/napper",
                        () -> assertThat(stemcell).process("napper").hasArgument("/usr/bin/napper")),
                expecting(
                        "to be part of the unit nap1.service",
                        () -> assertThat(stemcell).process("napper").isPartOfUnit("nap1")));
        fail(
                stemcell,
                "Expecting process nipper on NAME WANTED\n  but there is no such process; the closest names: napper, .*",
                expecting(
                        "to be running",
                        () -> assertThat(stemcell).process("nipper").isRunning()),
                expecting(
                        "to be running 1 times",
                        () -> assertThat(stemcell).process("nipper").hasCount(1)),
                expecting(
                        "to run as the user tired",
                        () -> assertThat(stemcell).process("nipper").runsAs("tired")),
                expecting(
                        "to be part of the unit nap1.service",
                        () -> assertThat(stemcell).process("nipper").isPartOfUnit("nap1")));
        fail(
                stemcell,
                "Expecting user tried on NAME to exist\n  but there is no such user; the closest names: tired, .*",
                () -> assertThat(stemcell).process("napper").runsAs("tried"));
        assertThatThrownBy(() -> assertThat(stemcell).process("napper").hasCount(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a count of processes that are there: 0; whether there are none asks isNotRunning");
    }

    @Test
    void aMount(StemcellContainer stemcell) {
        stemcell.shell("mkdir -p '/m/a b' /m/over && mount -t tmpfs -o nosuid,mode=750,size=64k st#re '/m/a b'"
                        + " && mount -t tmpfs below /m/over && mount -t tmpfs -o ro above /m/over")
                .requireSuccess();

        assertThat(stemcell)
                .mount("/m/a b")
                .isMounted()
                .hasType("tmpfs")
                .hasSource("st#re")
                .hasOption("nosuid")
                .hasOption("mode=750")
                .doesNotHaveOption("noexec");
        assertThat(stemcell).mount("/m/over").hasSource("above").isReadOnly().doesNotHaveOption("rw");
        assertThat(stemcell).mount("/m").isNotMounted();
        assertThat(stemcell).always(ofMillis(100)).mount("/").isMounted();

        assertThat(message(stemcell, () -> assertThat(stemcell).mount("/m/a b").hasType("ext4"))
                        .replaceAll("rw,.*", "OPTIONS"))
                .isEqualTo("Expecting mount /m/a b on NAME to have the type ext4\n"
                        + "  but was: tmpfs of st#re with OPTIONS");
        fail(
                stemcell,
                "Expecting mount /m/a b on NAME WANTED\n  but was: tmpfs of st#re with rw,.*",
                expecting(
                        "to not be mounted",
                        () -> assertThat(stemcell).mount("/m/a b").isNotMounted()),
                expecting(
                        "to have the source tmpfs",
                        () -> assertThat(stemcell).mount("/m/a b").hasSource("tmpfs")),
                expecting(
                        "to have the option noexec",
                        () -> assertThat(stemcell).mount("/m/a b").hasOption("noexec")),
                expecting(
                        "to not have the option nosuid",
                        () -> assertThat(stemcell).mount("/m/a b").doesNotHaveOption("nosuid")),
                expecting(
                        "to be read-only",
                        () -> assertThat(stemcell).mount("/m/a b").isReadOnly()));
        fail(
                stemcell,
                "Expecting mount /m/over/x on NAME WANTED\n  but nothing is mounted there;"
                        + " the path is part of the mount /m/over; the closest: /m/over, .*",
                expecting(
                        "to be mounted",
                        () -> assertThat(stemcell).mount("/m/over/x").isMounted()),
                expecting(
                        "to not have the option nosuid",
                        () -> assertThat(stemcell).mount("/m/over/x").doesNotHaveOption("nosuid")),
                expecting(
                        "to be read-only",
                        () -> assertThat(stemcell).mount("/m/over/x").isReadOnly()));
        assertThatThrownBy(() -> assertThat(stemcell).mount("/m/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not an absolute path without a slash at its end: '/m/'");
    }
}
