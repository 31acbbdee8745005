package io.github.incusstemcell.junit.assertj;

/**
 * A route of a guest.
 *
 * @param target where to, as {@code 10.0.0.0/8}
 * @param gateway the address by way of which; empty where it is on the link
 * @param device the interface
 * @param metric the smaller, the more preferred
 */
public record GuestRoute(String target, String gateway, String device, long metric) {

    /** As ip-route(8) says it. */
    String words() {
        return target + (gateway.isEmpty() ? "" : " via " + gateway) + " dev " + device + " metric " + metric;
    }
}
