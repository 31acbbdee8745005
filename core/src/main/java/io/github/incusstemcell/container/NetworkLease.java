package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.Deadline;
import java.net.Inet4Address;
import java.util.Optional;

/**
 * What a container has of its network, until it gives it back.
 *
 * @param network how it is attached to it; empty for a container without a network
 * @param address what it was given; empty where DHCP gives it one
 */
record NetworkLease(Optional<NetworkAttachment> network, Optional<Inet4Address> address) {

    /**
     * @param wanted the address, if it has to be a certain one
     * @param user who takes it, for messages
     */
    static NetworkLease take(Optional<NetworkAttachment> network, Optional<Inet4Address> wanted, String user) {
        return new NetworkLease(network, network.flatMap(attachment -> attachment.take(wanted, user)));
    }

    void release() {
        address.ifPresent(taken -> network.orElseThrow().release(taken));
    }

    /** The address of a container that has not been booted. */
    GuestAddress beforeBoot(Instance instance) {
        return network.flatMap(
                        attachment -> attachment.known(address).map(known -> reached(attachment, known, instance)))
                .orElseGet(() -> GuestAddress.none("was not booted by its start, so its address is not known"));
    }

    /** The address of one that is up, which is waited for where only DHCP knows it. */
    GuestAddress afterBoot(Instance instance, Deadline deadline) {
        return network.map(attachment -> reached(
                        attachment,
                        attachment.known(address).orElseGet(() -> GuestAddress.byDhcp(instance, deadline)),
                        instance))
                .orElseGet(() -> GuestAddress.none("was started without a network, so it has no address"));
    }

    private static GuestAddress reached(NetworkAttachment attachment, GuestAddress known, Instance instance) {
        return attachment.withIpv6(known).by(attachment.routes(), instance);
    }
}
