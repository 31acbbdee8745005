package io.github.incusstemcell.junit.assertj;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** Addresses as the kernel prints them, and as people do. */
final class Addresses {

    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private Addresses() {}

    /** Words of four bytes in the order of the machine, which is little endian: /proc/net/tcp has them so. */
    static String ofWords(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int word = 0; word < bytes.length; word += 4) {
            for (int i = 0; i < 2; i++) {
                byte other = bytes[word + i];
                bytes[word + i] = bytes[word + 3 - i];
                bytes[word + 3 - i] = other;
            }
        }
        return ofBytes(bytes);
    }

    /** Whether a text is an address in numbers. */
    static boolean isAddress(String text) {
        return text.indexOf(':') >= 0 || text.matches("[0-9.]+");
    }

    /** Bytes in the order of the network. */
    static String ofBytes(byte[] bytes) {
        if (isMapped(bytes)) {
            return "::ffff:" + ofBytes(Arrays.copyOfRange(bytes, 12, 16));
        }
        try {
            return bytes.length == 4
                    ? InetAddress.getByAddress(bytes).getHostAddress()
                    : shortened(Inet6Address.getByAddress("", bytes, -1).getHostAddress());
        } catch (UnknownHostException e) {
            throw AssertionErrors.of(
                    "Expecting an address of 4 or 16 bytes\n  but was: "
                            + HexFormat.of().formatHex(bytes),
                    e);
        }
    }

    /** Whether it is one of IPv4 in the form of IPv6, ::ffff:0:0/96, which Java makes one of IPv4 of. */
    private static boolean isMapped(byte[] bytes) {
        return bytes.length == 16 && Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
    }

    /** With the longest run of zeros left out, as RFC 5952 has it. */
    private static String shortened(String address) {
        for (int zeros = 8; zeros > 1; zeros--) {
            String text = address.replaceFirst("(^|:)0(:0){" + (zeros - 1) + "}(:|$)", "::");
            if (!text.equals(address)) {
                return text;
            }
        }
        return address;
    }

    /** Refuses names; the same address in the one text that it has here. */
    static String plain(String address) {
        if (!Objects.requireNonNull(address, "address").matches("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException("Not an address in numbers: '" + address + "'");
        }
        String plain = ofBytes(bytes(address));
        return address.contains(":") && !plain.contains(":") ? "::ffff:" + plain : plain;
    }

    /** An address with the length of a prefix behind it, both checked: the same in the one text that it has here. */
    static String withPrefix(String text) {
        int slash = text.indexOf('/');
        String address = plain(text.substring(0, Math.max(0, slash)));
        String prefix = text.substring(slash + 1);
        int bits = address.contains(":") ? 128 : 32;
        if (!prefix.matches("\\d{1,3}") || Integer.parseInt(prefix) > bits) {
            throw new IllegalArgumentException("Not the length of a prefix, 0 to " + bits + ": '" + text + "'");
        }
        return address + "/" + Integer.parseInt(prefix);
    }

    /** The same of a network, beyond whose prefix there is nothing: no table has others. */
    static String network(String text) {
        String network = withPrefix(text);
        int slash = network.indexOf('/');
        byte[] bytes = bytes(network.substring(0, slash));
        int prefix = Integer.parseInt(network.substring(slash + 1));
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) {
                throw new IllegalArgumentException(
                        "Not a network, but an address in one, since there are bits beyond its prefix: '" + text + "'");
            }
        }
        return network;
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("Not an address in numbers: '" + address + "'", e);
        }
    }
}
