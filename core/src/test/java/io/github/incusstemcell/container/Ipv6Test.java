package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import java.net.Inet6Address;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines with IPv6, on the real Incus. */
class Ipv6Test {

    private static final String OWNER = "Ipv6Test";

    private static Stemcells stemcells;
    private static PrivateNetwork network;
    private static StemcellContainer stemcell;
    private static StemcellContainer other;

    @BeforeAll
    static void launch() {
        stemcells = TestMachine.stemcells().networkIpv6(true).connect();
        network = stemcells.createNetwork(OWNER);
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .owner(OWNER)
                .network(network.name())
                .build();
        stemcell = stemcells.launch(spec);
        other = stemcells.launch(spec);
    }

    @AfterAll
    static void close() {
        if (stemcell != null) {
            stemcell.close();
        }
        if (other != null) {
            other.close();
        }
        if (network != null) {
            network.close();
        }
        stemcells.close();
    }

    @Test
    void talkToEachOtherAndToThisMachine() throws Exception {
        assertThat(reaches(stemcell, other)).isTrue();
        assertThat(reaches(other, stemcell)).isTrue();
        assertThat(stemcell.exec("ping", "-6", "-c", "1", "-W", "1", "::1").isSuccess())
                .isTrue();
        assertThat(stemcell.address6().isReachable(1000)).isTrue();
    }

    @Test
    void haveALinkLocalAddressAndAGlobalOneOfOurs() {
        assertThat(stemcell.address6().getHostAddress()).startsWith("fd");
        assertThat(stemcell.address6()).isNotEqualTo(other.address6());
        assertThat(stemcell.shell("ip -6 address show dev eth0 scope link").stdout())
                .contains("inet6 fe80:");
        assertThat(stemcell.shell("ip -6 address show dev eth0 scope global | grep -c inet6")
                        .stdout())
                .isEqualTo("1\n");
    }

    @Test
    void haveItAfterARestart() {
        Inet6Address before = stemcell.address6();

        stemcell.restart();

        assertThat(stemcell.address6()).isEqualTo(before);
        assertThat(reaches(other, stemcell)).isTrue();
    }

    @Test
    void areCutOffByBothProtocols() {
        stemcell.network().cut(other);

        assertThat(reaches(stemcell, other)).isFalse();
        assertThat(stemcell.exec("ping", "-c", "1", "-W", "1", other.address().getHostAddress())
                        .isSuccess())
                .isFalse();

        stemcell.network().heal();

        assertThat(reaches(stemcell, other)).isTrue();
    }

    @Test
    void getItOnTheBridgeThatAllRunsShareToo() {
        try (StemcellContainer shared =
                stemcells.launch(TestMachine.spec().toBuilder().owner(OWNER).build())) {
            assertThat(shared.address6().getHostAddress()).startsWith("fd");
        }
    }

    @Test
    void doNotMakeARouterOfTheMachine() {
        try (Incus incus = Incus.connect()) {
            assertThat(incus.networks().find(network.name()).orElseThrow().config())
                    .containsEntry("ipv6.routing", "false");
        }
    }

    @Test
    void haveNoneWhereNobodyAsksForIt() {
        try (Stemcells without = TestMachine.stemcells().connect();
                StemcellContainer plain = without.launch(
                        TestMachine.spec().toBuilder().owner(OWNER).build())) {
            assertThatThrownBy(plain::address6)
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("The container '" + plain.name()
                            + "' has no IPv6 address. Set incus.stemcell.network.ipv6=true for one");
            assertThat(plain.exec("ip", "-6", "address").stdout()).isEmpty();
        }
    }

    @Test
    void takeTheirPrefixFromDaemonAndSubnet() {
        assertThat(UniqueLocalAddress.of("0123456789abcdef", Subnet.parse("10.120.80.1/20")))
                .isEqualTo("fd01:2345:6789:7850::1/64");
        assertThat(GuestIpv6.of("fd01:2345:6789:7850::1/64", Subnet.address("10.120.95.233")))
                .satisfies(guest ->
                        assertThat(guest.address().getHostAddress()).isEqualTo("fd01:2345:6789:7850:0:0:a78:5fe9"))
                .satisfies(guest -> assertThat(guest.prefix()).isEqualTo(64));
    }

    private static boolean reaches(StemcellContainer from, StemcellContainer to) {
        return from.exec(
                        "ping",
                        "-6",
                        "-c",
                        "3",
                        "-i",
                        "0.5",
                        "-W",
                        "1",
                        to.address6().getHostAddress())
                .isSuccess();
    }
}
