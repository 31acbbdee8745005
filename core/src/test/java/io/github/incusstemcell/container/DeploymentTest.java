package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.Agent;
import io.github.incusstemcell.agent.AgentException;
import io.github.incusstemcell.agent.AgentState;
import io.github.incusstemcell.agent.JobSpec;
import io.github.incusstemcell.agent.Link;
import io.github.incusstemcell.agent.Release;
import io.github.incusstemcell.agent.ReleaseJob;
import io.github.incusstemcell.incus.ExecResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is deployed by agents: jobs beside each other and on several machines, and what fails of it. */
class DeploymentTest {

    private static final Release TRIAL = Release.of(Path.of("src/test/resources/trial-release"));
    private static final ReleaseJob DB = TRIAL.job("db");
    private static final ReleaseJob APP = TRIAL.job("app");
    private static final String ANSWER = "/var/vcap/sys/log/app/answer";

    private static Stemcells stemcells;
    private static StemcellContainer machine;
    private static StemcellContainer other;

    @BeforeAll
    static void launch() {
        stemcells = TestMachine.stemcells().connect();
        machine = stemcells.launch(TestMachine.spec().toBuilder().agent().build());
        other = stemcells.launch(TestMachine.spec().toBuilder().agent().build());
    }

    @AfterAll
    static void close() {
        other.close();
        machine.close();
        stemcells.close();
    }

    @Test
    void putsSeveralJobsOnOneMachineWithLinksBetweenThem() {
        AgentState state = machine.agent().deploy(APP, DB.withProperty("port", 5556));

        assertThat(state.words()).contains("app running", "db running").startsWith("running, ");
        assertThat(answer(machine)).isEqualTo(machine.name() + "\n");
        assertThat(prepared(machine, "app")).endsWith("as admin of " + address(machine) + "\n");
        assertThat(stdout(machine, "cat /var/vcap/jobs/db/config/peers"))
                .isEqualTo("0 " + address(machine) + ":5556 true\n");
    }

    @Test
    void leadsLinksToJobsOnOtherMachines() {
        Link cluster = new Link(List.of(address(other), address(machine)), Map.of("port", 5555));

        other.agent().deploy(DB.withLink("peers", cluster).withProperty("user.name", "root"));
        machine.agent().deploy(APP.withLink("db", other.agent().link("db")));

        assertThat(answer(machine)).isEqualTo(other.name() + "\n");
        assertThat(prepared(machine, "app")).endsWith("as root of " + address(other) + "\n");
        assertThat(stdout(other, "cat /var/vcap/jobs/db/config/peers"))
                .isEqualTo("0 " + address(other) + ":5555 true\n1 " + address(machine) + ":5555 false\n");
        assertThatThrownBy(() -> other.agent().link("web"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No job that is deployed on '" + other.name() + "' provides a link 'web'. There is: db");
    }

    @Test
    void compilesAPackageOnceForAllMachinesAndProcesses() {
        machine.agent().deploy(DB);
        // As another process, this one remembers nothing of the first.
        try (Stemcells later = TestMachine.stemcells().connect();
                StemcellContainer third =
                        later.launch(TestMachine.spec().toBuilder().agent().build())) {
            third.agent().deploy(DB);

            String made = "cat /var/vcap/packages/tool/made";
            assertThat(stdout(third, made)).isEqualTo(stdout(machine, made));
            assertThat(stdout(third, "cat /var/vcap/packages/tool/tool.txt")).isEqualTo("a tool\n");
        }
    }

    @Test
    void saysWhatAPackagingScriptPrintedAndLeavesNothingOfIt() {
        Agent agent = machine.agent();
        agent.deploy(DB);

        assertThatThrownBy(() -> agent.deploy(TRIAL.job("uncompiled")))
                .isInstanceOf(AgentException.class)
                .hasMessageContaining("was asked for compile_package ")
                .hasMessageContaining("Compiling package broken: Running packaging script")
                .hasMessageContaining("Command exited with 3")
                // The agent itself leaves out the first line of each.
                .hasMessageContaining("/var/vcap/sys/log/compilation/packaging.stdout.log:\na tool\n")
                .hasMessageContaining("no compiler here\n+ exit 3");

        assertThat(stdout(machine, "ls /var/vcap/data/compile")).isEmpty();
        assertThat(agent.deploy(DB).words()).isEqualTo("running, with db running");
        assertThat(stdout(machine, "ls /var/vcap/packages; find /var/vcap/data/packages/broken -mindepth 1"))
                .isEqualTo("tool\n");
    }

    @Test
    void saysWhatAPreStartPrintedThatFailed() {
        Agent agent = machine.agent();

        assertThatThrownBy(() -> agent.deploy(TRIAL.job("unprepared").withProperty("disk", "floppy")))
                .isInstanceOf(AgentException.class)
                .hasMessageStartingWith(
                        "The agent of '" + machine.name() + "' was asked for run_script pre-start and says: ")
                .hasMessageContaining("1 of 1 pre-start scripts failed. Failed Jobs: unprepared.")
                .hasMessageContaining("/var/vcap/sys/log/unprepared/pre-start.stdout.log:\nlooking for floppy")
                .hasMessageContaining("/var/vcap/sys/log/unprepared/pre-start.stderr.log:\nthere is no floppy");

        assertThat(agent.deploy(DB).jobs()).containsExactly("db");
        assertThat(machine.files().exists("/var/vcap/jobs/unprepared")).isFalse();
    }

    @Test
    void saysThatTheAgentDiedInTheMiddleAndCanBeRepeated(@TempDir Path folder) throws Exception {
        Files.createFile(folder.resolve("monit"));
        Files.writeString(
                Files.createDirectories(folder.resolve("bin")).resolve("pre-start"),
                "#!/bin/bash\nexec systemctl kill --kill-whom=main --signal=KILL bosh-agent\n");
        Agent agent = machine.agent();

        assertThatThrownBy(() -> agent.deploy(JobSpec.rendered("deadly", folder)))
                .isInstanceOf(AgentException.class)
                // As it is asked while it is away, or when it is back.
                .hasMessageMatching("(?s)Asked for run_script pre-start, the agent of '" + machine.name()
                        + "' on .* does not answer: .*|The agent of '" + machine.name()
                        + "' was asked for run_script pre-start .*so it was restarted in the middle of it.*");

        agent.awaitPing();
        assertThat(agent.deploy(DB).words()).isEqualTo("running, with db running");
        assertThat(machine.files().exists("/var/vcap/jobs/deadly")).isFalse();
    }

    @Test
    void leavesTheMachineAloneWhereTemplatesCannotBeRendered() {
        Agent agent = machine.agent();
        agent.deploy(DB);
        String running = stdout(machine, "cat /var/vcap/sys/run/db/db.pid");

        assertThatThrownBy(() -> agent.deploy(TRIAL.job("unprepared")))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith("The templates of the job 'unprepared' of the release ")
                .hasMessageContaining("- Error filling in template 'pre-start' (line 2: Can't find property 'disk')");

        assertThat(agent.state().words()).isEqualTo("running, with db running");
        assertThat(stdout(machine, "cat /var/vcap/sys/run/db/db.pid")).isEqualTo(running);
    }

    @Test
    void worksInAPrivilegedContainerToo() {
        try (StemcellContainer privileged = stemcells.launch(TestMachine.spec().toBuilder()
                .agent()
                .config("security.privileged", "true")
                .build())) {
            assertThat(privileged.agent().deploy(DB).words()).isEqualTo("running, with db running");

            assertThat(stdout(privileged, "systemctl is-system-running")).isEqualTo("running\n");
        }
    }

    private static String address(StemcellContainer stemcell) {
        return stemcell.address().getHostAddress();
    }

    private static String prepared(StemcellContainer stemcell, String job) {
        return stdout(stemcell, "cat /var/vcap/sys/log/" + job + "/pre-start.stdout.log");
    }

    /** What the job has been told over the link, as soon as it has. */
    private static String answer(StemcellContainer stemcell) {
        return stdout(stemcell, "timeout 20 sh -c 'until test -s " + ANSWER + "; do sleep 0.1; done'; cat " + ANSWER);
    }

    private static String stdout(StemcellContainer stemcell, String script) {
        ExecResult result = stemcell.shell(script);
        assertThat(result.exitCode()).as(script + "\n" + result.stderr()).isZero();
        return result.stdout();
    }
}
