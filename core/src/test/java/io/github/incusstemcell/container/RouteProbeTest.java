package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.IncusException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class RouteProbeTest {

    @Test
    void tellsWhetherThisJvmCanConnectToAGuest() throws UnknownHostException {
        try (Stemcells stemcells = TestMachine.stemcells().connect();
                StemcellContainer stemcell = stemcells.launch(
                        TestMachine.spec().toBuilder().owner("RouteProbeTest").build())) {
            Inet4Address address = stemcell.address();
            assertThat(stemcell.isRoutable()).isTrue();
            assertThat(new RouteProbe(stemcell.open(), address).isRoutable()).hasValue(true);

            // An address that this machine has, too: somebody may even answer there, but not the guest.
            Inet4Address other = (Inet4Address) InetAddress.getByName("127.0.0.1");
            assertThat(new RouteProbe(stemcell.open(), other).isRoutable()).hasValue(false);

            stemcell.shell(
                            "nft add table inet cut && nft 'add chain inet cut in { type filter hook input priority 0; }'"
                                    + " && nft add rule inet cut in iifname eth0 drop")
                    .requireSuccess();
            assertThat(new RouteProbe(stemcell.open(), address).isRoutable()).hasValue(false);

            stemcell.stop();
            assertThatThrownBy(() -> new RouteProbe(stemcell.open(), address).isRoutable())
                    .isInstanceOf(IncusException.class);
            assertThat(stemcell.isRoutable()).isTrue();
        }
    }
}
