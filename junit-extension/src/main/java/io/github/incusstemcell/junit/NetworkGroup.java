package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.PrivateNetwork;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.Configuration.Key;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What machines that were asked for by name have in common: a network of their own, and their names in {@code /etc/hosts} of each. A
 * machine without a name that is alone has none of that.
 */
final class NetworkGroup {

    private static final Logger LOG = LoggerFactory.getLogger(NetworkGroup.class);

    private final String owner;
    private final Suite suite;
    private final FutureTask<PrivateNetwork> network;
    private final Map<String, StemcellContainer> introduced = new LinkedHashMap<>();
    private volatile boolean named;

    NetworkGroup(Suite suite, String owner) {
        this.owner = owner;
        this.suite = suite;
        this.network = new FutureTask<>(() -> suite.stemcells().createNetwork(owner));
    }

    /** Says that there are machines with names, before the first is started. */
    void expectNames() {
        named = true;
    }

    boolean hasNames() {
        return named;
    }

    /** Where a machine is to be started: on the network that its settings name, or else on that of this group. */
    ContainerSpec placed(ContainerSpec spec) {
        if (!named || spec.network().isPresent()) {
            return spec;
        }
        network.run();
        return spec.toBuilder()
                .network(Suite.await(network, "the private network of " + owner).name())
                .build();
    }

    /** Makes a machine that has booted known to the others, and them to it. */
    void join(String name, ContainerSpec spec, StemcellContainer container) {
        boolean reachable =
                spec.network().filter(ContainerSpec.NO_NETWORK::equals).isEmpty();
        if (named && !name.isEmpty() && reachable) {
            introduce(name, container);
        }
    }

    private synchronized void introduce(String name, StemcellContainer container) {
        introduced.put(name, container);
        introduced.forEach((other, otherContainer) -> {
            tell(container, other, otherContainer);
            if (otherContainer != container) {
                tell(otherContainer, name, container);
            }
        });
    }

    private void tell(StemcellContainer listener, String name, StemcellContainer container) {
        String lines = container.address().getHostAddress() + " " + name + "\n";
        // Networks that somebody else has made may lack it.
        boolean ipv6 = suite.configuration().flag(Key.NETWORK_IPV6).orElse(false) && network.isDone();
        if (ipv6) {
            lines += container.address6().getHostAddress() + " " + name + "\n";
        }
        listener.files().append("/etc/hosts", lines.getBytes(StandardCharsets.US_ASCII));
    }

    /** Ends what was common, once all its machines have ended. */
    void close() throws InterruptedException {
        if (network.isDone()) {
            try {
                network.get().close();
            } catch (ExecutionException e) {
                // There never was one, and who wanted it was told.
                LOG.debug("{} had no private network", owner, e);
            }
        }
    }
}
