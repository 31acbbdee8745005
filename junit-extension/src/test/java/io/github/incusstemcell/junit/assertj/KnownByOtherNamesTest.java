package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.unix;
import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.Test;

/** What the guest knows by another name than the test: nothing of it counts as absent because of that. */
@IncusStemcell(scope = Scope.PER_CLASS)
class KnownByOtherNamesTest {

    @Test
    void programsByLinks(StemcellContainer stemcell) {
        stemcell.shell("cp /usr/bin/sleep /usr/bin/sleepyhead && ln -s /usr/bin/sleepyhead /usr/local/bin/nap")
                .requireSuccess();
        stemcell.systemd().writeUnit("sleepy", """
                [Service]
                ExecStart=/bin/sh -c 'exec 3>/run/sleepy.log 4>/run/gone.log; rm /run/gone.log; exec sleepyhead 1000'
                """);
        stemcell.systemd().start("sleepy");

        // The unit is started once the shell runs that is to become it.
        assertThat(stemcell)
                .within(ofSeconds(30))
                .process("/usr/local/bin/nap")
                .isRunning()
                .isPartOfUnit("sleepy");
        assertThat(stemcell).process("/bin/sleepyhead").isRunning();
        assertThat(stemcell).processes().named("/bin/sleepyhead").isNotEmpty();
        assertThat(stemcell)
                .processes()
                .ofUnit("sleepy")
                .ofExecutable("/bin/sleepyhead")
                .hasSize(1);
        assertThat(stemcell)
                .processes()
                .ofUnit("sleepy")
                .haveOpen("/var/run/sleepy.log")
                .doNotHaveOpen("/var/run/sleep.log");
        assertThat(stemcell).process("/bin/nap").isNotRunning();

        fail(
                stemcell,
                "(?s)Expecting process /bin/sleepyhead on NAME to not be running\n  but was: sleepyhead\\[PID] of sleepy.service, .*",
                () -> assertThat(stemcell).process("/bin/sleepyhead").isNotRunning());
        fail(
                stemcell,
                "Expecting the processes of the unit sleepy.service of /bin/sleepyhead on NAME to be none\n  but there were: sleepyhead.*",
                () -> assertThat(stemcell)
                        .processes()
                        .ofUnit("sleepy")
                        .ofExecutable("/bin/sleepyhead")
                        .isEmpty());
        fail(
                stemcell,
                "Expecting the processes of the unit sleepy.service on NAME to not have /var/run/sleepy.log open\n"
                        + "  but these do not: sleepyhead\\[PID] of sleepy.service",
                () -> assertThat(stemcell).processes().ofUnit("sleepy").doNotHaveOpen("/var/run/sleepy.log"));
        fail(
                stemcell,
                "Expecting the processes of the unit sleepy.service on NAME to have /run/gone.log open\n"
                        + "  but these do not: sleepyhead\\[PID] of sleepy.service has one that was deleted",
                () -> assertThat(stemcell).processes().ofUnit("sleepy").haveOpen("/run/gone.log"));
    }

    @Test
    void unitsByAliases(StemcellContainer stemcell) {
        assertThat(stemcell).processes().ofUnit("syslog").hasOnlyNames("rsyslogd");
        fail(
                stemcell,
                "Expecting the processes of the unit syslog.service on NAME to be none\n  but there were: rsyslogd.*",
                () -> assertThat(stemcell).processes().ofUnit("syslog").isEmpty());
    }

    @Test
    void programsOfOddNames(StemcellContainer stemcell) {
        stemcell.shell("cp /usr/bin/sleep '/usr/bin/odd\\name'").requireSuccess();
        stemcell.exec("systemd-run", "--unit=odd", "/usr/bin/odd\\name", "1000").requireSuccess();

        assertThat(stemcell)
                .within(ofSeconds(30))
                .process("odd\\name")
                .isRunning()
                .isPartOfUnit("odd");
        fail(
                stemcell,
                "(?s)Expecting process odd.*name on NAME to not be running\n  but was: .*",
                () -> assertThat(stemcell).process("odd\\name").isNotRunning());
    }

    @Test
    void programsWhoseMainThreadHasEnded(StemcellContainer stemcell) {
        stemcell.files().writeString("/usr/lib/headless.py", """
                import ctypes, threading, time
                open('/proc/self/comm', 'w').write('headless')
                threading.Thread(target=time.sleep, args=(1000,)).start()
                ctypes.CDLL(None).pthread_exit(None)
                """);
        stemcell.exec("systemd-run", "--unit=headless", "python3", "/usr/lib/headless.py")
                .requireSuccess();

        assertThat(stemcell)
                .within(ofSeconds(30))
                .processes()
                .ofUnit("headless")
                .allMatch(process -> process.state() == 'Z', "have no main thread");
        assertThat(stemcell).process("headless").isRunning().isPartOfUnit("headless");
        fail(
                stemcell,
                "(?s)Expecting process headless on NAME to not be running\n  but was: headless\\[PID] of headless.service, .*",
                () -> assertThat(stemcell).process("headless").isNotRunning());
        stemcell.systemd().kill("headless", 9);
        assertThat(stemcell).within(ofSeconds(30)).process("headless").isNotRunning();
    }

    @Test
    void mountsAndSocketsByLinks(StemcellContainer stemcell) {
        String bus = "/var/run/dbus/system_bus_socket";
        stemcell.shell("mkdir /run/held && mount -t tmpfs tmpfs /run/held").requireSuccess();
        assertThat(stemcell)
                .mount("/var/run/held")
                .isMounted()
                .hasType("tmpfs")
                .usage()
                .isUsedAtMost(99);
        assertThat(stemcell).socket(unix(bus)).isListening();

        fail(
                stemcell,
                "Expecting mount /var/run/held on NAME to not be mounted\n  but was: tmpfs of tmpfs with .*",
                () -> assertThat(stemcell).mount("/var/run/held").isNotMounted());
        fail(
                stemcell,
                "(?s)Expecting unix socket " + bus + " on NAME to not be listened on\n  but .*",
                () -> assertThat(stemcell).socket(unix(bus)).isNotListening());
    }

    @Test
    void filesThatAreDiverted(StemcellContainer stemcell) {
        stemcell.shell("dpkg-divert --local --rename --add /usr/bin/factor && touch /usr/bin/factor"
                        + " && dpkg-divert --package cron --rename --add /usr/bin/tsort && touch /usr/bin/tsort")
                .requireSuccess();

        assertThat(stemcell).file("/usr/bin/factor").isOwnedByNoPackage();
        assertThat(stemcell).file("/bin/factor.distrib").isOwnedByPackage("coreutils");
        assertThat(stemcell).file("/usr/bin/tsort").isOwnedByNoPackage();
        assertThat(stemcell).file("/usr/bin/tsort.distrib").isOwnedByPackage("coreutils");

        fail(
                stemcell,
                "Expecting /usr/bin/factor on NAME to be owned by the package coreutils\n  but was: file, .*, of no package",
                () -> assertThat(stemcell).file("/usr/bin/factor").isOwnedByPackage("coreutils"));
        fail(
                stemcell,
                "Expecting /usr/bin/factor.distrib on NAME to be owned by no package\n  but was: file, .*, of coreutils",
                () -> assertThat(stemcell).file("/usr/bin/factor.distrib").isOwnedByNoPackage());
    }

    @Test
    void tablesAndChainsThatAreNotThere(StemcellContainer stemcell) {
        stemcell.shell("nft add table inet guarded && nft add chain inet guarded open")
                .requireSuccess();

        assertThat(stemcell)
                .firewall()
                .ofTable("inet", "guarded")
                .doNotContain("accept")
                .doNotMatch("accept");
        assertThat(stemcell)
                .firewall()
                .ofTable("inet", "guarded")
                .ofChain("open")
                .doNotContain("accept");

        String none = "\n  but there is no such table or chain; there are chains: inet guarded open";
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .firewall()
                        .ofTable("inet", "guard")
                        .doNotContain("accept")))
                .isEqualTo("Expecting the firewall's rules of the table inet guard on NAME to not contain \"accept\""
                        + none);
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .firewall()
                        .ofTable("inet", "guarded")
                        .ofChain("opn")
                        .doNotMatch("accept")))
                .isEqualTo(
                        "Expecting the firewall's rules of the table inet guarded of the chain opn on NAME to have no match"
                                + " for accept" + none);
        FirewallAssert mistyped =
                assertThat(stemcell).firewall().ofTable("inet", "guarded").ofChain("opn");
        assertThat(stemcell)
                .firewall()
                .ofChain("open")
                .isEmpty()
                .hasSize(0)
                .noneMatch(rule -> true, "is there")
                .texts()
                .isEmpty();
        fail(
                stemcell,
                "Expecting the firewall's rules of the table inet guarded of the chain opn on NAME WANTED" + none,
                expecting("to be none", mistyped::isEmpty),
                expecting("to be 0", () -> mistyped.hasSize(0)),
                expecting("to not match \"is there\"", () -> mistyped.noneMatch(rule -> true, "is there")),
                expecting("to be read", mistyped::texts),
                expecting("to be read", mistyped::list));
    }

    @Test
    void whatIsOfAnotherForm(StemcellContainer stemcell) {
        stemcell.files().writeString("/root/twice.json", "{\"a\": 1,\n\"a\": 2}");
        stemcell.exec("ln", "-sf", "/usr/share/zoneinfo/Mars/Olympus", "/etc/localtime")
                .requireSuccess();
        stemcell.files().writeString("/etc/profile.d/greets.sh", "echo Welcome\n");

        assertThat(stemcell).user("vcap").loginEnvironment().hasKey("SHELL").hasKey("USER");
        fail(
                stemcell,
                "Expecting the login environment of vcap on NAME to not have SHELL\n  but was: /bin/bash",
                () -> assertThat(stemcell).user("vcap").loginEnvironment().doesNotHaveKey("SHELL"));
        fail(
                stemcell,
                "Expecting the machine on NAME to have the timezone Mars/Olympus\n  but was: .*, timezone not to be told, as /etc/localtime is no link to one, .*",
                () -> assertThat(stemcell).machine().hasTimezone("Mars/Olympus"));
        fail(
                stemcell,
                "(?s)Expecting /root/twice.json on NAME to have /a 2\n  but it is not JSON: Duplicate field 'a' for `ObjectNode` in line 2",
                () -> assertThat(stemcell).file("/root/twice.json").json().hasValue("/a", 2));
        fail(
                stemcell,
                "(?s)Expecting /root/twice.json on NAME to not have a\n  but it has no settings\n  content: \\{\"a\".*",
                () -> assertThat(stemcell).file("/root/twice.json").ini().doesNotHaveKey("a"));
    }
}
