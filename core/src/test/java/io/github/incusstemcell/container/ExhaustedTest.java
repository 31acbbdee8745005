package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.NetworkInfo;
import java.net.Inet4Address;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon that has run out of something, or from which it was taken in the middle of a run. */
@Timeout(240)
class ExhaustedTest {

    private final String name =
            "ist-" + UUID.randomUUID().toString().replace("-", "").substring(0, 9);
    private final Incus incus = Incus.connect();

    @AfterEach
    void delete() {
        incus.networks().find(name).ifPresent(network -> incus.networks().delete(name));
        incus.storagePools().find(name).ifPresent(pool -> incus.storagePools().delete(name));
        incus.close();
    }

    private NetworkInfo network() {
        return incus.networks()
                .create(
                        name,
                        Map.of(
                                "ipv4.address",
                                "10.252.7.1/28",
                                "ipv4.dhcp.ranges",
                                "10.252.7.8-10.252.7.14",
                                "ipv6.address",
                                "none"),
                        "A test");
    }

    @Test
    void addressesAreGivenToTheLastOneAndGivenAgain() {
        NetworkAttachment attachment = new NetworkAttachment(incus, network(), true, false);
        Set<String> given = new TreeSet<>();
        for (int i = 0; i < 6; i++) {
            given.add(attachment
                    .take(Optional.empty(), "a container")
                    .orElseThrow()
                    .getHostAddress());
        }

        assertThat(given).hasSize(6).doesNotContain("10.252.7.1", "10.252.7.15");
        assertThatThrownBy(() -> attachment.take(Optional.empty(), "a container"))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("No address is free for a container in the lower half of 10.252.7.1/28, the subnet of the"
                        + " network '" + name + "' on " + incus.endpoint() + ": 6 are in use by this process. Name a"
                        + " larger network with incus.stemcell.network");
        Inet4Address back = Subnet.parse("10.252.7.1/28").at(4);
        attachment.release(back);
        assertThat(attachment.take(Optional.empty(), "a container")).contains(back);
    }

    @Test
    void aNetworkThatIsGoneIsTold() {
        network();
        ContainerSpec spec = TestMachine.spec().toBuilder().network(name).build();
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            stemcells.launch(spec).close();
            incus.networks().delete(name);

            assertThatThrownBy(() -> stemcells.launch(spec))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith("The network '" + name + "' does not exist on " + incus.endpoint());
        }
    }

    @Test
    void aNetworkOfOursThatIsGoneIsMadeAgain() {
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            stemcells.launch(TestMachine.spec()).close();
            // Of runs that were killed.
            stemcells.sweep();
            incus.networks().list().stream()
                    .filter(network -> network.config().containsKey("user.incus-stemcell.network"))
                    .forEach(network -> incus.networks().delete(network.name()));

            try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
                assertThat(stemcell.exec("hostname", "-I").stdout())
                        .contains(stemcell.address().getHostAddress());
            }
        }
    }

    @Test
    void aPoolThatIsGoneIsTold() {
        incus.storagePools().create(name, "dir", Map.of(), "A test");
        ContainerSpec spec =
                TestMachine.spec().toBuilder().network(ContainerSpec.NO_NETWORK).build();
        try (Stemcells stemcells = TestMachine.stemcells().storagePool(name).connect()) {
            stemcells.prepare(spec);
            incus.storagePools().delete(name);

            assertThatThrownBy(() -> stemcells.launch(spec))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Cannot create a container of " + TestMachine.image() + ": the storage pool " + name
                            + " is not there any more. Create it again with: incus storage create " + name
                            + " btrfs, or name another one by incus.stemcell.storage-pool");
        }
    }

    @Test
    void aPoolThatIsFullIsTold() {
        incus.storagePools().create(name, "btrfs", Map.of("size", "256MiB"), "A test");
        ContainerSpec spec =
                TestMachine.spec().toBuilder().network(ContainerSpec.NO_NETWORK).build();
        try (Stemcells stemcells = TestMachine.stemcells().storagePool(name).connect()) {
            assertThatThrownBy(() -> stemcells.launch(spec))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith("Cannot create a container of " + TestMachine.image())
                    .hasMessageEndingWith("If they are large enough, the pool is full.");
        }
    }
}
