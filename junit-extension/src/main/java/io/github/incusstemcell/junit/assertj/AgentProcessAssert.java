package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.agent.AgentProcess;

/**
 * Assertions on a process of a job, as monit sees it and the agent tells it. Where monit knows none of the name, or the agent does not answer,
 * all of them fail. {@link #satisfies} is given its {@link AgentProcess}. In the examples, {@code web} is a {@link
 * io.github.incusstemcell.agent.JobSpec}.
 */
public final class AgentProcessAssert extends GuestObjectAssert<AgentProcessAssert, AgentProcess> {

    AgentProcessAssert(Subject subject, String name) {
        super(new Presence<>(
                subject,
                "process " + Arguments.job(name) + " of the agent",
                () -> AgentAssert.Answer.of(subject),
                answer -> answer.state().flatMap(state -> state.process(name)),
                AgentProcess::state,
                answer -> answer.state()
                        .map(state -> "monit knows no such process; the agent says: " + state.words())
                        .orElse(answer.trouble())));
    }

    @Override
    Object comparable(AgentProcess process) {
        return process.state();
    }

    /**
     * Verifies that monit calls it running.
     *
     * <pre>{@code
     * stemcell.agent().deploy(web);
     * assertThat(stemcell).agent().process("web").isRunning(); // passes
     * stemcell.agent().stop();
     * assertThat(stemcell).agent().process("web").isRunning(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public AgentProcessAssert isRunning() {
        return that("be running", AgentProcess::isRunning);
    }

    /**
     * Verifies that monit knows it, and does not call it running.
     *
     * <pre>{@code
     * stemcell.agent().deploy(web);
     * assertThat(stemcell).agent().process("web").isNotRunning(); // fails
     * stemcell.agent().stop();
     * assertThat(stemcell).agent().process("web").isNotRunning(); // passes
     * }</pre>
     *
     * @return this assertion object
     */
    public AgentProcessAssert isNotRunning() {
        return that("not be running", process -> !process.isRunning());
    }
}
