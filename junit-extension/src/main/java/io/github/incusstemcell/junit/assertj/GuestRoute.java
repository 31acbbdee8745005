package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A route of a guest's main table.
 *
 * @param target where to, as {@code 10.0.0.0/8}
 * @param nextHops where packets go on to: one of these, and of several now the one, now the other, those of other routes of IPv6 to the same
 *     network with the same metric among them; never empty of a route that exists
 * @param metric the smaller, the more preferred
 */
public record GuestRoute(String target, List<NextHop> nextHops, long metric) {

    public GuestRoute {
        nextHops = List.copyOf(nextHops);
    }

    /**
     * Where packets go on to.
     *
     * @param gateway the address by way of which; empty where it is on the link
     * @param device the interface
     */
    public record NextHop(String gateway, String device) {

        String words() {
            return (gateway.isEmpty() ? "" : " via " + gateway) + " dev " + device;
        }
    }

    /** As ip-route(8) says it. */
    String words() {
        return nextHops.size() == 1
                ? target + nextHops.get(0).words() + " metric " + metric
                : target + " metric " + metric
                        + nextHops.stream().map(hop -> " nexthop" + hop.words()).collect(Collectors.joining());
    }
}
