package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.GuestChannel;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.JournalMark;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No assertion takes it for an answer where a guest gives none: each fails with the reason, those that ask for absence, too. */
@IncusStemcell(scope = Scope.PER_CLASS)
class UnreadableGuestTest {

    private static final Duration MOMENT = Duration.ofMillis(50);

    private static final String RIGHTS =
            "is(Not)?(Read|Writ|Execut)ableBy|.*Acl.*|isOwnedBy.*|has(No)?Capabilities|is(Not)?Immutable";

    /** What is looked up in files on the disk of the guest, which can be read whatever it does. */
    private static final Predicate<EveryAssertion> ON_DISK = of(
                    "file", "files", "user", "users", "group", "groups", "osRelease")
            .and(named(RIGHTS + "|.*Sudo.*|loginEnvironment|followingLinks|resolvesTo")
                    .negate())
            .and(assertion -> !assertion.subjectName().matches("file.tree|user.loginEnvironment"));

    /** What programs of the guest look up, and files where it does not run. */
    private static final Predicate<EveryAssertion> LINKS_AND_TREES = of("file")
            .and(assertion -> assertion.method().getName().matches("followingLinks|resolvesTo")
                    || assertion.subjectName().equals("file.tree")
                            && !assertion.method().getName().matches(".*Capabilities"));

    /** What programs of the guest look up, and those of a copy of it where it does not run. */
    private static final Predicate<EveryAssertion> BY_COPY = of("file")
            .and(named(RIGHTS)
                    .or(assertion -> assertion.subjectName().equals("file.tree")
                            && assertion.method().getName().endsWith("Capabilities")));

    /** They are in the journal and in files. */
    private static final Predicate<EveryAssertion> CORE_DUMPS =
            assertion -> assertion.method().getName().equals("hasNoCoreDumps");

    /** What the machine on which the guest runs knows of it without asking it. */
    private static final Predicate<EveryAssertion> FROM_OUTSIDE = of("networkInterface", "httpFromTest")
            .or(assertion -> assertion.method().getName().matches("is(Not)?Reachable"));

    private JournalMark mark;

    @BeforeEach
    void markTheJournal(StemcellContainer stemcell) {
        mark = stemcell.journal().mark();
    }

    private static Predicate<EveryAssertion> named(String regex) {
        return assertion -> assertion.method().getName().matches(regex);
    }

    private static Predicate<EveryAssertion> of(String... entries) {
        return assertion -> Set.of(entries).contains(assertion.entry().getName());
    }

    /** Makes assertions of each kind, now and for a moment; says which did not fail for the reason that they should give. */
    private Map<String, String> notFailing(StemcellContainer stemcell, Predicate<EveryAssertion> which, String reason) {
        Map<String, String> wrong = new LinkedHashMap<>();
        EveryAssertion.all().stream().filter(which).forEach(assertion -> {
            StemcellAssert now = assertThat(stemcell);
            // Behind always those are refused before the guest is looked at.
            for (StemcellAssert timed : List.of(now, assertion.isUntimed() ? now : now.always(MOMENT))) {
                Throwable thrown = catchThrowable(() -> assertion.make(timed, mark));
                if (thrown == null
                        || thrown.getMessage() == null
                        || !thrown.getMessage().matches("(?s).*(" + reason + ").*")) {
                    wrong.put(assertion.toString(), thrown == null ? "passed" : thrown.toString());
                }
            }
        });
        assertThat(EveryAssertion.all()).anyMatch(which);
        return wrong;
    }

    private static void away(StemcellContainer stemcell, Runnable test, String... programs) {
        for (String program : programs) {
            stemcell.exec("mv", "/usr/bin/" + program, "/usr/bin/" + program + ".away")
                    .requireSuccess();
        }
        // It is a perl that runs already.
        stemcell.exec("pkill", "-x", GuestChannel.PROCESS);
        try {
            test.run();
        } finally {
            for (String program : programs) {
                stemcell.exec("mv", "/usr/bin/" + program + ".away", "/usr/bin/" + program)
                        .requireSuccess();
            }
        }
    }

    private static void emptied(StemcellContainer stemcell, String path, Runnable test) {
        stemcell.shell("cp -a " + path + " /root/kept && : > " + path).requireSuccess();
        try {
            test.run();
        } finally {
            stemcell.shell("cp -a /root/kept " + path).requireSuccess();
        }
    }

    @Test
    void aGuestThatIsStopped(StemcellContainer stemcell) {
        Predicate<EveryAssertion> inFiles = ON_DISK.or(LINKS_AND_TREES).or(BY_COPY);
        Map<String, String> running = outcomes(stemcell, inFiles);
        stemcell.stop();
        try {
            assertThat(outcomes(stemcell, inFiles)).isEqualTo(running).containsValue("passed");
            assertThat(notFailing(
                            stemcell,
                            inFiles.or(FROM_OUTSIDE).negate(),
                            "is not running|no such file|there are no settings for it"))
                    .isEmpty();
            assertThatThrownBy(() ->
                            assertThat(stemcell).socket(GuestSocket.tcp6(22)).isNotListening())
                    .hasMessageContaining("/proc/net/tcp6");
            assertThatThrownBy(
                            () -> assertThat(stemcell).networkInterface("eth1").doesNotExist())
                    .hasMessage("Incus says of no network interface of " + stemcell.name()
                            + ", not even of lo; it is Stopped");
        } finally {
            stemcell.boot();
        }
    }

    @Test
    void aGuestThatIsFrozen(StemcellContainer stemcell) {
        // The kernel still shows its settings and mounts. Over an open connection each would wait ten seconds for PID 1
        // to answer, which is tested where the connection
        // is.
        stemcell.shell("kill $(pidof systemd-stdio-bridge)");
        stemcell.pause();
        try {
            assertThat(notFailing(
                            stemcell,
                            ON_DISK.or(FROM_OUTSIDE).or(of("mount", "sysctl")).negate(),
                            "is frozen|no such file|there are no settings for it"))
                    .isEmpty();
        } finally {
            stemcell.resume();
        }
    }

    @Test
    void aGuestWithoutAWayToItsSystemd(StemcellContainer stemcell) {
        away(
                stemcell,
                () -> {
                    stemcell.shell("kill $(pidof systemd-stdio-bridge)");
                    assertThat(notFailing(
                                    stemcell,
                                    of("unit", "timer", "systemd", "userUnit").and(CORE_DUMPS.negate()),
                                    "There is no way to a systemd in " + stemcell.name()))
                            .isEmpty();
                },
                "systemd-stdio-bridge",
                "systemctl");
    }

    @Test
    void aGuestWithoutJournalctl(StemcellContainer stemcell) {
        away(
                stemcell,
                () -> assertThat(notFailing(
                                stemcell,
                                of("journal").or(CORE_DUMPS),
                                "The journal of " + stemcell.name() + " cannot be read"))
                        .isEmpty(),
                "journalctl");
    }

    @Test
    void aGuestWithoutAShell(StemcellContainer stemcell) {
        away(
                stemcell,
                () -> assertThat(notFailing(stemcell, of("journal", "process"), "exit code 127"))
                        .isEmpty(),
                "sh",
                "perl");
    }

    @Test
    void aGuestWithoutGrep(StemcellContainer stemcell) {
        away(
                stemcell,
                () -> assertThat(notFailing(stemcell, of("process"), "no grep")).isEmpty(),
                "grep",
                "perl");
    }

    @Test
    void aGuestWithoutFind(StemcellContainer stemcell) {
        away(
                stemcell,
                () -> {
                    assertThat(notFailing(stemcell, of("process"), "no find")).isEmpty();
                    assertThat(notFailing(
                                    stemcell,
                                    of("socket")
                                            .and(one -> one.method().getName().startsWith("isOwned")),
                                    "no find"))
                            .isEmpty();
                    assertThatThrownBy(() ->
                                    assertThat(stemcell).file("/etc").tree().hasNoWorldWritableFiles())
                            .hasMessageContaining("exit code 127");
                },
                "find",
                "perl");
    }

    @Test
    void aGuestWithoutSshdAndSystemdAnalyze(StemcellContainer stemcell) {
        away(
                stemcell,
                () -> assertThat(notFailing(
                                stemcell,
                                of("sshd", "sshdFor", "configuredSysctls", "systemdConfiguration"),
                                "exit code 127"))
                        .isEmpty(),
                "../sbin/sshd",
                "systemd-analyze");
    }

    @Test
    void aGuestWithoutDpkg(StemcellContainer stemcell) {
        away(
                stemcell,
                () -> assertThat(notFailing(stemcell, of("packageNamed", "packages"), "exit code 127"))
                        .isEmpty(),
                "dpkg-query");
    }

    @Test
    void aGuestWhosePackagesAreGone(StemcellContainer stemcell) {
        emptied(stemcell, "/var/lib/dpkg/status", () -> assertThat(notFailing(
                        stemcell,
                        of("packageNamed", "packages"),
                        "dpkg of " + stemcell.name() + " knows of no installed package"))
                .isEmpty());
    }

    @Test
    void aGuestWhoseUsersAreGone(StemcellContainer stemcell) {
        emptied(stemcell, "/etc/passwd", () -> assertThat(notFailing(
                        stemcell,
                        of("user", "users"),
                        "Expecting /etc/passwd on " + stemcell.name()
                                + " to be all there\n  but it has no root|su: user root does not exist"))
                .isEmpty());
    }

    @Test
    void aGuestWhoseGroupsAreGone(StemcellContainer stemcell) {
        emptied(stemcell, "/etc/group", () -> assertThat(notFailing(
                        stemcell,
                        of("group", "groups"),
                        "Expecting /etc/group on " + stemcell.name() + " to be all there\n  but it has no root"))
                .isEmpty());
    }

    @Test
    void aGuestWhoseJournalIsGone(StemcellContainer stemcell) {
        stemcell.shell(
                "systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald.service;"
                        + " rm -rf /run/log/journal/* /var/log/journal/*");
        try {
            assertThat(notFailing(
                            stemcell,
                            of("journal").or(CORE_DUMPS),
                            "cannot be read|the whole journal is empty|no entry of systemd"))
                    .isEmpty();
        } finally {
            stemcell.restart();
        }
    }

    @Test
    void aProgramThatIsNotThereDoesNotCountAsOneThatFails(StemcellContainer stemcell) {
        assertThatThrownBy(() -> assertThat(stemcell).command("no-such-program").fails())
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)Expecting 'no-such-program' on " + stemcell.name()
                        + " to fail\n  but it ended with 127\n.*");
        assertThat(stemcell).command("no-such-program").exitsWith(127);
    }

    @Test
    void aUnitWhoseStartNeverEnds(StemcellContainer stemcell) {
        stemcell.systemd()
                .writeUnit("hangs", "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\nTimeoutStartSec=infinity\n");
        stemcell.exec("systemctl", "start", "--no-block", "hangs").requireSuccess();
        try {
            assertThatThrownBy(() -> assertThat(stemcell)
                            .within(Duration.ofMillis(500))
                            .unit("hangs")
                            .isActive())
                    .isInstanceOf(AssertionError.class)
                    .hasMessageMatching("(?s)Expecting unit hangs.service on " + stemcell.name()
                            + " to be active within 0.5s \\(waited [0-9.]+s\\)\n"
                            + "  but was: activating \\(start\\)  Result=success  NRestarts=0\n"
                            + "  states seen: .*activating \\(start\\) at [0-9.]+s\n"
                            + "  unit file: /etc/systemd/system/hangs.service \\(static, NeedDaemonReload=no\\)\n"
                            + "  queued jobs: hangs.service start running\n"
                            + "  journal of this invocation .*");
            for (EveryAssertion assertion :
                    EveryAssertion.all().stream().filter(of("systemd")).toList()) {
                catchThrowable(() -> assertion.make(assertThat(stemcell).within(MOMENT), mark)); // it ends
            }
        } finally {
            stemcell.systemd().stop("hangs");
        }
    }

    @Test
    void aConnectionThatIsLostWhileAStateMustLast(StemcellContainer stemcell) throws Exception {
        stemcell.systemd().writeUnit("lasts", "[Service]\nExecStart=/bin/sleep 1000\n");
        stemcell.systemd().start("lasts");
        CompletableFuture<Throwable> watching = CompletableFuture.supplyAsync(() -> catchThrowable(() ->
                assertThat(stemcell).always(Duration.ofSeconds(4)).unit("lasts").isActive()));
        stemcell.shell("sleep 1; kill $(pidof systemd-stdio-bridge); systemctl restart lasts")
                .requireSuccess();

        assertThat(watching.get())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expecting unit lasts.service on " + stemcell.name() + " to be active for 4s")
                .hasMessageContaining("; the connection broke meanwhile, and there may have been others\n");
        stemcell.systemd().stop("lasts");
    }

    @Test
    void nothingAboutUnitsChangesWithoutABusDaemon(StemcellContainer stemcell) {
        // Without a bus daemon it fails, where there is one.
        stemcell.shell("systemctl stop networkd-dispatcher 2>/dev/null || true");
        // So that the journal changes at any time, and not by chance.
        stemcell.exec("systemd-run", "--unit=chatter", "sh", "-c", "while :; do echo chatter; sleep 0.05; done")
                .requireSuccess();
        Map<String, String> before = outcomes(stemcell);
        stemcell.exec("systemctl", "stop", "dbus.socket", "dbus.service").requireSuccess();
        stemcell.shell("kill $(pidof systemd-stdio-bridge)").requireSuccess();
        try {
            assertThat(outcomes(stemcell)).isEqualTo(before).containsValue("passed");
        } finally {
            stemcell.exec("systemctl", "start", "dbus.socket").requireSuccess();
            stemcell.systemd().stop("chatter");
        }
    }

    private Map<String, String> outcomes(StemcellContainer stemcell) {
        return outcomes(stemcell, of("unit", "timer", "systemd", "journal"));
    }

    private Map<String, String> outcomes(StemcellContainer stemcell, Predicate<EveryAssertion> which) {
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (EveryAssertion assertion :
                EveryAssertion.all().stream().filter(which).toList()) {
            Throwable thrown = catchThrowable(() -> assertion.make(assertThat(stemcell), mark));
            outcomes.put(
                    assertion.toString(),
                    thrown == null
                            ? "passed"
                            : thrown.getClass().getSimpleName()
                                    + (thrown.getMessage().contains("is not running") ? ": is not running" : ""));
        }
        return outcomes;
    }
}
