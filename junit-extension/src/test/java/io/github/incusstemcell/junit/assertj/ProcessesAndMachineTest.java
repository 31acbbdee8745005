package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.GuestChannel;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** All processes, the machine itself, and what units may use: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class ProcessesAndMachineTest {

    private static final String NAPPER = "\\[PID\\] of napper.service";

    @BeforeAll
    static void writeUnits(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("napper", """
                [Service]
                Type=exec
                User=vcap
                Nice=15
                Environment=MOOD=sleepy
                LimitNOFILE=512:1024
                LimitCORE=infinity
                MemoryMax=64M
                TasksMax=70
                ExecStart=/bin/bash -c 'exec 7</etc/passwd; sleep 1000 & wait; true'
                """);
        stemcell.systemd().writeUnit("yawner", """
                [Unit]
                After=napper.service
                [Service]
                TasksMax=infinity
                ExecStart=/bin/sleep 1001
                """);
        stemcell.systemd().writeUnit("fine", "[Unit]\nWants=odd.service\n[Service]\nExecStart=/bin/sleep 1003\n");
        stemcell.systemd().writeUnit("odd", "[Service]\nColour=blue\nExecStart=/bin/sleep 1002\n");
        stemcell.systemd().start("napper");
        stemcell.systemd().start("yawner");
    }

    private static ProcessesAssert nappers(StemcellContainer stemcell) {
        return assertThat(stemcell).processes().ofUnit("napper");
    }

    @Test
    void someOfAllProcesses(StemcellContainer stemcell) {
        assertThat(stemcell).within(ofSeconds(20)).processes().ofUnit("napper").hasSize(2);

        nappers(stemcell).hasOnlyNames("sleep", "bash");
        nappers(stemcell).named("sleep").hasOnlyNames("sleep");
        nappers(stemcell).ofParent("bash").hasOnlyNames("sleep");
        nappers(stemcell).ofExecutable("/usr/bin/bash").hasOnlyNames("bash");
        nappers(stemcell).withCommandLine("^sleep 1000$").names().containsExactly("sleep");
        nappers(stemcell).ofUser("vcap").hasSize(2);
        nappers(stemcell).ofUser("root").hasOnlyNames();
        assertThat(stemcell).processes().ofParent("systemd").names().contains("bash");
        assertThat(stemcell).processes().list().anyMatch(process -> process.pid() == 1);

        fail(
                stemcell,
                "Expecting the processes of the unit napper.service on NAME to be only bash\n  but there were: bash"
                        + NAPPER + ", sleep" + NAPPER,
                () -> nappers(stemcell).hasOnlyNames("bash"));
        fail(
                stemcell,
                "Expecting the processes of the unit napper.service of the parent init on NAME to be there\n"
                        + "  but there were none; there are: .*\\bbash\\b.*",
                () -> nappers(stemcell).ofParent("init").isNotEmpty());
        fail(
                stemcell,
                "Expecting the processes of the unit napper.service of /usr/bin/bash on NAME to be only sleep\n"
                        + "  but there were: bash" + NAPPER,
                () -> nappers(stemcell).ofExecutable("/usr/bin/bash").hasOnlyNames("sleep"));
        fail(
                stemcell,
                "Expecting the processes of the unit napper.service of /usr/bin/dash on NAME to be there\n"
                        + "  but there were none; there are: .*",
                () -> nappers(stemcell).ofExecutable("/usr/bin/dash").isNotEmpty());
        fail(
                stemcell,
                "Expecting the processes of the unit napper.service with the command line \\^sleep 1\\$ on NAME to be there\n"
                        + "  but there were none; there are: .*",
                () -> nappers(stemcell).withCommandLine("^sleep 1$").isNotEmpty());
        assertThat(message(stemcell, () -> nappers(stemcell).ofUser("vcab").isNotEmpty()))
                .startsWith(
                        "Expecting user vcab on NAME to exist\n  but there is no such user; the closest names: vcap, ");
    }

    /** What is kept in the guest for looks is a perl like any other until it has named itself. */
    @Test
    void notTheProcessByWhichIsLookedAsItBegins(StemcellContainer stemcell) throws Exception {
        try (RunningCommand beginning =
                stemcell.start(Command.of("perl", "-e", "$| = 1; print \"there\"; sleep 1000", GuestChannel.PROCESS))) {
            assertThat(beginning.stdout().readNBytes(5)).asString().isEqualTo("there");

            assertThat(stemcell).processes().names().doesNotContain("perl");
        }
    }

    @Test
    void whatProcessesHave(StemcellContainer stemcell) {
        assertThat(stemcell).within(ofSeconds(20)).processes().ofUnit("napper").hasSize(2);

        nappers(stemcell)
                .haveNice(15)
                .haveEnvironment("MOOD", "sleepy")
                .doNotHaveEnvironment("TEMPER")
                .haveLimit(ProcessLimit.NOFILE, 512, 1024)
                .haveNoLimit(ProcessLimit.CORE)
                .haveOpen("/etc/passwd")
                .doNotHaveOpen("/etc/shadow")
                .haveOpenFilesAtMost(20)
                .haveMemoryAtMost(1 << 30)
                .doesNotChangeFor(ofMillis(100));
        assertThat(stemcell).always(ofMillis(100)).processes().ofUnit("napper").haveNice(15);

        String two = "Expecting the processes of the unit napper.service on NAME ";
        String but = "\n  but these do not: bash" + NAPPER + "%1$s, sleep" + NAPPER + "%1$s";
        fail(stemcell, two + "to have the nice value 0" + String.format(but, " nice 15"), () -> nappers(stemcell)
                .haveNice(0));
        fail(
                stemcell,
                two + "to have MOOD=merry in the environment" + String.format(but, " MOOD=sleepy"),
                () -> nappers(stemcell).haveEnvironment("MOOD", "merry"));
        fail(
                stemcell,
                two + "to have MOODY=sleepy in the environment"
                        + String.format(but, " without it; the closest: MOOD, .*"),
                () -> nappers(stemcell).haveEnvironment("MOODY", "sleepy"));
        fail(stemcell, two + "to not have MOOD in the environment" + String.format(but, ""), () -> nappers(stemcell)
                .doNotHaveEnvironment("MOOD"));
        fail(
                stemcell,
                two + "to have the limit NOFILE 512:2048" + String.format(but, " NOFILE 512:1024"),
                () -> nappers(stemcell).haveLimit(ProcessLimit.NOFILE, 512, 2048));
        fail(stemcell, two + "to have no limit NOFILE" + String.format(but, " NOFILE 512:1024"), () -> nappers(stemcell)
                .haveNoLimit(ProcessLimit.NOFILE));
        fail(stemcell, two + "to have /etc/shadow open" + String.format(but, ""), () -> nappers(stemcell)
                .haveOpen("/etc/shadow"));
        fail(stemcell, two + "to not have /etc/passwd open" + String.format(but, ""), () -> nappers(stemcell)
                .doNotHaveOpen("/etc/passwd"));
        fail(stemcell, two + "to have at most 1 bytes in memory" + String.format(but, " has [1-9]\\d*"), () -> nappers(
                        stemcell)
                .haveMemoryAtMost(1));
        fail(stemcell, two + "to have at most 1 open files" + String.format(but, " has \\d+"), () -> nappers(stemcell)
                .haveOpenFilesAtMost(1));
    }

    @Test
    void whatTheMachineIsCalled(StemcellContainer stemcell) {
        stemcell.shell("rm -f /etc/locale.conf; echo 'LANG=\"de_DE.UTF-8\"' > /etc/default/locale;"
                        + " ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime")
                .requireSuccess();

        assertThat(stemcell)
                .machine()
                .hasHostname(stemcell.name())
                .hasStaticHostname(stemcell.name())
                .hasTimezone("Europe/Berlin")
                .hasLocale("de_DE.UTF-8")
                .doesNotChangeFor(ofMillis(100));

        String but = "\n"
                + "  but was: hostname NAME, static hostname NAME, timezone Europe/Berlin, locale de_DE.UTF-8,"
                + " clock .*";
        fail(stemcell, "Expecting the machine on NAME to have the hostname db" + but, () -> assertThat(stemcell)
                .machine()
                .hasHostname("db"));
        fail(stemcell, "Expecting the machine on NAME to have the static hostname db" + but, () -> assertThat(stemcell)
                .machine()
                .hasStaticHostname("db"));
        fail(stemcell, "Expecting the machine on NAME to have the timezone UTC" + but, () -> assertThat(stemcell)
                .machine()
                .hasTimezone("UTC"));
        fail(stemcell, "Expecting the machine on NAME to have the locale C" + but, () -> assertThat(stemcell)
                .machine()
                .hasLocale("C"));
    }

    @Test
    void whetherTheClockIsRight(StemcellContainer stemcell) {
        boolean isRight = stemcell.exec("timedatectl", "show", "--property=NTPSynchronized")
                .requireSuccess()
                .stdout()
                .equals("NTPSynchronized=yes\n");

        if (isRight) {
            assertThat(stemcell).machine().hasSynchronizedClock();
            fail(
                    stemcell,
                    "Expecting the machine on NAME to have an unsynchronized clock\n  but was: .*, clock synchronized",
                    () -> assertThat(stemcell).machine().hasUnsynchronizedClock());
        } else {
            assertThat(stemcell).machine().hasUnsynchronizedClock();
            fail(
                    stemcell,
                    "Expecting the machine on NAME to have a synchronized clock\n  but was: .*, clock not synchronized",
                    () -> assertThat(stemcell).machine().hasSynchronizedClock());
        }
    }

    @Test
    void whatUnitsMayUse(StemcellContainer stemcell) {
        assertThat(stemcell).unit("napper").hasMemoryMax(64 << 20).hasTasksMax(70);
        assertThat(stemcell).unit("yawner").hasNoMemoryMax().hasNoTasksMax();

        assertThat(message(stemcell, () -> assertThat(stemcell).unit("napper").hasMemoryMax(1)))
                .startsWith("Expecting unit napper.service on NAME to have MemoryMax=1\n  but was: active (running)")
                .contains("\n  MemoryMax=67108864\n");
        assertThat(message(stemcell, () -> assertThat(stemcell).unit("napper").hasTasksMax(71)))
                .startsWith("Expecting unit napper.service on NAME to have TasksMax=71\n")
                .contains("\n  TasksMax=70\n");
        assertThat(message(stemcell, () -> assertThat(stemcell).unit("napper").hasNoMemoryMax()))
                .startsWith("Expecting unit napper.service on NAME to have no MemoryMax\n")
                .contains("\n  MemoryMax=67108864\n");
        assertThat(message(stemcell, () -> assertThat(stemcell).unit("napper").hasNoTasksMax()))
                .startsWith("Expecting unit napper.service on NAME to have no TasksMax\n")
                .contains("\n  TasksMax=70\n");
    }

    @Test
    void whatUnitsUse(StemcellContainer stemcell) {
        boolean isCounted =
                stemcell.files().readString("/sys/fs/cgroup/cgroup.controllers").contains("memory");
        if (isCounted) {
            assertThat(stemcell)
                    .unit("napper")
                    .usesMemoryAtMost(64 << 20)
                    .hasTasksAtMost(70)
                    .hasNoOomKills();
            assertThat(stemcell).machine().hasNoOomKills();
        } else {
            String uncounted = "/memory.events on NAME to count OOM kills, which takes a controller of memory\n"
                    + "  but there was no oom_kill; stderr: cat: .*/memory.events: No such file or directory";
            fail(
                    stemcell,
                    "Expecting /sys/fs/cgroup/system.slice/napper.service" + uncounted,
                    () -> assertThat(stemcell).unit("napper").hasNoOomKills());
            fail(stemcell, "Expecting /sys/fs/cgroup" + uncounted, () -> assertThat(stemcell)
                    .machine()
                    .hasNoOomKills());
        }
        tellsOomKills(stemcell);
        assertThat(message(stemcell, () -> assertThat(stemcell).unit("napper").usesMemoryAtMost(1)))
                .startsWith("Expecting unit napper.service on NAME to use at most 1 bytes of memory\n")
                .containsPattern("\n  MemoryCurrent=" + (isCounted ? "\\d+" : "\\[not set\\]") + "\n");
        assertThat(message(stemcell, () -> assertThat(stemcell).unit("napper").hasTasksAtMost(1)))
                .startsWith("Expecting unit napper.service on NAME to have at most 1 tasks\n")
                .containsPattern("\n  TasksCurrent=(\\d+|\\[not set\\])\n");
    }

    /** By a fake of what reads them: the kernel counts them only with a controller of memory. */
    private static void tellsOomKills(StemcellContainer stemcell) {
        stemcell.files().move("/usr/bin/cat", "/usr/bin/cat.away");
        stemcell.files().writeString("/usr/bin/cat", """
                #!/bin/sh
                case "$*" in
                    */memory.events) echo 'oom_kill 3' ;;
                    *) exec cat.away "$@" ;;
                esac
                """);
        stemcell.files().setPermissions("/usr/bin/cat", 0755);
        try {
            assertThat(message(
                            stemcell, () -> assertThat(stemcell).unit("napper").hasNoOomKills()))
                    .startsWith("Expecting unit napper.service on NAME to have no OOM kills\n")
                    .contains("\n  OOM kills: 3\n");
            assertThat(message(stemcell, () -> assertThat(stemcell).machine().hasNoOomKills()))
                    .isEqualTo("Expecting the machine on NAME to have no OOM kills\n  but was: 3 OOM kills");
        } finally {
            stemcell.files().move("/usr/bin/cat.away", "/usr/bin/cat");
        }
    }

    @Test
    void inWhichOrderUnitsStarted(StemcellContainer stemcell) {
        assertThat(stemcell).unit("yawner").hasStartedAfter("napper").hasStartedAfter("sysinit.target");

        assertThat(message(stemcell, () -> assertThat(stemcell).unit("napper").hasStartedAfter("yawner")))
                .startsWith("Expecting unit napper.service on NAME to have started after yawner\n")
                .contains("\n  began to start: INSTANT\n  yawner became active: INSTANT\n");
        assertThat(message(stemcell, () -> assertThat(stemcell).unit("napper").hasStartedAfter("rescue.target")))
                .contains("\n  rescue.target became active: never\n");
    }

    @Test
    void whatSystemdFindsInFiles(StemcellContainer stemcell) {
        assertThat(stemcell).unit("yawner").hasValidFiles();
        assertThat(stemcell).unit("odd").hasValidFiles("'Colour'");
        // Of others that it loads, and nothing of its own: after one that is odd.
        assertThat(stemcell).unit("fine").hasValidFiles();

        assertThat(message(stemcell, () -> assertThat(stemcell).unit("odd").hasValidFiles("Command 'man")))
                .startsWith("Expecting unit odd.service on NAME to have valid files except for Command 'man\n")
                .containsPattern(
                        "\n  systemd-analyze: /etc/systemd/system/odd.service:2: Unknown key( name)? 'Colour' in"
                                + " section '?\\[?Service\\]?'?, ignoring.\n");
    }

    @Test
    void whatChangesIsTold(StemcellContainer stemcell) {
        stemcell.files().writeString("/watched", "old\n");
        assertThat(stemcell).file("/watched").doesNotChangeFor(ofMillis(100)).exists();
        assertThat(stemcell).unit("napper").doesNotChangeFor(ofMillis(100));
        stemcell.systemd().writeUnit("restless", """
                [Unit]
                StartLimitIntervalSec=0
                [Service]
                Restart=always
                RestartSec=100ms
                ExecStart=/bin/sleep 0.2
                """);
        stemcell.systemd().start("restless");
        // Over and over, since who watches may not have begun.
        stemcell.shell(
                "(for i in $(seq -w 100 200); do sleep 0.3; echo new, number $i > /new; mv /new /watched; done) >/dev/null 2>&1 &");

        fail(
                stemcell,
                "Expecting /watched on NAME to not change for 20s \\(waited SECONDS\\)\n"
                        + "  but was: file, mode 0644, owner 0:0, 16 bytes",
                () -> assertThat(stemcell).file("/watched").doesNotChangeFor(ofSeconds(20)));
        assertThat(message(stemcell, () -> assertThat(stemcell).file("/none").doesNotChangeFor(ofMillis(50))))
                .startsWith(
                        "Expecting /none on NAME to not change for 0.05s (waited SECONDS)\n  but it does not exist");
        String changed = " on NAME to not change for 20s \\(waited SECONDS\\)\n  but ";
        fail(stemcell, "Expecting unit restless.service" + changed + "was: (?s:.*)", () -> assertThat(stemcell)
                .unit("restless")
                .doesNotChangeFor(ofSeconds(20)));
        fail(
                stemcell,
                "Expecting the processes of the unit restless.service" + changed + "there were.*",
                () -> assertThat(stemcell).processes().ofUnit("restless").doesNotChangeFor(ofSeconds(20)));
        fail(
                stemcell,
                "Expecting the journal of NAME, unit restless to not change for 20s \\(waited SECONDS\\)\n  but there are (?s:.*)",
                () -> assertThat(stemcell).journal().ofUnit("restless").doesNotChangeFor(ofSeconds(20)));
        stemcell.systemd().stop("restless");
        Duration moment = ofMillis(50);
        assertThatThrownBy(() ->
                        assertThat(stemcell).within(moment).file("/watched").doesNotChangeFor(moment))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("doesNotChangeFor has a time of its own: leave out within");
    }
}
