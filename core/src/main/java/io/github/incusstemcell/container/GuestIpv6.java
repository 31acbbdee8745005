package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Instance;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The IPv6 address of a guest's {@code eth0}: the prefix of its network, with its IPv4 address at the end, which nobody else there has.
 *
 * @param address the address
 * @param prefix the length of the prefix, at most 96
 */
record GuestIpv6(Inet6Address address, int prefix) {

    private static final int IPV4_BYTES = 4;

    /**
     * @param cidr the network's own address and prefix, as Incus writes them
     */
    static GuestIpv6 of(String cidr, Inet4Address ipv4) {
        int slash = cidr.indexOf('/');
        try {
            byte[] bytes = InetAddress.getByName(cidr.substring(0, slash)).getAddress();
            System.arraycopy(ipv4.getAddress(), 0, bytes, bytes.length - IPV4_BYTES, IPV4_BYTES);
            return new GuestIpv6(
                    (Inet6Address) InetAddress.getByAddress(bytes), Integer.parseInt(cidr.substring(slash + 1)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + cidr + "' is no IPv6 subnet", e);
        }
    }

    /**
     * Has the guest use it. A stemcell switches IPv6 off when it boots (60-bosh-sysctl.conf), and its agent on again for a network that has
     * it. Nobody is asked whether somebody else has the address, which would take a second.
     *
     * @throws IncusStemcellException if the guest cannot
     */
    void bringUp(Instance instance) {
        String conf = "/proc/sys/net/ipv6/conf";
        ExecResult result = instance.exec(Command.shell("echo 0 > " + conf + "/default/disable_ipv6"
                + " && echo 0 > " + conf + "/all/disable_ipv6"
                + " && echo 0 > " + conf + "/eth0/addr_gen_mode"
                + " && ip -6 address replace " + address.getHostAddress() + "/" + prefix + " dev eth0 nodad"));
        if (!result.isSuccess()) {
            throw new IncusStemcellException(
                    "The container '" + instance.name() + "' could not be given the IPv6 address "
                            + address.getHostAddress() + ": " + result.stderr().strip()
                            + ". It needs iproute2, and a kernel with IPv6; or leave incus.stemcell.network.ipv6 out");
        }
    }
}
