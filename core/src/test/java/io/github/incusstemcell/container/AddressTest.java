package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Addresses of a test's own choice, and networks that have none to give. */
class AddressTest {

    private static Stemcells stemcells;
    private static Incus incus;
    private static String network;
    private static Subnet subnet;

    @BeforeAll
    static void connect() {
        stemcells = TestMachine.stemcells().connect();
        incus = Incus.connect();
        subnet = freeSubnet();
        network = network(Map.of("ipv4.address", subnet.toString(), "ipv4.nat", "false"));
    }

    @AfterAll
    static void close() {
        stemcells.close();
        incus.networks().delete(network);
        incus.close();
    }

    @Test
    void canBeChosen() {
        String wanted = subnet.at(77).getHostAddress();

        try (StemcellContainer stemcell =
                stemcells.launch(onNetwork().toBuilder().address(wanted).build())) {
            assertThat(stemcell.address().getHostAddress()).isEqualTo(wanted);
            assertThat(stemcell.exec("hostname", "-I").stdout()).contains(wanted);
            assertTaken(wanted, stemcell);
        }
        // It is free again.
        stemcells.launch(onNetwork().toBuilder().address(wanted).build()).close();
    }

    /** By another container of this process, and of another. */
    private static void assertTaken(String wanted, StemcellContainer holder) {
        ContainerSpec same =
                onNetwork().toBuilder().address(wanted).owner("WebTest.two").build();
        assertThat(catchThrowable(() -> stemcells.launch(same)))
                .isInstanceOf(IncusStemcellException.class)
                .message()
                .matches("The address " + wanted + " cannot be given to the container 'ic-\\w+' for WebTest\\.two: the"
                        + " container '" + holder.name()
                        + "' for WebTest\\.one has it\\. Give each its own; or, if tests run"
                        + " in parallel that want the same, run them one after the other with @Execution\\(SAME_THREAD\\)"
                        + " or @ResourceLock");
        try (Stemcells other = TestMachine.stemcells().connect()) {
            assertThat(catchThrowable(() -> other.launch(same)))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("The address " + wanted + " on the network '" + network + "' of "
                            + TestMachine.endpoint() + " is in use by another container."
                            + " Choose another one, or see who has it with: incus network list-leases " + network);
        }
    }

    @Test
    void areOutOfTheQuestionBeyondTheSubnet() {
        for (String wanted : new String[] {
            "192.0.2.7", subnet.at(1).getHostAddress(), subnet.at(255).getHostAddress()
        }) {
            assertThat(catchThrowable(() -> stemcells.launch(
                            onNetwork().toBuilder().address(wanted).build())))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("No container can be given the address " + wanted + " on the network '" + network
                            + "' of " + TestMachine.endpoint() + ", since that network's subnet is " + subnet
                            + ". Choose an address between " + subnet.at(1).getHostAddress() + " and "
                            + subnet.at(254).getHostAddress() + " other than the gateway's, "
                            + subnet.at(1).getHostAddress() + ", or name another network with network = \"...\"");
        }
        assertThat(catchThrowable(() -> onNetwork().toBuilder().address("ten").build()))
                .hasMessage("'ten' is no IPv4 address; write for example 10.78.0.50");
    }

    @Test
    void areNotForContainersWithoutANetwork() {
        ContainerSpec spec =
                TestMachine.spec().toBuilder().network(ContainerSpec.NO_NETWORK).build();

        assertThat(catchThrowable(() ->
                        stemcells.launch(spec.toBuilder().address("10.1.2.3").build())))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("There is to be no network for the container, so it cannot have the address 10.1.2.3."
                        + " Remove one of the two");
        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(catchThrowable(stemcell::address))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("The container '" + stemcell.name()
                            + "' was started without a network, so it has no address");
            assertThat(stemcell.exec("ls", "/sys/class/net").stdout()).isEqualTo("lo\n");
        }
    }

    @Test
    void areNotWaitedForOnANetworkWithoutIpv4() {
        String bare = network(Map.of("ipv4.address", "none"));
        ContainerSpec spec = TestMachine.spec().toBuilder().network(bare).build();
        try {
            try (StemcellContainer stemcell = stemcells.launch(spec)) {
                assertThat(catchThrowable(stemcell::address))
                        .isInstanceOf(IncusStemcellException.class)
                        .hasMessage("The container '" + stemcell.name() + "' has no IPv4 address, since the network '"
                                + bare + "' that it is on has none (ipv4.address=none)");
            }
            assertThat(catchThrowable(() -> stemcells.launch(
                            spec.toBuilder().address("10.1.2.3").build())))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("No container can be given the address 10.1.2.3 on the network '" + bare + "' of "
                            + TestMachine.endpoint() + ", which is a bridge without IPv4. Leave the address out, or"
                            + " name with network = \"...\" a bridge that has an IPv4 subnet");
        } finally {
            incus.networks().delete(bare);
        }
    }

    @Test
    void areChosenWhereThereIsNoDhcp() {
        Subnet other = freeSubnet();
        String still = network(Map.of("ipv4.address", other.toString(), "ipv4.dhcp", "false"));
        ContainerSpec spec = TestMachine.spec().toBuilder().network(still).build();
        try {
            try (StemcellContainer stemcell = stemcells.launch(
                    spec.toBuilder().address(other.at(9).getHostAddress()).build())) {
                assertThat(stemcell.address()).isEqualTo(other.at(9));
                assertThat(stemcell.exec("hostname", "-I").stdout())
                        .contains(other.at(9).getHostAddress());
            }
            try (StemcellContainer stemcell = stemcells.launch(spec)) {
                assertThat(catchThrowable(stemcell::address))
                        .isInstanceOf(IncusStemcellException.class)
                        .hasMessage("The container '" + stemcell.name() + "' has no IPv4 address, since the network '"
                                + still
                                + "' that it is on has no DHCP (ipv4.dhcp=false). Choose one for it with address"
                                + " = \"...\"");
            }
        } finally {
            incus.networks().delete(still);
        }
    }

    @Test
    void comeByDhcpInAProjectThatForbidsMore() {
        String project = "isc-test-other";
        String wanted = subnet.at(88).getHostAddress();
        incus.projects().create(project, Map.of("features.images", "true", "restricted", "true"), "A test");
        try (Stemcells own = TestMachine.stemcells().connect();
                StemcellContainer stemcell = own.launch(onNetwork().toBuilder()
                        .location(Location.DEFAULT.withProject(project))
                        .address(wanted)
                        .build())) {
            assertThat(incus.project(project).instances().list())
                    .extracting(InstanceInfo::name)
                    .containsExactly(stemcell.name());
            assertThat(stemcell.exec("hostname", "-I").stdout()).contains(wanted);
            assertThat(stemcell.address().getHostAddress()).isEqualTo(wanted);

            own.removeAll();

            assertThat(incus.project(project).instances().list()).isEmpty();
        } finally {
            Incus other = incus.project(project);
            other.images().list().forEach(image -> other.images().delete(image.fingerprint()));
            incus.projects().delete(project);
        }
        ContainerSpec gone = TestMachine.spec().toBuilder().owner("WebTest.one").build();
        assertThat(catchThrowable(() -> stemcells.launch(gone.toBuilder()
                        .location(Location.DEFAULT.withProject("nowhere"))
                        .build())))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("The project 'nowhere' of the container for WebTest.one does not exist on "
                        + TestMachine.endpoint() + ". Create it with: incus project create nowhere");
    }

    private static ContainerSpec onNetwork() {
        return TestMachine.spec().toBuilder()
                .network(network)
                .owner("WebTest.one")
                .build();
    }

    private static String network(Map<String, String> config) {
        String name = "ist-" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 50), 36);
        Map<String, String> all = new HashMap<>(config);
        all.put("ipv6.address", "none");
        return incus.networks().create(name, all, "A test").name();
    }

    /** Beyond those that the library itself chooses from. */
    private static Subnet freeSubnet() {
        for (int third = 0; third < 256; third++) {
            Subnet candidate = Subnet.parse("10.251." + third + ".1/24");
            if (ManagedNetwork.taken(incus).stream()
                    .noneMatch(taken -> taken.subnet().overlaps(candidate))) {
                return candidate;
            }
        }
        throw new AssertionError("10.251.0.0/16 is full");
    }
}
