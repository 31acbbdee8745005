package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.agent.AgentProcess;
import io.github.incusstemcell.agent.JobSpec;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.JournalMark;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The agent and its jobs: each assertion so that it holds, and so that it does not; and each where the agent does not answer. */
@IncusStemcell(agent = true, scope = Scope.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AgentAssertionsTest {

    private static List<EveryAssertion> ofAgent() {
        return EveryAssertion.all().stream()
                .filter(assertion -> assertion.entry().getName().equals("agent"))
                .toList();
    }

    @Test
    @Order(1)
    void anAgentWithoutJobs(StemcellContainer stemcell) {
        assertThat(stemcell)
                .agent()
                .hasNoJobs()
                .isRunning()
                .satisfies(state -> state.jobs().isEmpty(), "has no jobs");

        fail(
                stemcell,
                "Expecting the agent on NAME to have only the jobs \\[web\\]\n  but was: running, with no processes",
                () -> assertThat(stemcell).agent().hasOnlyJobs("web"));
        fail(
                stemcell,
                "Expecting process web of the agent on NAME WANTED\n"
                        + "  but monit knows no such process; the agent says: running, with no processes",
                expecting(
                        "to be running",
                        () -> assertThat(stemcell).agent().process("web").isRunning()),
                expecting(
                        "to not be running",
                        () -> assertThat(stemcell).agent().process("web").isNotRunning()));
    }

    @Test
    @Order(2)
    void anAgentWithAJob(StemcellContainer stemcell) throws Throwable {
        stemcell.agent().deploy(JobSpec.rendered(Path.of("../core/src/test/resources/jobs/web")));

        assertThat(stemcell).agent().isRunning().hasOnlyJobs("web").doesNotChangeFor(ofMillis(100));
        assertThat(stemcell)
                .agent()
                .process("web")
                .isRunning()
                .satisfies(AgentProcess::isRunning, "runs")
                .doesNotChangeFor(ofMillis(100));
        assertThat(stemcell).always(ofMillis(100)).agent().process("web").isRunning();

        fail(
                stemcell,
                "Expecting the agent on NAME WANTED\n" + "  but was: running, .*web.*",
                expecting("to be stopped", () -> assertThat(stemcell).agent().isStopped()),
                expecting("to have no jobs", () -> assertThat(stemcell).agent().hasNoJobs()),
                expecting(
                        "to have only the jobs [cron]",
                        () -> assertThat(stemcell).agent().hasOnlyJobs("cron")));
        fail(
                stemcell,
                "Expecting process web of the agent on NAME to not be running\n  but was: running",
                () -> assertThat(stemcell).agent().process("web").isNotRunning());
    }

    @Test
    @Order(3)
    void anAgentWhoseJobsAreStopped(StemcellContainer stemcell) {
        stemcell.agent().stop();

        assertThat(stemcell).within(ofSeconds(20)).agent().isStopped();
        assertThat(stemcell).within(ofSeconds(20)).agent().process("web").isNotRunning();
        fail(stemcell, "Expecting the agent on NAME to be running\n  but was: stopped.*", () -> assertThat(stemcell)
                .agent()
                .isRunning());
        fail(
                stemcell,
                "Expecting process web of the agent on NAME to be running\n  but was: (?!running).*",
                () -> assertThat(stemcell).agent().process("web").isRunning());
    }

    @Test
    @Order(4)
    void anAgentThatDoesNotAnswer(StemcellContainer stemcell) {
        JournalMark mark = stemcell.journal().mark();
        stemcell.stop();
        Map<String, String> wrong = new LinkedHashMap<>();
        for (EveryAssertion assertion : ofAgent()) {
            StemcellAssert timed = assertThat(stemcell);
            Throwable thrown = catchThrowable(
                    () -> assertion.make(assertion.isUntimed() ? timed : timed.within(ofMillis(50)), mark));
            if (!(thrown instanceof AssertionError) || !thrown.getMessage().contains("\n  but it says nothing: ")) {
                wrong.put(assertion.toString(), String.valueOf(thrown));
            }
        }

        assertThat(ofAgent()).hasSizeGreaterThan(8);
        assertThat(wrong).isEmpty();
    }
}
