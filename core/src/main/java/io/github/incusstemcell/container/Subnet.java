package io.github.incusstemcell.container;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 subnet together with one address in it, as Incus writes it in {@code ipv4.address}: {@code 10.78.0.1/20}.
 *
 * @param address the address, as a number
 * @param prefix the length of the prefix, 1 to 32
 */
record Subnet(int address, int prefix) {

    private static final Pattern CIDR = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

    Subnet {
        if (prefix < 1 || prefix > 32) {
            throw new IllegalArgumentException("The prefix of a subnet is between 1 and 32, but this is " + prefix);
        }
    }

    /**
     * Reads {@code a.b.c.d/prefix}.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    static Subnet parse(String cidr) {
        Matcher matcher = CIDR.matcher(cidr);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + cidr + "' is no IPv4 subnet; write the gateway's address and the prefix: 10.78.0.1/24");
        }
        int address = 0;
        for (int group = 1; group <= 4; group++) {
            int octet = Integer.parseInt(matcher.group(group));
            if (octet > 255) {
                throw new IllegalArgumentException("'" + cidr + "' is no IPv4 subnet: " + octet + " is above 255");
            }
            address = address << 8 | octet;
        }
        return new Subnet(address, Integer.parseInt(matcher.group(5)));
    }

    /**
     * Reads {@code a.b.c.d}.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    static Inet4Address address(String ipv4) {
        try {
            return parse(ipv4 + "/32").ownAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + ipv4 + "' is no IPv4 address; write for example 10.78.0.50", e);
        }
    }

    /** Whether an address can be a guest's: in the subnet, and neither its own, nor the network's, nor that of the broadcast. */
    boolean hasRoomFor(Inet4Address guest) {
        int number = ByteBuffer.wrap(guest.getAddress()).getInt();
        int offset = number - (address & mask(prefix));
        return offset > 0 && offset < size() - 1 && number != address;
    }

    boolean overlaps(Subnet other) {
        int mask = mask(Math.min(prefix, other.prefix));
        return (address & mask) == (other.address & mask);
    }

    /** How many addresses there are, with those of the network itself and of the broadcast. */
    int size() {
        return 1 << (32 - prefix);
    }

    /** The address at a distance from the network's own. */
    Inet4Address at(int offset) {
        return toInetAddress((address & mask(prefix)) + offset);
    }

    /** Such as 255.255.240.0. */
    Inet4Address netmask() {
        return toInetAddress(mask(prefix));
    }

    /** The part in {@code a.b.c.d/prefix} before the slash. */
    Inet4Address ownAddress() {
        return toInetAddress(address);
    }

    private static int mask(int prefix) {
        return -1 << (32 - prefix);
    }

    private static Inet4Address toInetAddress(int address) {
        try {
            return (Inet4Address) InetAddress.getByAddress(
                    ByteBuffer.allocate(4).putInt(address).array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are always an IPv4 address", e);
        }
    }

    @Override
    public String toString() {
        return ownAddress().getHostAddress() + "/" + prefix;
    }
}
