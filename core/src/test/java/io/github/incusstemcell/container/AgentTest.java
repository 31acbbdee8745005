package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.agent.Agent;
import io.github.incusstemcell.agent.AgentException;
import io.github.incusstemcell.agent.AgentState;
import io.github.incusstemcell.agent.Blob;
import io.github.incusstemcell.agent.CompiledPackage;
import io.github.incusstemcell.agent.JobSpec;
import io.github.incusstemcell.incus.ExecResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The BOSH agent of a stemcell, or what stands in for it there: one machine for all tests. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AgentTest {

    private static final JobSpec WEB = JobSpec.rendered(Path.of("src/test/resources/jobs/web"));
    private static final String ORDER = "/var/vcap/sys/log/web/order.log";

    private static Stemcells stemcells;
    private static StemcellContainer stemcell;
    private static Agent agent;

    @BeforeAll
    static void launch() {
        stemcells = TestMachine.stemcells().connect();
        ContainerSpec spec = TestMachine.spec().toBuilder().agent().build();
        stemcell = stemcells.launch(
                spec.toBuilder().limits(spec.limits().withAgentData("300MiB")).build());
        agent = stemcell.agent();
    }

    @AfterAll
    static void close() {
        stemcell.close();
        stemcells.close();
    }

    @Test
    @Order(1)
    void hasAMachineInWhichAllItsStepsSucceed() {
        agent.ping();

        AgentState state = agent.state();
        assertThat(state.agentId()).isEqualTo(stemcell.name());
        assertThat(state.words()).isEqualTo("running, with no processes");
        assertThat(state.vitals().diskPercent()).containsKeys("system", "ephemeral");
        assertThat(state.vitals().memoryKib()).isPositive();
        assertThat(stdout("systemctl is-system-running; systemctl is-active monit; hostname"))
                .isEqualTo("running\nactive\n" + stemcell.name() + "\n");
        assertThat(stdout("findmnt -no FSTYPE,SIZE /var/vcap/data")).matches("tmpfs +300M\n");
        assertThat(stdout("findmnt -no FSROOT,OPTIONS /var/log")).matches("/root_log .*nosuid.*\n");
        assertThat(stemcell.exec("mountpoint", "/home").isSuccess()).isTrue();
    }

    @Test
    @Order(2)
    void keepsBlobs() {
        byte[] content = "some bytes".getBytes(StandardCharsets.UTF_8);

        Blob blob = agent.putBlob(content);

        assertThat(agent.getBlob(blob.id())).isEqualTo(content);
        assertThatThrownBy(() -> agent.getBlob("nothing"))
                .isInstanceOf(AgentException.class)
                .hasMessageStartingWith("Asked for the blob nothing, the agent of '" + stemcell.name() + "' on "
                        + stemcell.address().getHostAddress() + ":6868 answers GET /blobs/nothing with status 404");
    }

    @Test
    @Order(3)
    void compilesPackagesWithThoseThatTheyNeed() throws IOException {
        CompiledPackage lib =
                agent.compilePackage("lib", "1", source("echo 'of the lib' >$BOSH_INSTALL_TARGET/lib.txt"), List.of());
        CompiledPackage app = agent.compilePackage(
                "app",
                "1",
                source("cat /var/vcap/packages/lib/lib.txt source.txt >$BOSH_INSTALL_TARGET/app.txt"),
                List.of(lib));

        stemcell.files().write("/tmp/app.tgz", agent.getBlob(app.blob().id()));
        assertThat(stdout("tar -xOzf /tmp/app.tgz ./app.txt")).isEqualTo("of the lib\nof the app\n");
        assertThat(app.name()).isEqualTo("app");
    }

    @Test
    @Order(3)
    void saysWhatAPackagingScriptPrintedThatFails() throws IOException {
        Blob broken = source("echo 'no compiler here' >&2; exit 3");

        assertThatThrownBy(() -> agent.compilePackage("broken", "1", broken, List.of()))
                .isInstanceOf(AgentException.class)
                .hasMessageStartingWith(
                        "The agent of '" + stemcell.name() + "' was asked for compile_package " + broken.id() + " ")
                .hasMessageContaining("Compiling package broken: Running packaging script")
                .hasMessageContaining("Command exited with 3")
                .hasMessageContaining("no compiler here");
    }

    @Test
    @Order(4)
    void bringsAJobOntoTheMachineAsADirectorDoes() {
        AgentState state = agent.deploy(WEB);

        assertThat(state.jobs()).containsExactly("web");
        assertThat(state.words()).isEqualTo("running, with web running");
        assertThat(stdout("cat " + ORDER)).isEqualTo("pre-start\nstarted\npost-start\npost-deploy\n");
        assertThat(stdout("ps -o user= -p $(cat /var/vcap/sys/run/web/web.pid)"))
                .isEqualTo("vcap\n");
        assertThat(stdout("stat -c %a:%U:%G /var/vcap/jobs/web/bin/drain /var/vcap/jobs/web/monit"))
                .isEqualTo("750:root:vcap\n640:root:vcap\n");
    }

    @Test
    @Order(5)
    void stopsWhatRunsBeforeAnotherDeployment() {
        stemcell.files().writeString(ORDER, "");

        agent.deploy(WEB);
        assertThat(stdout("cat " + ORDER))
                .isEqualTo(
                        "pre-stop\ndrain job_changed hash_unchanged\npost-stop\npre-start\nstarted\npost-start\npost-deploy\n");

        assertThat(agent.fetchLogs("web/order.log")).hasSize(1).containsEntry("web/order.log", stdout("cat " + ORDER));
    }

    @Test
    @Order(6)
    void runsScriptsOfTheJobs() {
        agent.runScript("greet", Map.of("WHOM", "world"));
        assertThat(agent.fetchLogs("web/greet.*")).containsEntry("web/greet.stdout.log", "hello world\n");

        assertThatThrownBy(() -> agent.runScript("fail"))
                .isInstanceOf(AgentException.class)
                .hasMessageStartingWith(
                        "The agent of '" + stemcell.name() + "' was asked for run_script fail and says: ")
                .hasMessageContaining("1 of 1 fail scripts failed. Failed Jobs: web.")
                .hasMessageContaining("/var/vcap/sys/log/web/fail.stderr.log:\nthere is no disk");

        assertThatThrownBy(() -> agent.within(Duration.ofSeconds(1)).runScript("slow"))
                .isInstanceOf(AgentException.class)
                .hasMessageContaining("was asked for run_script slow and is not done after 1s");
        // Of none of the jobs: then there is nothing to do.
        agent.runScript("unknown");
    }

    @Test
    @Order(7)
    void startsAgainWhatHasDied() {
        String before = stdout("cat /var/vcap/sys/run/web/web.pid");
        stdout("kill -KILL " + before.strip());
        // monit looks every ten seconds.
        stdout("timeout 30 sh -c 'until p=$(cat /var/vcap/sys/run/web/web.pid) && [ $p != " + before.strip()
                + " ] && kill -0 $p; do sleep 0.1; done'");
    }

    @Test
    @Order(8)
    void stopsAndStarts() {
        agent.drain();
        agent.stop();
        assertThat(agent.state().words()).isEqualTo("stopped, with web unknown");
        assertThat(stdout("tail -n 1 " + ORDER)).isEqualTo("drain job_shutdown hash_unchanged\n");
        assertThat(stemcell.exec("pgrep", "-u", "vcap").stdout()).isEmpty();

        agent.start();
        stdout("timeout 30 sh -c 'until pgrep -u vcap; do sleep 0.1; done'");
    }

    @Test
    @Order(10)
    void saysWhatJobsAndMonitWroteWhereNothingComesUp() {
        JobSpec never = JobSpec.rendered(Path.of("src/test/resources/jobs/never"));

        assertThatThrownBy(() -> agent.within(Duration.ofSeconds(8)).deploy(never))
                .isInstanceOf(AgentException.class)
                .hasMessageStartingWith(
                        "The jobs never on '" + stemcell.name() + "' do not run after 8s: the agent calls them ")
                .hasMessageContaining("/var/vcap/sys/log/never/never.log:\nthe port is taken")
                .hasMessageContaining("The end of monit's log:\n")
                .hasMessageContaining("'never'");
        assertThat(agent.state().jobs()).containsExactly("never");
        assertThat(stemcell.files().exists("/var/vcap/jobs/web")).isFalse();
    }

    @Test
    @Order(9)
    void saysThatItWasRestartedInTheMiddle() {
        assertThatThrownBy(() -> agent.runScript("kill-agent"))
                .isInstanceOf(AgentException.class)
                .hasMessageMatching("(?s).*(does not answer|so it was restarted in the middle of it).*");
        agent.awaitPing();
        assertThat(agent.state().jobs()).containsExactly("web");
    }

    @Test
    @Order(11)
    void answersAfterARestartOfTheMachineWithoutTheJobsOfBefore() {
        stemcell.restart();

        assertThat(agent.state().words()).isEqualTo("running, with no processes");
        assertThat(stemcell.files().exists("/var/vcap/data/jobs/web")).isFalse();
        agent.deploy(WEB);
    }

    @Test
    @Order(12)
    void tellsNobodyItsPassword() {
        String settings = stemcell.files().readString(BootFile.AGENT_SETTINGS);
        String password = settings.replaceFirst("(?s).*https://\\w+:(\\w+)@.*", "$1");

        assertThat(password).matches("[0-9a-f]{32}");
        Diagnostics diagnostics = stemcell.diagnose(Duration.ofSeconds(60));
        assertThat(diagnostics.files())
                .allSatisfy(file -> assertThat(file.text()).doesNotContain(password, "BEGIN PRIVATE KEY"));
        assertThat(stdout("stat -c %a " + BootFile.AGENT_SETTINGS)).isEqualTo("600\n");
    }

    @Test
    @Order(13)
    void hasTheLogsOfTheAgentAndOfMonitInItsDiagnostics() {
        Diagnostics diagnostics = stemcell.diagnose(Duration.ofSeconds(60));

        assertThat(diagnostics.file("journal.txt").orElseThrow().text()).contains("bosh-agent[", "POST /agent");
        assertThat(diagnostics.artifacts())
                .filteredOn(file -> file.name().equals("/var/vcap/monit/monit.log"))
                .singleElement()
                .satisfies(log -> assertThat(log.text()).contains("'web'"));
        assertThat(diagnostics.artifacts())
                .extracting(Diagnostics.File::name)
                .contains("/var/vcap/sys/log/web/order.log");
    }

    private static Blob source(String packaging) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (Map.Entry<String, String> file : Map.of(
                            "packaging", "set -e\n" + packaging, "source.txt", "of the app\n")
                    .entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length());
                tar.putArchiveEntry(entry);
                tar.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                tar.closeArchiveEntry();
            }
        }
        return agent.putBlob(bytes.toByteArray());
    }

    private static String stdout(String script) {
        ExecResult result = stemcell.shell(script);
        assertThat(result.exitCode()).as(script + "\n" + result.stderr()).isZero();
        return result.stdout();
    }
}
