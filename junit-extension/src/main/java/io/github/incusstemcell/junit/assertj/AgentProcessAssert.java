package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.agent.AgentProcess;
import java.util.function.Predicate;

/**
 * Assertions on a process of a job, as monit sees it and the agent tells it. Where monit knows none of the name, or the agent does not answer,
 * all of them fail. {@link #satisfies} is given its {@link AgentProcess}.
 */
public final class AgentProcessAssert extends GuestAssert<AgentProcessAssert, AgentProcess> {

    private final Presence<AgentAssert.Answer, AgentProcess> presence;

    AgentProcessAssert(Subject subject, String name) {
        super(subject);
        Arguments.job(name);
        this.presence = new Presence<>(
                subject,
                "process " + name + " of the agent",
                () -> AgentAssert.Answer.of(subject),
                answer -> answer.state().flatMap(state -> state.process(name)),
                AgentProcess::state,
                answer -> answer.state()
                        .map(state -> "monit knows no such process; the agent says: " + state.words())
                        .orElse(answer.trouble()));
    }

    @Override
    AgentProcessAssert that(String wanted, Predicate<AgentProcess> holds) {
        presence.holds(wanted, holds);
        return this;
    }

    @Override
    Object comparable(AgentProcess process) {
        return process.state();
    }

    /** {@return this, where monit calls it running} */
    public AgentProcessAssert isRunning() {
        return that("be running", AgentProcess::isRunning);
    }

    /** {@return this, where monit knows it, and does not call it running} */
    public AgentProcessAssert isNotRunning() {
        return that("not be running", process -> !process.isRunning());
    }
}
