package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {

    @Test
    void writesWhatItReads() {
        assertThat(Subnet.parse("10.78.0.1/20")).hasToString("10.78.0.1/20");
    }

    @Test
    void countsAddressesFromItsStart() {
        Subnet subnet = Subnet.parse("10.78.16.1/20");

        assertThat(subnet.size()).isEqualTo(4096);
        assertThat(subnet.at(0).getHostAddress()).isEqualTo("10.78.16.0");
        assertThat(subnet.at(4095).getHostAddress()).isEqualTo("10.78.31.255");
    }

    @ParameterizedTest
    @CsvSource({
        "10.78.0.1/20, 10.78.15.9/24, true",
        "10.78.0.1/20, 10.78.16.1/20, false",
        "10.0.0.1/8, 10.78.16.1/20, true",
        "10.78.16.1/20, 10.0.0.1/8, true",
        "192.168.1.1/32, 192.168.1.2/32, false"
    })
    void knowsWhatItOverlaps(String one, String other, boolean overlaps) {
        assertThat(Subnet.parse(one).overlaps(Subnet.parse(other))).isEqualTo(overlaps);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.78.0.1", "10.78.0/20", "fd00::1/64", "auto", "10.78.0.1/x"})
    void refusesWhatIsNoSubnet(String text) {
        assertThatThrownBy(() -> Subnet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "'" + text + "' is no IPv4 subnet; write the gateway's address and the prefix: 10.78.0.1/24");
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThatThrownBy(() -> Subnet.parse("10.78.0.256/24"))
                .hasMessage("'10.78.0.256/24' is no IPv4 subnet: 256 is above 255");
        assertThatThrownBy(() -> Subnet.parse("10.78.0.1/33"))
                .hasMessage("The prefix of a subnet is between 1 and 32, but this is 33");
    }

    @Test
    void keepsRoomForGuestsOfBothKinds() {
        assertThat(ManagedNetwork.dhcpRange(Subnet.parse("10.78.0.1/20"))).isEqualTo("10.78.8.0-10.78.15.254");
        assertThatThrownBy(() -> ManagedNetwork.parse("10.78.0.1/30"))
                .hasMessage("The subnet 10.78.0.1/30 from incus.stemcell.network.subnet is too small: its prefix may be"
                        + " at most 28, and 20 is a good choice");
    }
}
