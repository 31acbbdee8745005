package io.github.incusstemcell.junit.assertj;

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
import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.Priority;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each assertion on a real stemcell: once so that it holds, once so that it does not, with what it then says. */
@IncusStemcell(scope = Scope.PER_CLASS)
class StemcellAssertionsTest {

    private static void unit(StemcellContainer stemcell, String name, String content) {
        stemcell.systemd().writeUnit(name, content);
    }

    @Test
    void aUnitThatRuns(StemcellContainer stemcell) {
        unit(
                stemcell,
                "runs.service",
                "[Unit]\nBefore=late.target\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        stemcell.systemd().enable("runs");
        stemcell.systemd().start("runs");

        assertThat(stemcell)
                .unit("runs.service")
                .exists()
                .isLoaded()
                .isActive()
                .hasSubState("running")
                .isEnabled()
                .hasNotRestarted()
                .hasResult("success")
                .hasConditionsMet()
                .hasProperty("Restart", "no")
                .hasDependency(Dependency.WANTED_BY, "multi-user.target")
                .isOrderedBefore("late.target")
                .isOrderedAfter("basic.target");
        assertThat(stemcell).unit("runs").property("Type").isEqualTo("simple");
        assertThat(stemcell).always(ofMillis(300)).unit("runs").isActive();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).as("my unit").unit("runs").isInactive()))
                .startsWith("[my unit] Expecting unit runs.service on NAME to be inactive\n"
                        + "  but was: active (running)  Result=success  NRestarts=0\n"
                        + "  unit file: /etc/systemd/system/runs.service (enabled, NeedDaemonReload=no)\n"
                        + "  queued jobs: none\n"
                        + "  journal of this invocation (last ");
        fail(
                stemcell,
                "Expecting unit runs.service on NAME WANTED\n  but was: active (?s:.*)",
                expecting(
                        "to not exist", () -> assertThat(stemcell).unit("runs").doesNotExist()),
                expecting(
                        "to be failed", () -> assertThat(stemcell).unit("runs").isFailed()),
                expecting(
                        "to be reloading",
                        () -> assertThat(stemcell).unit("runs").isReloading()),
                expecting(
                        "to have the sub state exited",
                        () -> assertThat(stemcell).unit("runs").hasSubState("exited")),
                expecting(
                        "to be disabled",
                        () -> assertThat(stemcell).unit("runs").isDisabled()),
                expecting(
                        "to be static", () -> assertThat(stemcell).unit("runs").isStatic()),
                expecting(
                        "to be masked", () -> assertThat(stemcell).unit("runs").isMasked()),
                expecting(
                        "to be generated",
                        () -> assertThat(stemcell).unit("runs").isGenerated()),
                expecting(
                        "to have the result timeout",
                        () -> assertThat(stemcell).unit("runs").hasResult("timeout")),
                expecting(
                        "to have exited with 0",
                        () -> assertThat(stemcell).unit("runs").hasExited(0)),
                expecting(
                        "to have been killed by signal 9",
                        () -> assertThat(stemcell).unit("runs").wasKilledBy(9)),
                expecting(
                        "to have restarted at least 1 times",
                        () -> assertThat(stemcell).unit("runs").hasRestartedAtLeast(1)),
                expecting(
                        "to have Restart=always",
                        () -> assertThat(stemcell).unit("runs").hasProperty("Restart", "always")),
                expecting(
                        "to have NoSuch=",
                        () -> assertThat(stemcell).unit("runs").hasProperty("NoSuch", "")),
                expecting(
                        "to have a property NoSuch",
                        () -> assertThat(stemcell).unit("runs").property("NoSuch")),
                expecting(
                        "to have Before=basic.target",
                        () -> assertThat(stemcell).unit("runs").isOrderedBefore("basic.target")),
                expecting(
                        "to have the drop-in /none.conf",
                        () -> assertThat(stemcell).unit("runs").hasDropIn("/none.conf")),
                expecting("to be inactive for 5s (waited SECONDS)", () -> assertThat(stemcell)
                        .always(ofSeconds(5))
                        .unit("runs")
                        .isInactive()));
    }

    @Test
    void aUnitThatIsNotThereFailsEverythingButItsAbsence(StemcellContainer stemcell) {
        assertThat(stemcell).unit("no-such").doesNotExist();

        for (ThrowingCallable assertion : new ThrowingCallable[] {
            () -> assertThat(stemcell).unit("crom").exists(),
            () -> assertThat(stemcell).unit("crom").isInactive(),
            () -> assertThat(stemcell).unit("crom").isDisabled(),
            () -> assertThat(stemcell).unit("crom").hasResult("success"),
            () -> assertThat(stemcell).unit("crom").hasNotRestarted(),
            () -> assertThat(stemcell).unit("crom").hasProperty("LoadState", "not-found"),
            () -> assertThat(stemcell).within(ofSeconds(60)).unit("crom").isActive(),
            () -> assertThat(stemcell).journal().ofUnit("crom").hasNoneAtLeast(Priority.EMERGENCY),
        }) {
            assertThat(message(stemcell, assertion))
                    .matches("(?s)Expecting unit crom\\.service on NAME to .*\n"
                            + "  but there is no such unit; the closest names: cron\\.service, .*");
        }
    }

    @Test
    void aUnitThatComesToExist(StemcellContainer stemcell) throws Exception {
        for (Consumer<UnitAssert> wanted : List.<Consumer<UnitAssert>>of(UnitAssert::exists, UnitAssert::isLoaded)) {
            CompletableFuture<?> waiting = CompletableFuture.runAsync(() ->
                    wanted.accept(assertThat(stemcell).within(ofSeconds(60)).unit("late")));
            stemcell.exec("sleep", "0.5").requireSuccess();
            assertThat(waiting).isNotDone();
            unit(stemcell, "late.service", "[Service]\nExecStart=/bin/true\n");
            waiting.get(2, TimeUnit.MINUTES);
            stemcell.files().delete("/etc/systemd/system/late.service");
            stemcell.systemd().daemonReload();
        }
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(50))
                        .unit("crom")
                        .exists()))
                .startsWith("Expecting unit crom.service on NAME to exist within 0.05s (waited SECONDS)\n"
                        + "  but there is no such unit; the closest names: cron.service, ");
    }

    @Test
    void aWaitSeesStatesThatLastMillisecondsAndEndsWhereThereIsNoHope(StemcellContainer stemcell) {
        unit(
                stemcell,
                "breaks.service",
                "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo going down; sleep 0.3; exit 7'\n");

        stemcell.shell("systemctl start --no-block breaks");
        assertThat(stemcell)
                .within(ofSeconds(30))
                .unit("breaks")
                .isFailed()
                .hasResult("exit-code")
                .hasExited(7);

        stemcell.systemd().resetFailed("breaks");
        stemcell.shell("(sleep 0.2; systemctl start breaks) >/dev/null 2>&1 &");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofSeconds(60))
                        .unit("breaks")
                        .isActive()))
                .startsWith("Expecting unit breaks.service on NAME to be active within 60s (waited SECONDS)\n"
                        + "  but was: failed (failed)  Result=exit-code  status=7  NRestarts=0\n"
                        + "  states seen: inactive (dead) at SECONDS -> activating (start) at SECONDS"
                        + " -> failed (failed) at SECONDS\n"
                        + "  unit file: /etc/systemd/system/breaks.service (static, NeedDaemonReload=no)\n")
                .contains("    TIME sh[PID]: going down\n");
        assertThat(message(stemcell, () -> assertThat(stemcell).systemd().hasNoFailedUnits("other.service")))
                .startsWith(
                        "Expecting the system on NAME to have no failed units except other.service\n  but there were: ")
                .contains("  breaks.service: failed (failed)  Result=exit-code  status=7  NRestarts=0\n");
        stemcell.systemd().resetFailed("breaks");
    }

    @Test
    void theSystem(StemcellContainer stemcell) {
        assertThat(stemcell).systemd().hasFinishedBooting().bootedWithin(ofSeconds(60));

        assertThat(message(stemcell, () -> assertThat(stemcell).systemd().bootedWithin(ofMillis(1))))
                .matches("Expecting the system on NAME to have booted within 0\\.001s\n  but it took [0-9.]+s");
        unit(stemcell, "fails.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n");
        stemcell.shell("systemctl start fails");
        assertThat(message(stemcell, () -> assertThat(stemcell).systemd().isRunning()))
                .startsWith("Expecting the system on NAME to be running\n  but was: degraded\n  failed units: ")
                .contains("fails.service")
                .endsWith("\n  queued jobs: none");
        stemcell.systemd().resetFailed();
        assertThat(stemcell).systemd().isRunning().hasNoFailedUnits();
    }

    @Test
    void aSystemThatIsStillBooting(StemcellContainer stemcell) throws Exception {
        unit(
                stemcell,
                "holds.service",
                "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'until [ -e /root/go ]; do sleep 0.1; done'\n"
                        + "[Install]\nWantedBy=multi-user.target\n");
        stemcell.exec("systemctl", "enable", "holds").requireSuccess();
        CompletableFuture<?> restart = CompletableFuture.runAsync(stemcell::restart);
        try {
            assertThat(stemcell).within(ofSeconds(60)).unit("holds").hasSubState("start");

            String was =
                    "\n  but was: starting\n(  failed units: none\n)?  queued jobs: .*holds.service start running.*";
            fail(
                    stemcell,
                    "Expecting the system on NAME WANTED" + was,
                    expecting(
                            "to have finished booting",
                            () -> assertThat(stemcell).systemd().hasFinishedBooting()),
                    expecting(
                            "to be running",
                            () -> assertThat(stemcell).systemd().isRunning()));
            fail(stemcell, "Expecting the system on NAME to have booted within 60s" + was, () -> assertThat(stemcell)
                    .systemd()
                    .bootedWithin(ofSeconds(60)));
        } finally {
            stemcell.files().writeString("/root/go", "");
            restart.get(2, TimeUnit.MINUTES);
            stemcell.systemd().disable("holds");
        }
    }

    @Test
    void theJournal(StemcellContainer stemcell) {
        JournalMark mark = stemcell.journal().mark();
        stemcell.shell("for word in one two; do echo $word; done | systemd-cat -t words -p err");

        assertThat(stemcell)
                .within(ofSeconds(10))
                .journal()
                .since(mark)
                .contains("one")
                .matches(Pattern.compile("^tw"))
                .containsInOrder("one", "two");

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).journal().since(mark).contains("three")))
                .startsWith("Expecting the journal of NAME, since the mark to contain \"three\"\n  but there are ")
                .contains("    TIME words[PID]: one\n");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).journal().since(mark).containsInOrder("two", "one")))
                .startsWith("Expecting the journal of NAME, since the mark to contain in this order [two, one]\n");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).journal().since(mark).matches(Pattern.compile("^$"))))
                .startsWith("Expecting the journal of NAME, since the mark to have a match for ^$\n");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).journal().since(mark).hasNoneAtLeast(Priority.ERROR)))
                .startsWith(
                        "Expecting the journal of NAME, since the mark to have nothing of priority ERROR or above\n");
        assertThat(stemcell).journal().since(mark).hasNoneAtLeast(Priority.EMERGENCY);
        assertThatThrownBy(() -> assertThat(stemcell).journal().contains(""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFile(StemcellContainer stemcell) {
        stemcell.shell(
                "mkdir /f && echo hello > /f/file && chown 1:2 /f/file && chmod 4640 /f/file && ln -s file /f/link");

        assertThat(stemcell)
                .file("/f/file")
                .exists()
                .isFile()
                .hasMode(04640)
                .hasModeAtMost(04644)
                .hasOwner(1, 2)
                .hasSize(6);
        assertThat(stemcell).file("/f/file").content().isEqualTo("hello\n");
        assertThat(stemcell).file("/f/link").isLinkTo("file");
        assertThat(stemcell).file("/f").isDirectory();
        assertThat(stemcell).file("/f/none").doesNotExist();
        stemcell.shell("(sleep 0.3; touch /f/later) >/dev/null 2>&1 &");
        assertThat(stemcell).within(ofSeconds(10)).file("/f/later").exists();

        fail(
                stemcell,
                "Expecting /f/file on NAME WANTED\n  but was: file, mode 4640, owner 1:2, 6 bytes",
                expecting(
                        "to not exist",
                        () -> assertThat(stemcell).file("/f/file").doesNotExist()),
                expecting(
                        "to be a directory",
                        () -> assertThat(stemcell).file("/f/file").isDirectory()),
                expecting(
                        "to be a link to file",
                        () -> assertThat(stemcell).file("/f/file").isLinkTo("file")),
                expecting(
                        "to have mode 0640",
                        () -> assertThat(stemcell).file("/f/file").hasMode(0640)),
                expecting(
                        "to be no more permissive than 0777",
                        () -> assertThat(stemcell).file("/f/file").hasModeAtMost(0777)),
                expecting(
                        "to be owned by 1:1",
                        () -> assertThat(stemcell).file("/f/file").hasOwner(1, 1)),
                expecting(
                        "to have 7 bytes",
                        () -> assertThat(stemcell).file("/f/file").hasSize(7)));
        assertThat(message(stemcell, () -> assertThat(stemcell).file("/f").isFile()))
                .matches("Expecting /f on NAME to be a file\n  but was: directory, mode 0755, owner 0:0, \\d+ bytes");
        stemcell.shell("mkdir /many && cd /many && touch $(seq -f file-%g 30)").requireSuccess();
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/many/fill-7").exists()))
                .isEqualTo("Expecting /many/fill-7 on NAME to exist\n"
                        + "  but it does not exist; in /many: 30 names; the closest: file-7, file-1, file-17");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/f/none/deep").hasModeAtMost(0777)))
                .isEqualTo("Expecting /f/none/deep on NAME to be no more permissive than 0777\n"
                        + "  but it does not exist; in /f: file, later, link");
    }

    @Test
    void aCommand(StemcellContainer stemcell) {
        assertThat(stemcell).command("true").succeeds();
        assertThat(stemcell).command("sh", "-c", "exit 3").exitsWith(3);
        assertThat(stemcell).command("echo", "hi").stdout().isEqualTo("hi\n");

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).command("sh", "-c", "exit 3").exitsWith(4)))
                .isEqualTo("Expecting 'sh -c 'exit 3'' on NAME to end with exit code 4\n"
                        + "  but it ended with 3\n  stdout: \n  stderr: ");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).command("ls", "/none").succeeds()))
                .isEqualTo("Expecting 'ls /none' on NAME to end with exit code 0\n"
                        + "  but it ended with 2\n"
                        + "  stdout: \n"
                        + "  stderr: ls: cannot access '/none': No such file or directory");
    }
}
