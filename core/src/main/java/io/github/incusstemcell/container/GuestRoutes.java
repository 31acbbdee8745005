package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusConnectionException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NetworkInfo;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this JVM can connect to the guests on a network: found out once, by the first guest on it on each member of a cluster. */
final class GuestRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(GuestRoutes.class);

    /** One line of log is enough for all that a run has on a daemon. */
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private final Incus incus;
    private final NetworkInfo network;
    private final Optional<Subnet> subnet;
    private volatile Optional<Boolean> clustered = Optional.empty();
    private final Map<String, Boolean> found = new ConcurrentHashMap<>();

    /**
     * @param subnet that of the network, where Incus manages it
     */
    GuestRoutes(Incus incus, NetworkInfo network, Optional<Subnet> subnet) {
        this.incus = incus;
        this.network = network;
        this.subnet = subnet;
    }

    private boolean isClustered() {
        if (clustered.isEmpty()) {
            clustered = Optional.of(incus.server().isClustered());
        }
        return clustered.get();
    }

    private boolean isBridgeHere() {
        return incus.endpoint() instanceof Endpoint.UnixSocket
                && !isClustered()
                && subnet.filter(this::isHere).isPresent();
    }

    /** Each member of a cluster has a bridge of that name and address. */
    private boolean isHere(Subnet subnet) {
        try {
            NetworkInterface bridge = NetworkInterface.getByName(network.name());
            return bridge != null && bridge.inetAddresses().anyMatch(address -> address.equals(subnet.ownAddress()));
        } catch (SocketException e) {
            LOG.debug("The interfaces of this machine cannot be listed", e);
            return false;
        }
    }

    /** {@return whether this JVM can connect to a guest; also where that cannot be found out, as of one that does not run} */
    boolean leadTo(Instance instance, Inet4Address address) {
        try {
            if (isBridgeHere()) {
                return true;
            }
            String member = isClustered() ? instance.info().location() : "";
            Optional<Boolean> routable =
                    Optional.ofNullable(found.get(member)).or(() -> new RouteProbe(instance, address).isRoutable());
            routable.ifPresent(answer -> found.put(member, answer));
            if (!routable.orElse(true) && TOLD.compareAndSet(false, true)) {
                LOG.warn(
                        "This JVM has no route to {}, the address of {} on the network '{}' of {}. Guests reach each other by"
                                + " such addresses; to connect from here, use forward(port), which needs no route",
                        address.getHostAddress(),
                        instance.name(),
                        network.name(),
                        incus.endpoint());
            }
            return routable.orElse(true);
        } catch (IncusException | IncusConnectionException e) {
            LOG.debug("Whether there is a route to {} cannot be found out now", instance.name(), e);
            return true;
        }
    }
}
