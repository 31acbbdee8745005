package io.github.incusstemcell.junit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Node;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.junit.SimpleLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs tests as a build would, on the real Incus, and looks at what they leave for their reader. */
class RunReportTest {

    @TempDir
    private Path reports;

    @Test
    void saysInTheFailureItselfHowTheContainerWas() {
        Throwable failure = onlyFailure(run("on_failure", Failing.class));

        assertThat(failure).isExactlyInstanceOf(AssertionError.class).hasMessage("on purpose");
        assertThat(failure.getSuppressed())
                .hasOnlyElementsOfType(MachineDiagnostics.class)
                .hasSize(1);
        assertThat(failure.getSuppressed()[0].getStackTrace()).isEmpty();
        assertThat(masked(failure.getSuppressed()[0].getMessage())).isEqualTo("""
                ic-X of RunReportTest.Failing.test is Running, systemd says degraded
                  failed: broken.service (exit-code, status 3)
                    T systemd[1]: Starting broken.service...
                    T sh[N]: port 80 is taken
                    T systemd[1]: broken.service: Main process exited, code=exited, status=3/NOTIMPLEMENTED
                    T systemd[1]: broken.service: Failed with result 'exit-code'.
                    T systemd[1]: Failed to start broken.service.
                  last commands:
                    systemctl start broken -> exit code 1 after N ms
                  to look inside the next time, keep it with: -Dincus.stemcell.cleanup=on_success
                  all of it: REPORTS/RUN/RunReportTest.Failing/test""");
    }

    /** Surefire with trimStackTrace and Gradle show nothing that is suppressed. */
    @Test
    void saysItOnStderrForRunnersThatShowTheFailureOnly() {
        PrintStream stderr = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Throwable failure;
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            failure = onlyFailure(run("on_failure", Failing.class));
        } finally {
            System.setErr(stderr);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains(failure.getSuppressed()[0].getMessage() + "\n");
    }

    @Test
    void leavesFilesByClassAndMethodWithAPage() throws IOException {
        run("on_failure", Failing.class);

        // The picture takes a busy machine too long now and then.
        assertThat(files().filter(file -> !file.endsWith("boot.svg")))
                .containsExactly(
                        ".lock",
                        "RUN/RunReportTest.Failing/test/addresses.txt",
                        "RUN/RunReportTest.Failing/test/commands.txt",
                        "RUN/RunReportTest.Failing/test/console.txt",
                        "RUN/RunReportTest.Failing/test/failed-units.txt",
                        "RUN/RunReportTest.Failing/test/instance.txt",
                        "RUN/RunReportTest.Failing/test/journal.txt",
                        "RUN/RunReportTest.Failing/test/lxc.log",
                        "RUN/RunReportTest.Failing/test/processes.txt",
                        "RUN/RunReportTest.Failing/test/sockets.txt",
                        "RUN/RunReportTest.Failing/test/summary.txt",
                        "RUN/RunReportTest.Failing/test/system-state.txt",
                        "RUN/index.html",
                        "RUN/run.properties",
                        "index.html");
        assertThat(page())
                .contains(
                        "port 80 is taken",
                        "href=\"RunReportTest.Failing/test/journal.txt\"",
                        "<svg class=\"timeline\"");
    }

    @Test
    void fetchesWhatATestNamesIntoItsFolder() throws IOException {
        Throwable failure = onlyFailure(run("on_failure", WithArtifacts.class));

        assertThat(masked(failure.getSuppressed()[0].getMessage()))
                .contains("\n  artifacts: 2 files\n  artifact /srv/missing: there is no such file\n");
        assertThat(files().filter(file -> file.contains("artifacts")))
                .containsExactly(
                        "RUN/RunReportTest.WithArtifacts/test/artifacts/srv/app/app.log",
                        "RUN/RunReportTest.WithArtifacts/test/artifacts/var/vcap/sys/log/web/web.log");
        assertThat(page())
                .contains(
                        "href=\"RunReportTest.WithArtifacts/test/artifacts/srv/app/app.log\">/srv/app/app.log</a>",
                        "/srv/missing<span class=\"quiet\"> there is no such file</span>");
    }

    @Test
    void tellsJUnitWhereTheFilesAre() {
        List<Event> published = run("on_failure", Failing.class)
                .allEvents()
                .reportingEntryPublished()
                .list();

        assertThat(published).hasSize(1);
        assertThat(masked(published
                        .get(0)
                        .getRequiredPayload(org.junit.platform.engine.reporting.ReportEntry.class)
                        .getKeyValuePairs()
                        .toString()))
                .isEqualTo("{diagnostics of ic-X=REPORTS/RUN/RunReportTest.Failing/test}");
    }

    @Test
    void saysWhatIsKnownOfAStartThatFailed() {
        Throwable failure = onlyFailure(run("on_failure", NeverBooting.class));

        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(masked(failure.getSuppressed()[0].getMessage()))
                .startsWith("ic-X of RunReportTest.NeverBooting.test is Running, systemd says unknown: ")
                .contains("\n  not all there: ")
                .endsWith("\n  all of it: REPORTS/RUN/RunReportTest.NeverBooting/test");
        assertThat(page()).contains("did not finish booting within 2s");
    }

    @Test
    void looksAtTheContainerOfATestThatRanOutOfTime() {
        Throwable failure = onlyFailure(run("on_failure", TimingOut.class));

        assertThat(failure).isInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThat(failure.getSuppressed()).hasAtLeastOneElementOfType(MachineDiagnostics.class);
    }

    @Test
    void looksAtASharedContainerWheneverATestFails() throws IOException {
        List<Throwable> failures = failures(run("on_failure", Shared.class));

        assertThat(failures).hasSize(2).allSatisfy(failure -> assertThat(failure.getSuppressed())
                .hasOnlyElementsOfType(MachineDiagnostics.class)
                .hasSize(1));
        assertThat(files().filter(file -> file.endsWith("summary.txt")))
                .containsExactly(
                        "RUN/RunReportTest.Shared/test-1/summary.txt", "RUN/RunReportTest.Shared/test-3/summary.txt");
    }

    @Test
    void looksAtAllMachinesOfATestAtOnce() throws IOException {
        Throwable failure = onlyFailure(run("on_failure", Several.class));

        assertThat(failure.getSuppressed())
                .extracting(suppressed ->
                        masked(suppressed.getMessage()).lines().findFirst().orElseThrow())
                .containsExactly(
                        "ic-X, the node 'db' of RunReportTest.Several.test is Stopped, systemd says unknown: the container is not"
                                + " running, it is Stopped",
                        "ic-X, the node 'web' of RunReportTest.Several.test is Running, systemd says running");
        assertThat(files().filter(file -> file.endsWith("summary.txt")))
                .containsExactly(
                        "RUN/RunReportTest.Several/test/db/summary.txt",
                        "RUN/RunReportTest.Several/test/web/summary.txt");
    }

    @Test
    void looksAtNothingIfNothingFails() throws IOException {
        EngineExecutionResults results = run("on_failure", Aborting.class);

        results.testEvents().assertStatistics(stats -> stats.succeeded(1).aborted(1));
        assertThat(files()).containsExactly(".lock", "RUN/index.html", "RUN/run.properties", "index.html");
    }

    @Test
    void looksAtAllContainersIfAskedTo() throws IOException {
        run("always", Aborting.class);

        assertThat(files().filter(file -> file.endsWith("summary.txt")))
                .containsExactly(
                        "RUN/RunReportTest.Aborting/aborted/summary.txt",
                        "RUN/RunReportTest.Aborting/passing/summary.txt");
    }

    @Test
    void writesNothingIfAskedTo() {
        assertThat(onlyFailure(run("never", Failing.class)).getSuppressed()).isEmpty();
        assertThat(reports).isEmptyDirectory();
    }

    @Test
    void refusesAnotherMode() {
        EngineTestKit.engine("junit-jupiter")
                .configurationParameter("incus.stemcell.diagnostics", "sometimes")
                .selectors(selectClass(Failing.class))
                .execute()
                .allEvents()
                .failed()
                .assertThatEvents()
                .hasSize(1)
                .allSatisfy(event -> assertThat(throwable(event))
                        .hasRootCauseMessage("'sometimes' is not a value of incus.stemcell.diagnostics; write"
                                + " on_failure, always or never. It is set by junit-platform.properties, or JUnit's"
                                + " launcher"));
    }

    @Test
    void takesNothingThatATestOrAGuestSaysForMarkup() {
        run("on_failure", Hostile.class);

        assertThat(page())
                .contains("&lt;script&gt;alert(&#39;message&#39;)", "&lt;script&gt;alert(&#39;name&#39;)")
                .contains("&lt;script&gt;alert(&#39;journal&#39;)")
                .doesNotContain("<script", "\u001B", "\u202E");
    }

    @Test
    void listsTheRunsOfABuildThatForks() throws IOException {
        run("on_failure", Aborting.class);
        run("on_failure", Aborting.class);

        String list = Files.readString(reports.resolve("index.html"));
        assertThat(runs()).hasSize(2).allSatisfy(run -> assertThat(list).contains("href=\"" + run + "/index.html\""));
    }

    @Test
    void leavesOutARunWhoseJvmWasKilledAsItWroteOfIt() throws IOException {
        Files.createDirectories(reports.resolve("killed"));
        Files.createFile(reports.resolve("killed/run.properties"));

        String log = masked(SimpleLog.of(() -> run("on_failure", Aborting.class)));

        assertThat(log)
                .contains(
                        "WARN RunIndex - REPORTS/killed is left out of the list of runs: its run.properties is not whole,"
                                + " as where its JVM was killed. Delete the folder if you do not need it\n")
                .contains("INFO RunReport - Where the time of 2 tests went: REPORTS/RUN/index.html\n");
        assertThat(Files.readString(reports.resolve("index.html"))).doesNotContain("killed");
    }

    @Test
    void saysInTheLogWhereThePageIs() {
        assertThat(masked(SimpleLog.of(() -> run("on_failure", Aborting.class))))
                .contains("INFO RunReport - Where the time of 2 tests went: REPORTS/RUN/index.html\n");
        assertThat(masked(SimpleLog.of(() -> run("on_failure", Failing.class))))
                .contains("WARN RunReport - 1 of 1 tests failed; see REPORTS/RUN/index.html\n");
    }

    @Test
    void saysInTheLogThatNothingCanBeWritten() throws IOException {
        Files.delete(reports);
        Files.writeString(reports, "a file");

        String log = masked(SimpleLog.of(() -> run("on_failure", Failing.class)));

        assertThat(log)
                .contains("WARN RunReport - What was found out about ic-X cannot be written into REPORTS."
                        + " Name a folder with incus.stemcell.diagnostics.dir\n"
                        + "java.nio.file.FileAlreadyExistsException: REPORTS\n")
                .contains("WARN RunReport - The report of this run cannot be written into REPORTS."
                        + " Name a folder with incus.stemcell.diagnostics.dir\n"
                        + "java.nio.file.FileAlreadyExistsException: REPORTS\n");
    }

    private EngineExecutionResults run(String mode, Class<?>... fixtures) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter("incus.stemcell.diagnostics", mode)
                .configurationParameter("incus.stemcell.diagnostics.dir", reports.toString())
                .selectors(Arrays.stream(fixtures)
                        .map(org.junit.platform.engine.discovery.DiscoverySelectors::selectClass)
                        .toArray(org.junit.platform.engine.DiscoverySelector[]::new))
                .execute();
    }

    private static Throwable onlyFailure(EngineExecutionResults results) {
        assertThat(failures(results)).hasSize(1);
        return failures(results).get(0);
    }

    private static List<Throwable> failures(EngineExecutionResults results) {
        return results.allEvents().failed().stream()
                .map(RunReportTest::throwable)
                .toList();
    }

    private static Throwable throwable(Event failed) {
        return failed.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
    }

    private List<String> runs() throws IOException {
        try (Stream<Path> entries = Files.list(reports)) {
            return entries.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .toList();
        }
    }

    private String page() {
        try {
            return Files.readString(reports.resolve(runs().get(0)).resolve("index.html"));
        } catch (IOException e) {
            throw new AssertionError("There is no page", e);
        }
    }

    private Stream<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(reports)) {
            return all
                    .filter(Files::isRegularFile)
                    .map(file -> masked(reports.relativize(file).toString()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    /** Without what differs from run to run, and from a busy machine to an idle one. */
    private String masked(String text) {
        return text.replace(reports.toAbsolutePath().toString(), "REPORTS")
                .replaceAll("\n  not all there: boot.svg: no answer within 4.5s", "")
                .replaceAll("\\d{8}-\\d{6}-\\d+(-\\d+)?", "RUN")
                .replaceAll("ic-[0-9a-z]+", "ic-X")
                .replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d{6}", "T")
                .replaceAll("\\d+ ms", "N ms")
                .replaceAll("sh\\[\\d+\\]", "sh[N]");
    }

    @IncusStemcell
    static class Failing {

        @Test
        void test(StemcellContainer stemcell) {
            stemcell.systemd().writeUnit("broken", """
                    [Service]
                    Type=oneshot
                    ExecStart=/bin/sh -c "journalctl --sync; echo port 80 is taken; journalctl --sync; exit 3"
                    """);
            stemcell.exec("systemctl", "start", "broken");
            throw new AssertionError("on purpose");
        }
    }

    @IncusStemcell(startupTimeout = 2, config = "raw.lxc=lxc.init.cmd = /bin/sleep 1000")
    static class NeverBooting {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class TimingOut {

        @Test
        @Timeout(1)
        void test(StemcellContainer stemcell) {
            stemcell.exec("sleep", "60");
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class Shared {

        private static int runs;

        @RepeatedTest(3)
        void test(StemcellContainer stemcell) {
            if (runs++ != 1) {
                throw new AssertionError("on purpose");
            }
        }
    }

    @IncusStemcell
    static class Several {

        @Test
        void test(@Node("db") StemcellContainer db, @Node("web") StemcellContainer web) {
            db.stop();
            throw new AssertionError("on purpose");
        }
    }

    @IncusStemcell
    static class Aborting {

        @Test
        void passing(StemcellContainer stemcell) {}

        @Test
        void aborted(StemcellContainer stemcell) {
            Assumptions.abort("on purpose");
        }
    }

    @IncusStemcell
    static class Hostile {

        @Test
        @DisplayName("<script>alert('name')</script>")
        void test(StemcellContainer stemcell) {
            stemcell.shell(
                    "echo \"<script>alert('journal')</script> \033[31m\u202E\" | systemd-cat; journalctl --sync");
            throw new AssertionError("<script>alert('message')</script> \u001B[31m\u202E");
        }
    }

    @IncusStemcell(artifacts = {"/srv/app", "/srv/missing"})
    static class WithArtifacts {

        @Test
        void test(StemcellContainer stemcell) {
            stemcell.shell("mkdir -p /srv/app /var/vcap/sys/log/web; echo a > /srv/app/app.log;"
                            + " echo b > /var/vcap/sys/log/web/web.log")
                    .requireSuccess();
            stemcell.stop();
            throw new AssertionError("on purpose");
        }
    }
}
