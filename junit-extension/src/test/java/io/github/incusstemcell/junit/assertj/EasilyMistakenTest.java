package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.Priority;
import io.github.incusstemcell.systemd.SystemdException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What systemd says in a way that is easily taken for something else. */
@IncusStemcell(scope = Scope.PER_CLASS)
class EasilyMistakenTest {

    private static void fails(ThrowingCallable assertion, String because) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContaining(because);
    }

    @Test
    void aStaticUnitIsNotEnabled(StemcellContainer stemcell) {
        assertThat(stemcell).unit("systemd-journald").isStatic().isNotEnabled();
        fails(() -> assertThat(stemcell).unit("systemd-journald").isEnabled(), "(static, ");
        fails(() -> assertThat(stemcell).unit("systemd-journald").isDisabled(), "(static, ");
    }

    @Test
    void aCrashLoopNeverFails(StemcellContainer stemcell) {
        stemcell.systemd()
                .writeUnit(
                        "loops",
                        "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=200ms\n");
        stemcell.exec("systemctl", "start", "--no-block", "loops").requireSuccess();

        assertThat(stemcell).within(ofSeconds(30)).unit("loops").hasRestartedAtLeast(2);
        assertThat(stemcell)
                .within(ofSeconds(30))
                .unit("loops")
                .hasSubState("auto-restart")
                .isNotFailed();
        fails(() -> assertThat(stemcell).unit("loops").hasNotRestarted(), "NRestarts=");
        fails(
                () -> assertThat(stemcell).always(ofSeconds(2)).unit("loops").hasSubState("auto-restart"),
                "states seen: ");

        stemcell.systemd().stop("loops");
        // It has failed where it was stopped as it ran, and other tests look for units that have.
        stemcell.exec("systemctl", "reset-failed", "loops");
    }

    @Test
    void aOneshotThatIsForgottenDoesNotCountAsOneThatSucceeded(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("once", "[Service]\nType=oneshot\nExecStart=/bin/echo it ran\n");
        fails(() -> assertThat(stemcell).unit("once").hasResult("success"), "Result=success");

        JournalMark mark = stemcell.journal().mark();
        stemcell.systemd().runUnit("once", ofSeconds(30)).requireSuccess();

        assertThat(stemcell).journal().ofUnit("once").since(mark).contains("it ran");
        assertThat(stemcell).unit("once").hasRestartedSince(mark);
        fails(
                () -> assertThat(stemcell).unit("once").hasNotRestartedSince(mark),
                "\n  last start: none that systemd remembers\n");
    }

    @Test
    void aStartThatFailsBeforeItsMainProcessCountsAsOne(StemcellContainer stemcell) {
        stemcell.systemd()
                .writeUnit("trips", "[Service]\nExecStartPre=/bin/test ! -e /run/stone\nExecStart=/bin/sleep 1000\n");
        stemcell.systemd().start("trips");
        JournalMark mark = stemcell.journal().mark();
        assertThat(stemcell).unit("trips").hasNotRestartedSince(mark);
        fails(() -> assertThat(stemcell).unit("trips").hasRestartedSince(mark), "\n  last start: 2");

        stemcell.files().writeString("/run/stone", "");
        assertThat(stemcell.exec("systemctl", "restart", "trips").isSuccess()).isFalse();

        assertThat(stemcell).unit("trips").isFailed().hasRestartedSince(mark);
        fails(() -> assertThat(stemcell).unit("trips").hasNotRestartedSince(mark), "\n  last start: 2");
        stemcell.systemd().resetFailed("trips");
    }

    @Test
    void aUnitWhoseRestartsNobodyCountsHasNotNone(StemcellContainer stemcell) {
        assertThat(stemcell).unit("cron").hasNotRestarted();
        String reason = "\n  restarts: systemd counts those of services only\n";
        fails(() -> assertThat(stemcell).unit("dbus.socket").hasNotRestarted(), reason);
        fails(() -> assertThat(stemcell).unit("dbus.socket").hasRestartedAtLeast(1), reason);
    }

    @Test
    void aStampFileOfATimerIsNoRun(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("far.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        stemcell.systemd().writeUnit("far.timer", "[Timer]\nOnCalendar=2099-01-01\nPersistent=true\n");
        stemcell.systemd().start("far.timer");
        assertThat(stemcell).timer("far.timer").hasNeverRun();

        stemcell.systemd().restart("far.timer");

        String last = "last run not since the boot, and its stamp file is of 2";
        fails(() -> assertThat(stemcell).timer("far.timer").hasRunSince(Instant.EPOCH), last);
        fails(() -> assertThat(stemcell).timer("far.timer").hasNeverRun(), last);
        fails(() -> assertThat(stemcell).timer("far.timer").lastRun(), last);
        stemcell.systemd().stop("far.timer");
    }

    @Test
    void aTimerWhoseServiceRunsIsNeitherScheduledNorNot(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("busy.service", "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n");
        stemcell.systemd().writeUnit("busy.timer", "[Timer]\nOnActiveSec=0\nOnUnitInactiveSec=1h\nAccuracySec=1us\n");
        stemcell.systemd().start("busy.timer");
        assertThat(stemcell).within(ofSeconds(30)).timer("busy.timer").hasRunSince(Instant.EPOCH);

        String next = "next run not before busy.service has ended, last run 2";
        fails(() -> assertThat(stemcell).timer("busy.timer").isNotScheduled(), next);
        fails(() -> assertThat(stemcell).timer("busy.timer").isScheduled(), next);
        stemcell.systemd().stop("busy.service");
        assertThat(stemcell).within(ofSeconds(30)).timer("busy.timer").isScheduled();
        stemcell.systemd().stop("busy.timer");
        assertThat(stemcell).timer("busy.timer").isNotScheduled();
        stemcell.exec("systemctl", "reset-failed", "busy.service");
    }

    @Test
    void aTimerActivatesAUnitByItsOtherNames(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("real.service", "[Service]\nExecStart=/bin/sleep 1000\n");
        stemcell.exec("ln", "-s", "real.service", "/etc/systemd/system/al.service")
                .requireSuccess();
        stemcell.systemd().writeUnit("wakes.timer", "[Timer]\nOnActiveSec=1h\nUnit=al.service\n");

        assertThat(stemcell).timer("wakes.timer").activates("al.service").activates("real.service");
        fails(
                () -> assertThat(stemcell).timer("wakes.timer").activates("cron.service"),
                "last run never, of real.service");
    }

    @Test
    void aUnitInARelationIsTheSameByItsOtherNames(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("logs", "[Unit]\nAfter=rsyslog.service\n[Service]\nExecStart=/bin/sleep 1000\n");

        for (String name : new String[] {"rsyslog.service", "rsyslog", "syslog.service"}) {
            assertThat(stemcell).unit("logs").isOrderedAfter(name);
            fails(
                    () -> assertThat(stemcell).unit("logs").doesNotHaveDependency(Dependency.AFTER, name),
                    " to not have After=rsyslog.service\n");
        }
    }

    @Test
    void whatCanBeNoUnitIsNotTakenForOneThatIsNotThere(StemcellContainer stemcell) {
        for (String name : new String[] {"getty@.service", "a b", "/etc"}) {
            assertThatThrownBy(() -> assertThat(stemcell).unit(name).doesNotExist())
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> assertThat(stemcell)
                            .within(ofSeconds(60))
                            .unit(name)
                            .isActive())
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(stemcell).unit("getty@tty7").exists().isInactive();
        assertThat(stemcell).unit("-.mount").isActive();
    }

    @Test
    void whatAUnitDoesNotHaveIsNotFoundByANumber(StemcellContainer stemcell) {
        refused(() -> assertThat(stemcell).unit("basic.target").hasExited(-1), "Not an exit code, 0 to 255: -1");
        refused(() -> assertThat(stemcell).unit("basic.target").hasExited(256), "Not an exit code, 0 to 255: 256");
        refused(
                () -> assertThat(stemcell).unit("basic.target").wasKilledBy(-1),
                "Not the number of a signal, 1 to 64: -1");
        refused(
                () -> assertThat(stemcell).unit("basic.target").wasKilledBy(65),
                "Not the number of a signal, 1 to 64: 65");
        refused(
                () -> assertThat(stemcell).unit("basic.target").hasRestartedAtLeast(0),
                "Not a number of restarts; whether there were none asks hasNotRestarted, 1 to 2147483647: 0");
        for (double exposure : new double[] {-1, 10.1, Double.NaN}) {
            refused(
                    () -> assertThat(stemcell).unit("cron").hasSecurityExposureAtMost(exposure),
                    "Not a limit of security exposure, 0 to less than 10: " + exposure);
        }
    }

    private static void refused(ThrowingCallable assertion, String message) {
        assertThatThrownBy(assertion)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aProgramThatNeverWroteDoesNotCountAsOneThatWroteNothingBad(StemcellContainer stemcell) {
        fails(
                () -> assertThat(stemcell).journal().ofIdentifier("no-such").hasNoneAtLeast(Priority.ERROR),
                ", identifier no-such to have nothing of priority ERROR or above\n"
                        + "  but there is no entry of no-such in all of the journal");
        fails(
                () -> assertThat(stemcell).journal().ofIdentifier("no-such").hasSize(0),
                "  but there is no entry of no-such in all of the journal");
        JournalMark mark = stemcell.journal().mark();
        assertThat(stemcell).journal().ofIdentifier("systemd").since(mark).doesNotContain("no such words");
    }

    @Test
    void aGuestThatIsFrozenIsToldWithinTheTimeThatWasAskedFor(StemcellContainer stemcell) {
        stemcell.systemd().state();
        stemcell.pause();
        try {
            assertThatThrownBy(() -> assertThat(stemcell)
                            .within(ofMillis(500))
                            .unit("cron")
                            .isActive())
                    .isInstanceOf(SystemdException.class)
                    .hasMessage("systemd of " + stemcell.name()
                            + " said nothing of cron.service within 1s; is the guest frozen, or PID 1 busy?");
            String unanswered = "systemd of " + stemcell.name()
                    + " did not answer GetAll within 1s; is the guest frozen, or PID 1 busy?";
            assertThatThrownBy(() ->
                            assertThat(stemcell).within(ofMillis(500)).systemd().isRunning())
                    .isInstanceOf(SystemdException.class)
                    .hasMessage(unanswered);
            assertThatThrownBy(() -> assertThat(stemcell)
                            .always(ofMillis(500))
                            .timer("logrotate.timer")
                            .isScheduled())
                    .isInstanceOf(SystemdException.class)
                    .hasMessage("systemd of " + stemcell.name()
                            + " said nothing of logrotate.timer within 1s; is the guest frozen, or PID 1 busy?");
        } finally {
            stemcell.resume();
        }
    }

    @Test
    void aFailureThatIsForgottenAtOnceDoesNotCountAsNone(StemcellContainer stemcell) throws Exception {
        stemcell.systemd()
                .writeUnit(
                        "blinks",
                        "[Unit]\nCollectMode=inactive-or-failed\n[Service]\nType=oneshot\nExecStart=/bin/false\n");
        CompletableFuture<Throwable> running = CompletableFuture.supplyAsync(() -> catchThrowable(
                () -> assertThat(stemcell).always(ofSeconds(30)).systemd().isRunning()));
        CompletableFuture<Throwable> failed = CompletableFuture.supplyAsync(() -> catchThrowable(
                () -> assertThat(stemcell).always(ofSeconds(30)).systemd().hasNoFailedUnits("other.service")));
        CompletableFuture<Void> excused = CompletableFuture.runAsync(
                () -> assertThat(stemcell).always(ofSeconds(3)).systemd().hasNoFailedUnits("blinks.service"));

        // Over and over, since those that watch may not have begun.
        while (!(running.isDone() && failed.isDone())) {
            assertThat(stemcell.exec("systemctl", "start", "blinks").isSuccess())
                    .isFalse();
        }

        assertThat(running.get(2, TimeUnit.MINUTES))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)Expecting the system on " + stemcell.name()
                        + " to be running for 30s \\(waited [0-9.]+s\\)\n  but was: degraded\n"
                        + "  failed units: blinks.service( \\(no longer\\))?\n.*states seen: .*degraded at .*");
        assertThat(failed.get(2, TimeUnit.MINUTES))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)Expecting the system on " + stemcell.name()
                        + " to have no failed units except other.service for 30s \\(waited [0-9.]+s\\)\n"
                        + "  but there were: blinks.service( \\(no longer\\))?\n  blinks.service: .*");
        excused.get(2, TimeUnit.MINUTES);
    }

    @Test
    void aTimerThatIsStoppedForAMomentIsNotAlwaysScheduled(StemcellContainer stemcell) throws Exception {
        stemcell.systemd()
                .writeUnit("pauses.timer", "[Unit]\nStartLimitIntervalSec=0\n[Timer]\nOnCalendar=2100-01-01\n");
        stemcell.systemd().writeUnit("pauses.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        stemcell.systemd().start("pauses.timer");
        CompletableFuture<Throwable> always = CompletableFuture.supplyAsync(() -> catchThrowable(() ->
                assertThat(stemcell).always(ofSeconds(30)).timer("pauses.timer").isScheduled()));
        CompletableFuture<Throwable> never = CompletableFuture.supplyAsync(() -> catchThrowable(() ->
                assertThat(stemcell).within(ofSeconds(30)).timer("pauses.timer").isNotScheduled()));

        // Over and over, since those that watch may not have begun; by one job, as between two there would be time to
        // look.
        while (!(always.isDone() && never.isDone())) {
            stemcell.systemd().restart("pauses.timer");
        }

        assertThat(never.get(2, TimeUnit.MINUTES)).isNull();
        assertThat(always.get(2, TimeUnit.MINUTES))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)Expecting timer pauses.timer on " + stemcell.name()
                        + " to be scheduled for 30s \\(waited [0-9.]+s\\)\n"
                        + "  but was: next run never, last run never, of pauses.service\n  states seen: .*");
    }

    @Test
    void aSocketThatCannotBeOpenedHasAJournalThoughItNeverStarted(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("shut.socket", "[Socket]\nListenStream=192.0.2.1:7777\n");
        stemcell.systemd().writeUnit("shut.service", "[Service]\nExecStart=/bin/cat\n");
        stemcell.exec("systemctl", "start", "shut.socket");

        fails(() -> assertThat(stemcell).unit("shut.socket").isActive(), "Cannot assign requested address");
        stemcell.systemd().resetFailed("shut.socket");
    }

    @Test
    void aUnitWhoseConditionIsNotMetDoesNotCountAsOneThatSucceeded(StemcellContainer stemcell) {
        stemcell.systemd()
                .writeUnit(
                        "skipped",
                        "[Unit]\nConditionPathExists=/none\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        stemcell.systemd().enable("skipped"); // so that systemd does not forget it
        stemcell.systemd().start("skipped");

        assertThat(stemcell).unit("skipped").isInactive().isNotFailed().hasConditionsNotMet();
        fails(() -> assertThat(stemcell).unit("skipped").hasResult("success"), "inactive (dead)");
        fails(() -> assertThat(stemcell).within(ofMillis(300)).unit("skipped").isActive(), "inactive (dead)");
    }

    @Test
    void aServiceWithoutItsProgramStartsWellAndFailsThen(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("hollow", "[Service]\nExecStart=/bin/no-such-program\n");
        stemcell.exec("systemctl", "start", "hollow");

        assertThat(stemcell)
                .within(ofSeconds(30))
                .unit("hollow")
                .isFailed()
                .hasResult("exit-code")
                .hasExited(203);
        stemcell.systemd().resetFailed("hollow");
    }
}
