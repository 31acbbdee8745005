package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RoutesTest {

    /** To fc00::/64 by the interface 2 from a network of fc01:: with a prefix of so many bits. */
    private static Routes route(int source) {
        ByteBuffer message = ByteBuffer.allocate(60).order(ByteOrder.LITTLE_ENDIAN);
        message.put(new byte[] {10, 64, (byte) source, 0, (byte) 254, 4, 0, 1}).putInt(0);
        message.putShort((short) 20).putShort((short) 1).put((byte) 0xfc).position(message.position() + 15);
        if (source > 0) {
            message.putShort((short) 20)
                    .putShort((short) 2)
                    .putShort((short) 0x1fc)
                    .position(message.position() + 14);
        }
        message.putShort((short) 8).putShort((short) 4).putInt(2);
        return Routes.of("c1", HexFormat.of().formatHex(message.array(), 0, message.position()) + "\nend\nend\n");
    }

    /** Guests of the tests have no IPv6 to try it. */
    @Test
    void whatIsForPacketsFromSomeAddressesOnlyIsNoWayForOthers() {
        assertThat(route(0).to("fc00::/64")).isPresent();
        assertThat(route(48).to("fc00::/64")).isEmpty();
        assertThat(route(48).words()).isEqualTo("none");
    }

    /** To a network by an interface, as the kernel tells it. */
    private static String route(boolean ofIpv6, int metric, int device) {
        ByteBuffer message = ByteBuffer.allocate(60).order(ByteOrder.LITTLE_ENDIAN);
        int bytes = ofIpv6 ? 16 : 4;
        message.put(new byte[] {(byte) (ofIpv6 ? 10 : 2), (byte) (bytes * 4), 0, 0, (byte) 254, 4, 0, 1})
                .putInt(0);
        message.putShort((short) (4 + bytes)).putShort((short) 1).put((byte) 0xfc);
        message.position(message.position() + bytes - 1);
        message.putShort((short) 8).putShort((short) 4).putInt(device);
        message.putShort((short) 8).putShort((short) 6).putInt(metric);
        return HexFormat.of().formatHex(message.array(), 0, message.position()) + "\n";
    }

    /** An interface and its name. */
    private static String link(int index, String name) {
        ByteBuffer message = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(4, index).position(16);
        message.putShort((short) 8).putShort((short) 3).put(name.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(message.array()) + "\n";
    }

    @Test
    void ofSeveralRoutesOfIpv6WithTheLowestMetricEachIsTaken() {
        String links = "end\n" + link(2, "hv0\0") + link(3, "hv1\0") + link(4, "hv2\0") + "end\n";
        Routes ofIpv6 = Routes.of("c1", route(true, 256, 3) + route(true, 256, 2) + route(true, 257, 4) + links);
        Routes ofIpv4 = Routes.of("c1", route(false, 256, 3) + route(false, 256, 2) + links);

        assertThat(ofIpv6.to("fc00::/64").orElseThrow().words())
                .isEqualTo("fc00::/64 metric 256 nexthop dev hv1 nexthop dev hv0");
        assertThat(ofIpv6.to("fc01::/64")).isEmpty();
        assertThat(ofIpv4.to("252.0.0.0/16").orElseThrow().words()).isEqualTo("252.0.0.0/16 dev hv1 metric 256");
    }
}
