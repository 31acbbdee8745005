package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.GuestSocket.udp;
import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All ports and all packages at once: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class PortsAndPackagesTest {

    /** Listens at 400 ports of each family, has connections, some of them over, and goes on in the background. */
    private static final String LISTENERS = """
            use Socket qw(:all);
            my @sockets;
            for my $port (20001 .. 20400) {
                for my $address (pack_sockaddr_in($port, INADDR_ANY), pack_sockaddr_in6($port, IN6ADDR_ANY)) {
                    socket(my $socket, sockaddr_family($address), SOCK_STREAM, 0) or die $!;
                    setsockopt $socket, IPPROTO_IPV6, IPV6_V6ONLY, 1 if sockaddr_family($address) == AF_INET6;
                    bind $socket, $address and listen $socket, 5 or die $!;
                    push @sockets, $socket;
                }
                next if $port > 20010;
                socket(my $client, AF_INET, SOCK_STREAM, 0) or die $!;
                connect $client, pack_sockaddr_in($port, INADDR_LOOPBACK) or die $!;
                push @sockets, $client if $port > 20005;
            }
            exit if fork;
            sleep 1000;
            """;

    @Test
    void tcpPortsAreThoseOfTheTablesUnderProc(StemcellContainer stemcell) {
        stemcell.files().writeString("/root/listeners.pl", LISTENERS);
        stemcell.shell("systemd-run --unit=listeners -p Type=forking perl /root/listeners.pl")
                .requireSuccess();
        try {
            List<ListeningSocket> tables = Stream.of(Protocol.TCP, Protocol.TCP6)
                    .flatMap(table -> Sockets.read(stemcell.name(), stemcell.files(), table))
                    .toList();

            assertThat(ListeningTcp.of(stemcell).orElseThrow())
                    .hasSizeGreaterThan(800)
                    .containsExactlyInAnyOrderElementsOf(tables);
            assertThat(Sockets.of(stemcell, List.of(Protocol.TCP6)).listeners())
                    .containsExactlyInAnyOrderElementsOf(tables.stream()
                            .filter(socket -> socket.protocol() == Protocol.TCP6)
                            .toList());
        } finally {
            stemcell.shell("systemctl stop listeners").requireSuccess();
        }
    }

    @Test
    void allPorts(StemcellContainer stemcell) {
        GuestSocket[] all = assertThatPorts(stemcell).stream().distinct().toArray(GuestSocket[]::new);
        GuestSocket[] but =
                List.of(all).stream().filter(port -> port.port() != 22).toArray(GuestSocket[]::new);

        assertThat(stemcell).sockets().containsExactly(all).areSubsetOf(all).isNotEmpty();
        assertThat(stemcell).sockets().areSubsetOf(concat(all, tcp(4711)));
        assertThat(stemcell).always(ofMillis(100)).sockets().containsExactly(all);
        assertThat(stemcell)
                .sockets()
                .filteredOn(socket -> socket.port() == 22, "at 22")
                .containsExactly(tcp(22))
                .beyondLoopback()
                .isNotEmpty();
        assertThat(stemcell)
                .sockets()
                .filteredOn(socket -> socket.address().startsWith("127."), "of this machine alone")
                .beyondLoopback()
                .containsExactly();

        String ssh = "(tcp 0.0.0.0:22, )?tcp6 \\[::\\]:22";
        fail(
                stemcell,
                "Expecting the ports listened on at 22 on NAME to be exactly udp 68\n  but there were: " + ssh
                        + "\n  missing: udp 68\n  not in the list: " + ssh,
                () -> assertThat(stemcell)
                        .sockets()
                        .filteredOn(socket -> socket.port() == 22, "at 22")
                        .containsExactly(udp(68)));
        fail(
                stemcell,
                "Expecting the ports listened on on NAME to be none but .*\\btcp 4711\\b.*\n  but there were others: "
                        + ssh,
                () -> assertThat(stemcell).sockets().areSubsetOf(concat(but, tcp(4711))));
        fail(
                stemcell,
                "Expecting the ports listened on at 4711 on NAME to be exactly tcp 4711 within 0.1s \\(.*\\)\n  but there were: none\n"
                        + "  missing: tcp 4711\n  not in the list: none",
                () -> assertThat(stemcell)
                        .within(ofMillis(100))
                        .sockets()
                        .filteredOn(socket -> socket.port() == 4711, "at 4711")
                        .containsExactly(tcp(4711)));
    }

    private static GuestSocket[] concat(GuestSocket[] some, GuestSocket more) {
        return java.util.stream.Stream.concat(java.util.Arrays.stream(some), java.util.stream.Stream.of(more))
                .toArray(GuestSocket[]::new);
    }

    private static List<GuestSocket> assertThatPorts(StemcellContainer stemcell) {
        return Sockets.of(stemcell, GuestSocket.Protocol.PORTS).listeners().stream()
                .map(listener ->
                        listener.protocol().name().startsWith("TCP") ? tcp(listener.port()) : udp(listener.port()))
                .toList();
    }

    @Test
    void allPackages(StemcellContainer stemcell, @TempDir Path folder) {
        stemcell.shell(
                        "mkdir -p /q/DEBIAN /q/usr/share/demo && echo one > /q/usr/share/demo/one && echo two > /q/usr/share/demo/two"
                                + " && printf 'Package: demo\\nVersion: 1:1.10-1\\nArchitecture: all\\nMaintainer: a\\nDescription: b\\n'"
                                + " > /q/DEBIAN/control && (cd /q && md5sum usr/share/demo/* > DEBIAN/md5sums) && dpkg-deb -b /q /q.deb && dpkg -i /q.deb")
                .requireSuccess();
        Path names = written(
                folder,
                "names",
                String.join(
                        "\n",
                        Packages.of(stemcell).entries().stream()
                                .filter(GuestPackage::isInstalled)
                                .map(GuestPackage::name)
                                .toList()));
        Path listed = written(
                folder, "list", stemcell.exec("dpkg", "-l").requireWhole().stdout());

        assertThat(stemcell)
                .packages()
                .containsExactlyThoseOf(names)
                .containsExactlyThoseOf(listed)
                .areNotOnHold();
        assertThat(stemcell).packages().fullNames().contains("demo:all").allMatch(name -> name.contains(":"));
        assertThat(stemcell)
                .packageNamed("demo")
                .hasVersionAtMost("1:1.10-1")
                .hasVersionBelow("1:1.11")
                .isUnmodified();
        assertThat(stemcell).packageNamed("demo").version().startsWith("1:1.10");
        stemcell.shell("echo 3 > /usr/share/demo/one").requireSuccess();
        assertThat(stemcell).packageNamed("demo").isUnmodified("/usr/share/demo/one");
        stemcell.shell("(sleep 0.3; echo one > /usr/share/demo/one) >/dev/null 2>&1 &");
        assertThat(stemcell).within(ofSeconds(20)).packageNamed("demo").isUnmodified();
        stemcell.shell("echo 3 > /usr/share/demo/one; rm /usr/share/demo/two; echo demo hold | dpkg --set-selections")
                .requireSuccess();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).packageNamed("demo").isUnmodified("/none")))
                .isEqualTo("Expecting package demo on NAME to be unmodified except /none\n"
                        + "  but dpkg says: ??5?????? /usr/share/demo/one; missing /usr/share/demo/two");
        assertThat(message(stemcell, () -> assertThat(stemcell).packages().areNotOnHold()))
                .isEqualTo("Expecting the installed packages on NAME to not be on hold\n  but these were: demo");
        fail(
                stemcell,
                "Expecting package demo on NAME WANTED\n  but was: version 1:1.10-1, .*",
                expecting(
                        "to have the version 1:1.9 or an older one",
                        () -> assertThat(stemcell).packageNamed("demo").hasVersionAtMost("1:1.9")),
                expecting(
                        "to have a version below 1:1.10-1",
                        () -> assertThat(stemcell).packageNamed("demo").hasVersionBelow("1:1.10-1")));
        fail(
                stemcell,
                "Expecting package demu on NAME to be installed\n  but there is no such package; .*",
                () -> assertThat(stemcell).packageNamed("demu").version(),
                () -> assertThat(stemcell).packageNamed("demu").isUnmodified());
        fail(
                stemcell,
                "Expecting the installed packages on NAME to be exactly those 1 of a list\n  but there were \\d+\n"
                        + "  missing: none\n  not in the list: .*",
                () -> assertThat(stemcell).packages().containsExactlyThoseOf(written(folder, "one", "# a\nbash\n")));
        assertThatThrownBy(() -> assertThat(stemcell).packages().containsExactlyThoseOf(written(folder, "no", "#\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There are no packages in the list " + folder.resolve("no"));
    }

    @Test
    void packagesWithoutHashes(StemcellContainer stemcell) {
        String hashes = "/var/lib/dpkg/info/logrotate.md5sums";
        assertThat(stemcell).packageNamed("logrotate").isUnmodified("/usr/share", "/etc");
        stemcell.files().move(hashes, "/root/hashes");
        try {
            stemcell.shell("echo >> /usr/sbin/logrotate").requireSuccess();
            assertThat(stemcell)
                    .packageNamed("logrotate")
                    .isUnmodified("/usr/share", "/etc", "/usr/sbin", "/usr/lib", "/lib", "/var");
            fail(
                    stemcell,
                    "Expecting package logrotate on NAME to be unmodified except /usr/share /etc\n"
                            + "  but dpkg has no hash of .*/usr/sbin/logrotate of logrotate:.*",
                    () -> assertThat(stemcell).packageNamed("logrotate").isUnmodified("/usr/share", "/etc"));
            fail(
                    stemcell,
                    "Expecting the installed packages on NAME to be unmodified except /usr/share\n"
                            + "  but .*dpkg has no hash of .*/usr/sbin/logrotate of logrotate:.*",
                    () -> assertThat(stemcell).packages().areUnmodified("/usr/share"));
        } finally {
            stemcell.files().move("/root/hashes", hashes);
        }
    }

    @Test
    void packagesOfSeveralArchitectures(StemcellContainer stemcell) {
        String status = "/var/lib/dpkg/status";
        stemcell.exec("cp", status, "/root/status").requireSuccess();
        stemcell.shell("""
                set -e
                for arch in amd64 i386; do
                    printf '\\nPackage: twin\\nStatus: hold ok installed\\nMaintainer: x <x@x>\\nArchitecture: %s\\nMulti-Arch: same\\nVersion: 1\\nDescription: x\\n' $arch >> /var/lib/dpkg/status
                    : > /var/lib/dpkg/info/twin:$arch.list
                done
                printf '\\nPackage: told\\nStatus: install ok triggers-pending\\nMaintainer: x <x@x>\\nArchitecture: all\\nVersion: 1\\nTriggers-Pending: x\\nDescription: x\\n' >> /var/lib/dpkg/status
                : > /var/lib/dpkg/info/told.list
                """).requireSuccess();
        try {
            assertThat(stemcell)
                    .packages()
                    .hasOnlyOnHold("twin")
                    .hasOnlyOnHold("twin:i386", "twin:amd64")
                    .contains("told");
            assertThat(stemcell).packageNamed("twin:i386").hasArchitecture("i386");
            assertThat(stemcell).packageNamed("told").isInstalled();
            fail(
                    stemcell,
                    "Expecting the installed packages on NAME to have only twin:i386 on hold\n"
                            + "  but these were: twin:amd64 twin:i386",
                    () -> assertThat(stemcell).packages().hasOnlyOnHold("twin:i386"));
            fail(
                    stemcell,
                    "Expecting package twin on NAME to have the architecture none\n"
                            + "  but was: version 1, architecture amd64, status hi; there is also twin:i386",
                    () -> assertThat(stemcell).packageNamed("twin").hasArchitecture("none"));
            fail(
                    stemcell,
                    "Expecting package told on NAME to not be installed\n  but was: version 1, .*, status it",
                    () -> assertThat(stemcell).packageNamed("told").isNotInstalled());
        } finally {
            stemcell.shell("cp /root/status " + status
                            + " && rm /var/lib/dpkg/info/tw*.list /var/lib/dpkg/info/told.list")
                    .requireSuccess();
        }
    }

    private static Path written(Path folder, String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
