package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusConnectionException;
import io.github.incusstemcell.incus.NetworkInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateNetworkTest {

    private final String owner = "PrivateNetworkTest#" + UUID.randomUUID();
    private final AtomicBoolean created = new AtomicBoolean();

    @ParameterizedTest
    @ValueSource(strings = {"GET /1.0/networks", "GET /1.0/networks/isc-p"})
    void leavesNothingWhereTheLookAtWhatWasCreatedFails(String look, @TempDir Path folder) throws Exception {
        try (InFrontOfIncus front = new InFrontOfIncus(folder, request -> {
                    created.compareAndSet(false, request.startsWith("POST /1.0/networks"));
                    if (created.get()
                            && (request.startsWith(look + "?") || look.endsWith("-p") && request.startsWith(look))) {
                        throw new InFrontOfIncus.Lost();
                    }
                });
                Incus incus = Incus.connect(front.endpoint())) {
            Lease lease = Lease.ofThisProcess().of(owner);

            Throwable thrown =
                    catchThrowable(() -> PrivateNetwork.create(incus, Optional.empty(), lease, false, name -> {}));

            assertThat(created).isTrue();
            assertThat(thrown).isInstanceOf(IncusConnectionException.class).hasMessageStartingWith(look);
        }
        assertThat(networks()).isEmpty();
    }

    @Test
    void hasANameThatTheFirewallRuleForAllOurBridgesMatches() {
        try (Incus incus = Incus.connect();
                PrivateNetwork network = PrivateNetwork.create(
                        incus, Optional.empty(), Lease.ofThisProcess().of(owner), false, name -> {})) {
            assertThat(network.name()).startsWith(ManagedNetwork.NAME_PREFIX).hasSizeLessThanOrEqualTo(15);
        }
    }

    private List<NetworkInfo> networks() {
        try (Incus incus = Incus.connect()) {
            return incus.networks().list().stream()
                    .filter(network -> owner.equals(network.config().get(Lease.OWNER)))
                    .toList();
        }
    }
}
