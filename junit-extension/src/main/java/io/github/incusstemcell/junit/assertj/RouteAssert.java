package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.junit.assertj.GuestRoute.NextHop;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Assertions on the route to one network, of several on the preferred one, and over IPv6 on all of the
 * lowest metric as on one with their next hops, as the kernel has them in its main table (rtnetlink(7)). Where there is
 * none all of them fail but {@link #doesNotExist()}; what throws packets away, as a blackhole, is no route, and where it is preferred there
 * is none. {@link #satisfies} is given the {@link GuestRoute}.
 *
 * <p>Those of {@code eth0} are made by the overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}{@code .NETWORK}), or by Incus:
 * no stemcell makes them.
 */
public final class RouteAssert extends GuestObjectAssert<RouteAssert, GuestRoute> {

    RouteAssert(Subject subject, String target) {
        this(subject, target, network(target));
    }

    private RouteAssert(Subject subject, String target, String network) {
        super(new Presence<>(
                subject,
                "route " + target,
                () -> Routes.of(subject.stemcell()),
                routes -> routes.to(network),
                GuestRoute::words,
                routes -> "there is no such route; there are: " + routes.words()));
    }

    private static String network(String target) {
        if (Objects.requireNonNull(target, "target").equals("default")) {
            return "0.0.0.0/0";
        }
        if (!target.contains("/")) {
            throw new IllegalArgumentException("Neither default nor a network as 10.0.0.0/8: '" + target + "'");
        }
        return Addresses.network(target);
    }

    /**
     * Verifies that there is such a route.
     *
     * <pre>{@code
     * assertThat(stemcell).route("default").exists(); // passes
     * assertThat(stemcell).route("203.0.113.0/24").exists(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public RouteAssert exists() {
        return that("exist", route -> true);
    }

    /**
     * Verifies that there is no such route.
     *
     * <pre>{@code
     * assertThat(stemcell).route("203.0.113.0/24").doesNotExist(); // passes
     * assertThat(stemcell).route("default").doesNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public RouteAssert doesNotExist() {
        return isAbsent("not exist");
    }

    /**
     * Verifies that the route leads over a gateway, or one of its next hops does where it has several.
     *
     * <pre>{@code
     * stemcell.exec("ip", "route", "replace", "198.51.100.0/25", "via", "192.0.2.1", "dev", "eth0", "onlink");
     * assertThat(stemcell).route("198.51.100.0/25").goesVia("192.0.2.1"); // passes
     * assertThat(stemcell).route("198.51.100.0/25").goesVia("192.0.2.2"); // fails
     * }</pre>
     *
     * @param address its address in numbers
     * @return this assertion object
     */
    public RouteAssert goesVia(String address) {
        String wanted = Addresses.plain(address);
        return thatHop("go via " + address, hop -> hop.gateway().equals(wanted));
    }

    /**
     * Verifies that the route needs no gateway, with none of its next hops.
     *
     * <pre>{@code
     * stemcell.exec("ip", "route", "replace", "198.51.100.128/26", "dev", "eth0");
     * assertThat(stemcell).route("198.51.100.128/26").isOnLink(); // passes
     * assertThat(stemcell).route("default").isOnLink(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public RouteAssert isOnLink() {
        return that("be on the link", route -> route.nextHops().stream()
                .allMatch(hop -> hop.gateway().isEmpty()));
    }

    /**
     * Verifies that the route leads through an interface, or one of its next hops does where it has several.
     *
     * <pre>{@code
     * assertThat(stemcell).route("default").usesInterface("eth0"); // passes
     * assertThat(stemcell).route("default").usesInterface("eth1"); // fails
     * }</pre>
     *
     * @param device the name of the interface, as {@code eth0}
     * @return this assertion object
     */
    public RouteAssert usesInterface(String device) {
        Arguments.networkInterface(device);
        return thatHop("use the interface " + device, hop -> hop.device().equals(device));
    }

    /**
     * Verifies that the route has a metric.
     *
     * <pre>{@code
     * stemcell.exec("ip", "route", "replace", "198.51.100.192/26", "dev", "eth0", "metric", "50");
     * assertThat(stemcell).route("198.51.100.192/26").hasMetric(50); // passes
     * assertThat(stemcell).route("198.51.100.192/26").hasMetric(100); // fails
     * }</pre>
     *
     * @param metric the smaller, the more preferred
     * @return this assertion object
     */
    public RouteAssert hasMetric(long metric) {
        Arguments.number("a metric", metric, 0, 0xffff_ffffL);
        return that("have the metric " + metric, route -> route.metric() == metric);
    }

    private RouteAssert thatHop(String wanted, Predicate<NextHop> condition) {
        return that(wanted, route -> route.nextHops().stream().anyMatch(condition));
    }
}
