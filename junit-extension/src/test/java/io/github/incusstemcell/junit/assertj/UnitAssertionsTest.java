package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.Priority;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitFileState;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is asked of units more seldom, of timers, of the system, and of parts of the journal. */
@IncusStemcell(scope = Scope.PER_CLASS)
class UnitAssertionsTest {

    private static void service(StemcellContainer stemcell, String name, String content) {
        stemcell.systemd().writeUnit(name + ".service", content);
    }

    /** Says how a failure of a unit ends: with its file, its jobs, and its journal. */
    private static final String REPORT =
            "(\n  states seen: [^\n]*)?(?s:\n  unit file: .*\n  queued jobs: none\n  journal of this invocation.*)";

    @Test
    void statesOfAUnitAndOfItsFile(StemcellContainer stemcell) {
        service(
                stemcell,
                "on",
                "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\nAlias=an.service\n");
        service(stemcell, "off", "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        service(stemcell, "static", "[Service]\nExecStart=/bin/sleep 1000\n");
        stemcell.exec("systemctl", "enable", "--runtime", "on").requireSuccess();
        stemcell.systemd().start("on");
        stemcell.systemd().mask("masked-one.service");

        assertThat(stemcell)
                .unit("on")
                .isEnabled()
                .hasUnitFileState(UnitFileState.ENABLED_RUNTIME)
                .isNotFailed()
                .isNotMasked()
                .hasName("an.service")
                .doesNotHaveDependency(Dependency.REQUIRES, "late.target")
                .extracting(Unit::restarts)
                .asString()
                .isEqualTo("OptionalInt[0]");
        assertThat(stemcell).unit("an").isActive().hasName("on.service");
        assertThat(stemcell).unit("off").isNotActive().isDisabled().isNotEnabled();
        assertThat(stemcell).unit("static").isStatic().isNotEnabled().isInactive();
        assertThat(stemcell).unit("masked-one").exists().isMasked().isNotEnabled();

        assertThat(message(stemcell, () -> assertThat(stemcell).unit("on").isNotActive()))
                .matches("Expecting unit on.service on NAME to not be active\n"
                        + "  but was: active \\(running\\)  Result=success  NRestarts=0" + REPORT);
        fail(
                stemcell,
                "Expecting unit on.service on NAME WANTED\n  but was: active \\(running\\) .*(\n  names: an.service on.service|\n  names: on.service an.service)?"
                        + REPORT,
                expecting(
                        "to not be enabled",
                        () -> assertThat(stemcell).unit("on").isNotEnabled()),
                expecting(
                        "to have the name no.service",
                        () -> assertThat(stemcell).unit("on").hasName("no.service")),
                expecting(
                        "to have the unit file state indirect",
                        () -> assertThat(stemcell).unit("on").hasUnitFileState(UnitFileState.INDIRECT)));
        fail(
                stemcell,
                "Expecting unit on.service on NAME WANTED\n"
                        + "  but was: active \\(running\\) .*\n  WantedBy: multi-user.target"
                        + REPORT,
                expecting(
                        "to have WantedBy=late.target",
                        () -> assertThat(stemcell).unit("on").hasDependency(Dependency.WANTED_BY, "late.target")),
                expecting("to not have WantedBy=multi-user.target", () -> assertThat(stemcell)
                        .unit("on")
                        .doesNotHaveDependency(Dependency.WANTED_BY, "multi-user.target")));
        fail(
                stemcell,
                "Expecting unit masked-one.service on NAME to not be masked\n  but was: masked, inactive .*" + REPORT,
                () -> assertThat(stemcell).unit("masked-one").isNotMasked());
        fail(
                stemcell,
                "Expecting unit onn.service on NAME to .*\n  but there is no such unit; the closest names: on.service, .*",
                () -> assertThat(stemcell).unit("onn").isNotActive(),
                () -> assertThat(stemcell).unit("onn").isNotFailed(),
                () -> assertThat(stemcell).unit("onn").isNotEnabled(),
                () -> assertThat(stemcell).unit("onn").isNotMasked(),
                () -> assertThat(stemcell).unit("onn").hasConditionsNotMet(),
                () -> assertThat(stemcell).unit("onn").doesNotHaveDependency(Dependency.REQUIRES, "on.service"),
                () -> assertThat(stemcell).unit("onn").hasNotRestartedSince(Instant.now()),
                () -> assertThat(stemcell).unit("onn").isStableFor(ofMillis(50)),
                () -> assertThat(stemcell).unit("onn").runsAs("root"),
                () -> assertThat(stemcell).unit("onn").hasSecurityExposureAtMost(9.9),
                () -> assertThat(stemcell).unit("onn").extracting(Unit::name));
    }

    @Test
    void whereAUnitComesFromAndWhatItDoesNow(StemcellContainer stemcell) {
        service(stemcell, "reads", "[Service]\nExecStart=/bin/sleep 1000\nExecReload=/bin/sleep 1\n");
        stemcell.systemd().writeDropIn("reads", "more", "[Service]\nNice=3\n");
        stemcell.files().append("/etc/fstab", "none /mnt tmpfs noauto 0 0\n");
        stemcell.systemd().daemonReload();
        stemcell.systemd().start("reads");
        stemcell.systemd().mask("unloaded.service");
        stemcell.shell("(sleep 0.3; systemctl reload reads) >/dev/null 2>&1 &");

        assertThat(stemcell)
                .within(ofSeconds(20))
                .unit("reads")
                .isReloading()
                .isLoaded()
                .hasDropIn("/etc/systemd/system/reads.service.d/more.conf");
        assertThat(stemcell).unit("mnt.mount").isGenerated();
        assertThat(stemcell).within(ofSeconds(20)).unit("reads").hasSubState("running");

        fail(
                stemcell,
                "Expecting unit unloaded.service on NAME to be loaded\n  but was: masked, inactive .*" + REPORT,
                () -> assertThat(stemcell).unit("unloaded").isLoaded());
        fail(
                stemcell,
                "Expecting unit mnt.mount on NAME to be enabled\n  but was: inactive .*\n"
                        + "  unit file: /run/systemd/generator/mnt.mount \\(generated, (?s:.*)",
                () -> assertThat(stemcell).unit("mnt.mount").isEnabled());
        fail(
                stemcell,
                "Expecting unit reads.service on NAME to have After=late.target\n  but was: .*\n  After: .*basic.target.*"
                        + REPORT,
                () -> assertThat(stemcell).unit("reads").isOrderedAfter("late.target"));
        fail(
                stemcell,
                "Expecting unit reads.service on NAME to have the drop-in /none\n  but was: .*\n"
                        + "  drop-ins: /etc/systemd/system/reads.service.d/more.conf"
                        + REPORT,
                () -> assertThat(stemcell).unit("reads").hasDropIn("/none"));
        fail(
                stemcell,
                "Expecting unit reads.service on NAME to have Nice=4\n  but was: .*\n  Nice=3" + REPORT,
                () -> assertThat(stemcell).unit("reads").hasProperty("Nice", "4"));
        fail(
                stemcell,
                "Expecting unit reads.service on NAME WANTED\n  but was: .*\n"
                        + "  there is no such property of this unit; the closest names: Nice, .*"
                        + REPORT,
                expecting(
                        "to have a property Nicer",
                        () -> assertThat(stemcell).unit("reads").property("Nicer")),
                expecting(
                        "to have Nicer=3",
                        () -> assertThat(stemcell).unit("reads").hasProperty("Nicer", "3")));
    }

    @Test
    void howAUnitEnded(StemcellContainer stemcell) {
        service(stemcell, "killed", "[Service]\nExecStart=/bin/sleep 1000\nTimeoutStopSec=1\n");
        stemcell.systemd().start("killed");
        stemcell.systemd().kill("killed", 9);

        assertThat(stemcell)
                .within(ofSeconds(20))
                .unit("killed")
                .isFailed()
                .wasKilledBy(9)
                .hasResult("signal");

        assertThat(message(stemcell, () -> assertThat(stemcell).unit("killed").isNotFailed()))
                .matches("Expecting unit killed.service on NAME to not be failed\n"
                        + "  but was: failed \\(failed\\)  Result=signal  signal=9  NRestarts=0" + REPORT);
        assertThat(message(stemcell, () -> assertThat(stemcell).systemd().hasNoFailedUnits("other.service")))
                .matches("Expecting the system on NAME to have no failed units except other.service\n"
                        + "  but there were: killed.service\n"
                        + "  killed.service: failed \\(failed\\)  Result=signal  signal=9  NRestarts=0" + REPORT);
        assertThat(stemcell).systemd().hasNoFailedUnits("killed.service");
        stemcell.systemd().resetFailed("killed");
    }

    @Test
    void conditions(StemcellContainer stemcell) {
        service(
                stemcell,
                "unmet",
                "[Unit]\nConditionPathExists=!/etc\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        stemcell.systemd().enable("unmet"); // or systemd forgets at once that it looked
        stemcell.systemd().start("unmet");

        assertThat(stemcell).unit("unmet").hasConditionsNotMet().isInactive();
        assertThat(stemcell).unit("cron").hasConditionsMet();

        assertThat(message(stemcell, () -> assertThat(stemcell).unit("unmet").hasConditionsMet()))
                .matches("Expecting unit unmet.service on NAME to have its conditions met\n  but was: inactive .*\n"
                        + "  conditions: ConditionPathExists=!/etc \\(not met\\)" + REPORT);
        fail(
                stemcell,
                "Expecting unit cron.service on NAME to not have its conditions met\n  but was: active .*\n  conditions: .*"
                        + REPORT,
                () -> assertThat(stemcell).unit("cron").hasConditionsNotMet());
    }

    @Test
    void restartsSinceAMoment(StemcellContainer stemcell) {
        service(stemcell, "again", "[Service]\nExecStart=/bin/sleep 1000\n");
        stemcell.systemd().start("again");
        JournalMark mark = stemcell.journal().mark();
        Instant time = stemcell.systemd().unit("again").mainProcessStarted().orElseThrow();

        assertThat(stemcell).unit("again").hasNotRestartedSince(mark).hasNotRestartedSince(time);
        fail(
                stemcell,
                "Expecting unit again.service on NAME WANTED\n  but was: active .*\n  last start: INSTANT" + REPORT,
                expecting(
                        "to have started since the mark",
                        () -> assertThat(stemcell).unit("again").hasRestartedSince(mark)),
                expecting(
                        "to have started since INSTANT",
                        () -> assertThat(stemcell).unit("again").hasRestartedSince(time)));
        stemcell.systemd().restart("again");
        assertThat(stemcell)
                .unit("again")
                .hasRestartedSince(mark)
                .hasRestartedSince(time)
                .hasNotRestarted();
        assertThat(message(stemcell, () -> assertThat(stemcell).unit("again").hasNotRestartedSince(mark)))
                .matches("Expecting unit again.service on NAME to not have started since the mark\n"
                        + "  but was: active \\(running\\)  Result=success  NRestarts=0\n  last start: INSTANT"
                        + REPORT);
        fail(
                stemcell,
                "Expecting unit again.service on NAME to not have started since INSTANT\n  but was: active .*\n"
                        + "  last start: INSTANT"
                        + REPORT,
                () -> assertThat(stemcell).unit("again").hasNotRestartedSince(time));
    }

    @Test
    void stability(StemcellContainer stemcell) {
        service(stemcell, "settles", """
                [Service]
                ExecStart=/bin/sh -c 'if [ -e /settled ]; then exec sleep 1000; fi; touch /settled; sleep 0.3; exit 1'
                Restart=always
                RestartSec=100ms
                """);
        stemcell.shell("systemctl start --no-block settles");
        assertThat(stemcell).within(ofSeconds(30)).unit("settles").isStableFor(ofMillis(600));
        assertThat(stemcell).unit("settles").isStableFor(ofMillis(100)).hasRestartedAtLeast(1);

        stemcell.systemd().restart("settles");
        stemcell.shell("(sleep 0.5; systemctl restart settles) >/dev/null 2>&1 &");
        assertThat(message(stemcell, () -> assertThat(stemcell).unit("settles").isStableFor(ofSeconds(20))))
                .startsWith("Expecting unit settles.service on NAME to be stable for 20s (waited SECONDS)\n  but was: ")
                .containsPattern(
                        "  states seen: active \\(running\\) at SECONDS -> deactivating \\(stop-sigterm\\) at SECONDS\n");
        stemcell.systemd().stop("settles");
        fail(
                stemcell,
                "Expecting unit settles.service on NAME to be stable for 0.05s \\(waited SECONDS\\)\n  but was: inactive .*"
                        + REPORT,
                () -> assertThat(stemcell).unit("settles").isStableFor(ofMillis(50)));
    }

    @Test
    void aUnitThatIsRestartedHasNotFailedUntilSystemdGivesItUp(StemcellContainer stemcell) {
        service(stemcell, "loops", """
                [Unit]
                StartLimitBurst=3
                [Service]
                ExecStart=/bin/sh -c 'sleep 0.1; exit 1'
                Restart=always
                RestartSec=100ms
                """);
        stemcell.shell("systemctl start --no-block loops");

        assertThat(stemcell).within(ofSeconds(30)).unit("loops").isFailed().hasRestartedAtLeast(2);
        fail(
                stemcell,
                "Expecting unit loops.service on NAME to not have restarted\n  but was: failed .* NRestarts=\\d"
                        + REPORT,
                () -> assertThat(stemcell).unit("loops").hasNotRestarted());
        stemcell.systemd().resetFailed("loops");
    }

    @Test
    void aStateOfAFewMillisecondsIsSeen(StemcellContainer stemcell) {
        service(
                stemcell,
                "blinks",
                "[Service]\nType=oneshot\nExecStart=/bin/true\nRemainAfterExit=yes\nExecStop=/bin/true\n");
        stemcell.shell("(sleep 0.3; systemctl start blinks; systemctl stop blinks) >/dev/null 2>&1 &");

        assertThat(stemcell).within(ofSeconds(20)).unit("blinks").isActive();
    }

    @Test
    void whoseRightsItHasAndHowExposedItIs(StemcellContainer stemcell) {
        stemcell.shell("useradd runner").requireSuccess();
        service(stemcell, "runs-as", "[Service]\nType=exec\nUser=runner\nExecStart=/bin/sleep 1000\n");
        stemcell.systemd().start("runs-as");

        assertThat(stemcell).unit("runs-as").runsAs("runner").hasSecurityExposureAtMost(9.9);
        assertThat(stemcell).unit("cron").runsAs("root");

        assertThat(message(stemcell, () -> assertThat(stemcell).unit("runs-as").runsAs("root"))
                        .replaceAll("process: \\d+", "process: PID"))
                .matches("Expecting unit runs-as.service on NAME to run as the user root\n"
                        + "  but was: active \\(running\\) .*\n  main process: PID, user runner" + REPORT);
        fail(
                stemcell,
                "Expecting unit off-as.service on NAME to run as the user root\n  but was: inactive .*\n"
                        + "  main process: none runs" + REPORT,
                () -> {
                    service(stemcell, "off-as", "[Service]\nExecStart=/bin/sleep 1000\n");
                    assertThat(stemcell).unit("off-as").runsAs("root");
                });
        fail(
                stemcell,
                "Expecting user runer on NAME to exist\n  but there is no such user; the closest names: runner, .*",
                () -> assertThat(stemcell).unit("runs-as").runsAs("runer"));
        fail(
                stemcell,
                "Expecting unit runs-as.service on NAME to have a security exposure of at most 1.5\n  but was: active .*\n"
                        + "  security exposure: \\d\\.\\d \\(systemd-analyze security runs-as.service says of what\\)"
                        + REPORT,
                () -> assertThat(stemcell).unit("runs-as").hasSecurityExposureAtMost(1.5));
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).unit("basic.target").hasSecurityExposureAtMost(9.9)))
                .startsWith("Reading the security exposure of basic.target on NAME by 'systemd-analyze security ");
    }

    @Test
    void aUnitOfAUser(StemcellContainer stemcell) {
        stemcell.shell("useradd -m tenant && mkdir -p /etc/systemd/user"
                        + " && printf '[Service]\\nExecStart=/bin/sleep 1000\\n' > /etc/systemd/user/tenants.service")
                .requireSuccess();
        stemcell.systemd().user("tenant").start("tenants");

        assertThat(stemcell).userUnit("tenant", "tenants").isActive().runsAs("tenant");
        assertThat(stemcell).unit("tenants").doesNotExist();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).userUnit("tenant", "tenants").isInactive()))
                .matches("Expecting unit tenants.service of user tenant on NAME to be inactive\n"
                        + "  but was: active \\(running\\)  Result=success  NRestarts=0" + REPORT);
        fail(
                stemcell,
                "Expecting unit tenant.service of user tenant on NAME to not be active\n"
                        + "  but there is no such unit; the closest names: tenants.service, .*",
                () -> assertThat(stemcell).userUnit("tenant", "tenant").isNotActive());
        fail(
                stemcell,
                "Expecting user tenat on NAME to exist\n  but there is no such user; the closest names: tenant, .*",
                () -> assertThat(stemcell).userUnit("tenat", "tenants").isActive());
    }

    @Test
    void aTimer(StemcellContainer stemcell) {
        service(stemcell, "ticks", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        stemcell.systemd().writeUnit("ticks.timer", "[Timer]\nOnActiveSec=1h\nAccuracySec=1us\n");
        stemcell.systemd()
                .writeUnit("tocks.timer", "[Timer]\nOnActiveSec=400ms\nAccuracySec=1us\nUnit=ticks.service\n");
        Instant before = stemcell.systemd().unit("cron").stateChanged().orElseThrow();
        assertThat(stemcell).timer("ticks.timer").isNotScheduled().hasNeverRun();
        stemcell.systemd().start("ticks.timer");

        assertThat(stemcell)
                .timer("ticks.timer")
                .isScheduled()
                .runsNextWithin(ofMinutes(61))
                .hasNeverRun()
                .activates("ticks.service")
                .nextRun()
                .isAfter(before);
        stemcell.systemd().start("tocks.timer");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .timer("tocks.timer")
                .hasRunSince(before)
                .satisfies(timer -> timer.last().orElseThrow().isAfter(before), "has run after that");
        assertThat(stemcell).timer("tocks.timer").lastRun().isAfter(before);

        String was = "\n  but was: next run INSTANT, last run never, of ticks.service";
        fail(stemcell, "Expecting timer ticks.timer on NAME to run next within 60s" + was, () -> assertThat(stemcell)
                .timer("ticks.timer")
                .runsNextWithin(ofMinutes(1)));
        fail(
                stemcell,
                "Expecting timer ticks.timer on NAME WANTED" + was,
                expecting(
                        "to not be scheduled",
                        () -> assertThat(stemcell).timer("ticks.timer").isNotScheduled()),
                expecting(
                        "to have run since INSTANT",
                        () -> assertThat(stemcell).timer("ticks.timer").hasRunSince(before)),
                expecting(
                        "to have run",
                        () -> assertThat(stemcell).timer("ticks.timer").lastRun()),
                expecting(
                        "to activate tocks.service",
                        () -> assertThat(stemcell).timer("ticks.timer").activates("tocks.service")),
                expecting("to have run since INSTANT within 0.05s (waited SECONDS)", () -> assertThat(stemcell)
                        .within(ofMillis(50))
                        .timer("ticks.timer")
                        .hasRunSince(before)));
        fail(
                stemcell,
                "Expecting timer tocks.timer on NAME WANTED\n  but was: next run never, last run INSTANT, of ticks.service",
                expecting(
                        "to be scheduled",
                        () -> assertThat(stemcell).timer("tocks.timer").isScheduled()),
                expecting(
                        "to have never run",
                        () -> assertThat(stemcell).timer("tocks.timer").hasNeverRun()),
                expecting(
                        "to be scheduled",
                        () -> assertThat(stemcell).timer("tocks.timer").nextRun()));
        fail(
                stemcell,
                "Expecting timer tucks.timer on NAME WANTED\n"
                        + "  but there is no such timer; the closest names: ticks.timer, tocks.timer, .*",
                expecting(
                        "to not be scheduled",
                        () -> assertThat(stemcell).timer("tucks.timer").isNotScheduled()),
                expecting(
                        "to have never run",
                        () -> assertThat(stemcell).timer("tucks.timer").hasNeverRun()));
        assertThatThrownBy(() -> assertThat(stemcell).timer("cron"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not the full name of a timer, as logrotate.timer: 'cron'");
    }

    @Test
    void whatIsWrongWithAFile(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("idle.service", "[Servce]\nExecStart=/bin/true\n");
        assertThat(stemcell).within(ofSeconds(30)).journal().ofUnit("idle").contains("Refusing");

        fail(
                stemcell,
                "Expecting unit idle.service on NAME to be loaded\n  but was: bad-setting, .*\n"
                        + "(?s:.*)\n  journal \\(last [0-9]+ lines\\):\n(?s:.*): Service has no ExecStart=(?s:.*)",
                () -> assertThat(stemcell).unit("idle").isLoaded());
    }

    @Test
    void partsOfTheJournal(StemcellContainer stemcell) {
        service(stemcell, "talks", "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/echo $PHRASE\n");
        JournalMark mark = stemcell.journal().mark();
        stemcell.systemd().start("talks");
        String first = stemcell.systemd().unit("talks").invocationId().orElseThrow();
        stemcell.systemd().restart("talks");
        String second = stemcell.systemd().unit("talks").invocationId().orElseThrow();
        stemcell.shell("for word in one two; do echo $word; done | systemd-cat -t parts -p err");

        assertThat(stemcell)
                .journal()
                .ofInvocation(first)
                .contains("Starting talks.service")
                .hasNoneAtLeast(Priority.ERROR);
        assertThat(stemcell).journal().ofInvocation(second).contains(1, "Starting talks.service");
        assertThat(stemcell).journal().ofUnit("talks").since(mark).contains(2, "Starting talks.service");
        assertThat(stemcell)
                .within(ofSeconds(10))
                .journal()
                .since(mark)
                .ofIdentifier("parts")
                .hasSize(2)
                .matches("^tw")
                .doesNotContain("three")
                .doesNotMatch("^wo");
        assertThat(stemcell).journal().ofIdentifier("parts").messages().containsExactly("one", "two");
        assertThat(stemcell).journal().ofIdentifier("parts").entries().hasSize(2);
        JournalMark late = stemcell.journal().mark();
        stemcell.shell("(sleep 0.5; echo three | systemd-cat -t parts) >/dev/null 2>&1 &");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .journal()
                .since(late)
                .ofIdentifier("parts")
                .contains("three");

        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .as("talk")
                        .journal()
                        .since(mark)
                        .ofIdentifier("parts")
                        .doesNotContain("one")))
                .isEqualTo(
                        "[talk] Expecting the journal of NAME, since the mark, identifier parts to not contain \"one\"\n"
                                + "  but there are 1 entries, the last of them:\n    TIME parts[PID]: one");
        fail(
                stemcell,
                "Expecting the journal of NAME, since the mark, identifier parts WANTED\n"
                        + "  but there are \\d entries, the last of them:\n(?s:.*)",
                expecting("to have 1 entries", () -> assertThat(stemcell)
                        .journal()
                        .since(mark)
                        .ofIdentifier("parts")
                        .hasSize(1)),
                expecting("to contain \"one\" 2 times", () -> assertThat(stemcell)
                        .journal()
                        .since(mark)
                        .ofIdentifier("parts")
                        .contains(2, "one")),
                expecting("to have no match for ^on", () -> assertThat(stemcell)
                        .journal()
                        .since(mark)
                        .ofIdentifier("parts")
                        .doesNotMatch("^on")),
                expecting("to have a match for x for 0.05s (waited SECONDS)", () -> assertThat(stemcell)
                        .always(ofMillis(50))
                        .journal()
                        .since(mark)
                        .ofIdentifier("parts")
                        .matches("x")));
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(200))
                        .journal()
                        .ofIdentifier("nobody")
                        .contains("x")))
                .isEqualTo(
                        "Expecting the journal of NAME, identifier nobody to contain \"x\" within 0.2s (waited SECONDS)\n"
                                + "  but there are no entries");
        fail(
                stemcell,
                "Expecting the journal of NAME, identifier nobody to be readable\n"
                        + "  but there is no entry of nobody in all of the journal",
                () -> assertThat(stemcell).journal().ofIdentifier("nobody").entries());
        fail(
                stemcell,
                "Expecting an invocation 0{32} in the journal of NAME\n  but there is no entry of it",
                () -> assertThat(stemcell)
                        .journal()
                        .ofInvocation("0".repeat(32))
                        .hasNoneAtLeast(Priority.EMERGENCY));
    }

    @Test
    void theSystemAndItsCoreDumps(StemcellContainer stemcell) {
        assertThat(stemcell).systemd().hasNoCoreDumps();
        stemcell.files().writeString("/var/lib/systemd/coredump/core.a.0.b", "");

        assertThat(message(stemcell, () -> assertThat(stemcell).systemd().hasNoCoreDumps()))
                .isEqualTo("Expecting the system on NAME to have no core dumps\n"
                        + "  but there were:\n    /var/lib/systemd/coredump/core.a.0.b");
        stemcell.files().delete("/var/lib/systemd/coredump/core.a.0.b");
        service(stemcell, "dumps", "[Service]\nExecStart=/usr/bin/perl -e 'kill 6, $$$$'\nLimitCORE=infinity\n");
        stemcell.systemd().runUnit("dumps", ofSeconds(20));
        assertThat(message(stemcell, () -> assertThat(stemcell).systemd().hasNoCoreDumps()))
                .contains("dumps.service: Main process exited, code=dumped, status=6/ABRT");
        stemcell.systemd().resetFailed("dumps");
    }
}
