package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Instance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The forwards of one container: one for each port that was asked for. */
final class PortForwards implements AutoCloseable {

    /** Who listens on one address only does so on that of a loopback, mostly. */
    private static final List<String> LOOPBACKS = List.of("127.0.0.1", "::1");

    private final Instance instance;
    private final List<String> hosts;
    private final Map<Integer, PortForward> made = new HashMap<>();
    private final Map<Integer, DatagramForward> madeOfUdp = new HashMap<>();

    PortForwards(Instance instance, GuestAddress address) {
        this.instance = instance;
        this.hosts = Stream.concat(LOOPBACKS.stream(), address.ipv4().stream().map(ipv4 -> ipv4.getHostAddress()))
                .toList();
    }

    synchronized PortForward to(int port) {
        return made.computeIfAbsent(checked(port), absent -> PortForward.open(instance, hosts, absent));
    }

    synchronized DatagramForward toUdp(int port) {
        return madeOfUdp.computeIfAbsent(checked(port), absent -> DatagramForward.open(instance, hosts, absent));
    }

    private static int checked(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("Not the number of a port, 1 to 65535: " + port);
        }
        return port;
    }

    @Override
    public synchronized void close() {
        made.values().forEach(PortForward::close);
        made.clear();
        madeOfUdp.values().forEach(DatagramForward::close);
        madeOfUdp.clear();
    }
}
