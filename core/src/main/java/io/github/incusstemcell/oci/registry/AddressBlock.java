package io.github.incusstemcell.oci.registry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A block of IP addresses in CIDR notation, as {@code NO_PROXY} may name them. */
record AddressBlock(byte[] address, int prefixLength) {

    /** Only what the JVM takes for an address by itself: anything else of digits and dots it would ask a name server for. */
    private static final Pattern IPV4 =
            Pattern.compile("(?:OCTET\\.){3}OCTET".replace("OCTET", "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"));

    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:][0-9a-fA-F:.]*:[0-9a-fA-F:.]*|:[0-9a-fA-F:.]*");

    static Optional<AddressBlock> parse(String text) {
        int slash = text.indexOf('/');
        String length = text.substring(slash + 1);
        byte[] address = literal(text.substring(0, slash));
        if (address == null || !length.matches("[0-9]{1,3}") || Integer.parseInt(length) > address.length * 8) {
            return Optional.empty();
        }
        return Optional.of(new AddressBlock(address, Integer.parseInt(length)));
    }

    /** {@return the block of one address, with brackets or without; nothing where the text is none} */
    static Optional<AddressBlock> single(String text) {
        return Optional.ofNullable(literal(text.replaceAll("[\\[\\]]", "")))
                .map(address -> new AddressBlock(address, address.length * 8));
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

    private static byte @Nullable [] literal(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
