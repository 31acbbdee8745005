package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.agent.AgentException;
import io.github.incusstemcell.agent.AgentState;
import io.github.incusstemcell.container.StemcellContainer;
import java.util.List;
import java.util.Optional;

/**
 * Assertions on the BOSH agent, by what its {@code get_state} says, and on the jobs that are deployed by it. An agent that does not answer
 * fails all of them. {@link #satisfies} is given its {@link AgentState}.
 *
 * <p>There has to be one to speak to, as with {@code @IncusStemcell(agent = true)}. In the examples, {@code web} is a {@link
 * io.github.incusstemcell.agent.JobSpec}.
 */
public final class AgentAssert extends GuestObjectAssert<AgentAssert, AgentState> {

    AgentAssert(Subject subject) {
        super(new Presence<>(
                subject, "the agent", () -> Answer.of(subject), Answer::state, AgentState::words, Answer::trouble));
    }

    /**
     * What an agent answers.
     *
     * @param state empty where it does not
     * @param trouble why it does not
     */
    record Answer(Optional<AgentState> state, String trouble) {

        static Answer of(Subject subject) {
            StemcellContainer stemcell = subject.stemcell();
            try {
                return new Answer(
                        Optional.of(stemcell.agent()
                                .within(subject.timing().patience())
                                .state()),
                        "");
            } catch (AgentException e) {
                return new Answer(Optional.empty(), "it says nothing: " + e.getMessage());
            }
        }
    }

    @Override
    Object comparable(AgentState state) {
        return List.of(state.agentId(), state.jobs(), state.words());
    }

    /**
     * Verifies that the agent answers, and that all processes of its jobs run.
     *
     * <pre>{@code
     * stemcell.agent().deploy(web);
     * assertThat(stemcell).agent().isRunning(); // passes
     * stemcell.agent().stop();
     * assertThat(stemcell).agent().isRunning(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public AgentAssert isRunning() {
        return that("be running", AgentState::isRunning);
    }

    /**
     * Verifies that the agent answers, and that its jobs have been stopped.
     *
     * <pre>{@code
     * stemcell.agent().deploy(web);
     * assertThat(stemcell).agent().isStopped(); // fails
     * stemcell.agent().stop();
     * assertThat(stemcell).agent().isStopped(); // passes
     * }</pre>
     *
     * @return this assertion object
     */
    public AgentAssert isStopped() {
        return that("be stopped", state -> state.jobState().equals("stopped"));
    }

    /**
     * Verifies that these jobs are deployed, and no others.
     *
     * <pre>{@code
     * stemcell.agent().deploy(web);
     * assertThat(stemcell).agent().hasOnlyJobs("web"); // passes
     * assertThat(stemcell).agent().hasOnlyJobs("web", "db"); // fails
     * }</pre>
     *
     * @param names their names, in any order; at least one
     * @return this assertion object
     */
    public AgentAssert hasOnlyJobs(String... names) {
        List<String> wanted = Arguments.sorted(
                Arguments.texts(names, "No job is named; whether there are none asks hasNoJobs", Arguments::job));
        return that("have only the jobs " + wanted, state -> Arguments.sorted(state.jobs())
                .equals(wanted));
    }

    /**
     * Verifies that the agent answers, and that no job is deployed.
     *
     * <pre>{@code
     * stemcell.agent().deploy();
     * assertThat(stemcell).agent().hasNoJobs(); // passes
     * stemcell.agent().deploy(web);
     * assertThat(stemcell).agent().hasNoJobs(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public AgentAssert hasNoJobs() {
        return that("have no jobs", state -> state.jobs().isEmpty());
    }

    /**
     * Turns to a process of a job.
     *
     * @param name as the job's monit file calls it
     * @return assertions on it
     */
    @CheckReturnValue
    public AgentProcessAssert process(String name) {
        return new AgentProcessAssert(subject, name);
    }
}
