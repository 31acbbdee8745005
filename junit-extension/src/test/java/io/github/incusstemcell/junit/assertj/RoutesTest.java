package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
}
