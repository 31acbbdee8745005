package io.github.incusstemcell.junit.assertj;

import java.util.Objects;

/**
 * Assertions on the route to one network, of several on the preferred one, as {@code /proc/net} has them. Where there is none all of them
 * fail but {@link #doesNotExist()}. {@link #satisfies} is given the {@link GuestRoute}.
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

    /** {@return this, where there is such a route} */
    public RouteAssert exists() {
        return that("exist", route -> true);
    }

    /** {@return this, where there is no such route} */
    public RouteAssert doesNotExist() {
        return isAbsent("not exist");
    }

    /**
     * Verifies the gateway.
     *
     * @param address its address in numbers
     * @return this
     */
    public RouteAssert goesVia(String address) {
        String wanted = Addresses.plain(address);
        return that("go via " + address, route -> route.gateway().equals(wanted));
    }

    /** {@return this, where it needs no gateway} */
    public RouteAssert isOnLink() {
        return that("be on the link", route -> route.gateway().isEmpty());
    }

    /**
     * Verifies the interface.
     *
     * @param device the name of the interface, as {@code eth0}
     * @return this
     */
    public RouteAssert usesInterface(String device) {
        Arguments.networkInterface(device);
        return that("use the interface " + device, route -> route.device().equals(device));
    }

    /**
     * Verifies the metric.
     *
     * @param metric the smaller, the more preferred
     * @return this
     */
    public RouteAssert hasMetric(long metric) {
        Arguments.number("a metric", metric, 0, 0xffff_ffffL);
        return that("have the metric " + metric, route -> route.metric() == metric);
    }
}
