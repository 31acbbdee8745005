package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.Agent;
import io.github.incusstemcell.agent.AgentException;
import io.github.incusstemcell.agent.AgentSettings;
import io.github.incusstemcell.agent.PackageCache;
import io.github.incusstemcell.agent.Release;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The BOSH agent of one container, if it has been given settings. */
final class GuestAgent {

    private final StemcellContainer stemcell;
    private final Access access;
    private final boolean awaited;
    private @Nullable Agent client;

    /**
     * What it takes to speak to an agent.
     *
     * @param settings what the agent was given; empty where it does not start
     * @param packages where the packages are kept that it compiles
     */
    record Access(Optional<AgentSettings> settings, PackageCache packages) {}

    GuestAgent(StemcellContainer stemcell, ContainerSpec spec, Access access) {
        this.stemcell = stemcell;
        this.access = access;
        this.awaited = spec.startsAgent();
        if (awaited) {
            // While the machine boots: where there is a JRuby, jobs of a release may be deployed.
            Release.prepare();
        }
    }

    /** One for all, since it remembers what was deployed. */
    synchronized Agent client() {
        if (client == null) {
            AgentSettings given = access.settings()
                    .orElseThrow(() -> new IncusStemcellException("The agent of '" + stemcell
                            + "' does not run, as there are no settings for it. Write @IncusStemcell(agent = true), or"
                            + " ContainerSpec.builder(...).agent(), with which it starts"));
            client = Agent.of(stemcell.open(), stemcell::address, this::reach, given, access.packages());
        }
        return client;
    }

    private InetSocketAddress reach(int port) {
        return stemcell.isRoutable() ? new InetSocketAddress(stemcell.address(), port) : stemcell.forward(port);
    }

    /**
     * Waits until it answers, where its settings are ours.
     *
     * @param deadline of the whole start of the machine
     * @throws StartupTimeoutException if it does not
     */
    void await(Deadline deadline) {
        if (!awaited) {
            return;
        }
        Duration left = deadline.left();
        try {
            client().within(left.isZero() ? Duration.ofMillis(1) : left).awaitPing();
        } catch (AgentException e) {
            throw new StartupTimeoutException(
                    "The container '" + stemcell + "' of " + stemcell.image()
                            + " has booted, but its BOSH agent did not come up within "
                            + DurationText.of(deadline.span()) + ": " + e.getMessage(),
                    e);
        }
    }
}
