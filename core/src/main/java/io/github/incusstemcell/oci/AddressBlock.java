package io.github.incusstemcell.oci;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** A block of IP addresses in CIDR notation, as {@code NO_PROXY} may name them. */
record AddressBlock(byte[] address, int prefixLength) {

    static Optional<AddressBlock> parse(String text) {
        int slash = text.indexOf('/');
        String length = text.substring(slash + 1);
        byte[] address = literal(text.substring(0, slash));
        if (address == null || !length.matches("[0-9]{1,3}") || Integer.parseInt(length) > address.length * 8) {
            return Optional.empty();
        }
        return Optional.of(new AddressBlock(address, Integer.parseInt(length)));
    }

    /** Whether the host is an address, not a name, and in this block. Never asks a name server. */
    boolean contains(String host) {
        byte[] other = literal(host.replaceAll("[\\[\\]]", ""));
        if (other == null || other.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < prefixLength; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((address[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] literal(String text) {
        if (!text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
