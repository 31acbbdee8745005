package io.github.incusstemcell.junit.assertj;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** Addresses as the kernel prints them, and as people do. */
final class Addresses {

    private Addresses() {}

    /** Words of four bytes in the order of the machine, which is little endian: /proc/net/tcp and /proc/net/route have them so. */
    static String ofWords(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int word = 0; word < bytes.length; word += 4) {
            for (int i = 0; i < 2; i++) {
                byte other = bytes[word + i];
                bytes[word + i] = bytes[word + 3 - i];
                bytes[word + 3 - i] = other;
            }
        }
        return text(bytes);
    }

    /** Bytes in the order of the network: /proc/net/ipv6_route has them so. */
    static String ofBytes(String hex) {
        return text(HexFormat.of().parseHex(hex));
    }

    private static String text(byte[] bytes) {
        try {
            return bytes.length == 4
                    ? InetAddress.getByAddress(bytes).getHostAddress()
                    : shortened(Inet6Address.getByAddress("", bytes, -1).getHostAddress());
        } catch (UnknownHostException e) {
            throw new AssertionError(
                    "Expecting an address of 4 or 16 bytes under /proc/net\n  but was: "
                            + HexFormat.of().formatHex(bytes),
                    e);
        }
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
        if (!address.matches("[0-9a-fA-F:.]+")) {
            throw new IllegalArgumentException("Not an address in numbers: '" + address + "'");
        }
        try {
            return text(InetAddress.getByName(address).getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("Not an address in numbers: '" + address + "'", e);
        }
    }
}
