package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.systemd.SystemState;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Faults of the network between two machines, and to this one, on the real Incus. */
class NetworkFaultsTest {

    private static Stemcells stemcells;
    private static StemcellContainer stemcell;
    private static StemcellContainer other;

    @BeforeAll
    static void launch() {
        stemcells = TestMachine.stemcells().connect();
        stemcell = stemcells.launch(
                TestMachine.spec().toBuilder().owner("NetworkFaultsTest").build());
        other = stemcells.launch(
                TestMachine.spec().toBuilder().owner("NetworkFaultsTest").build());
    }

    @AfterAll
    static void close() {
        if (stemcell != null) {
            stemcell.close();
        }
        if (other != null) {
            other.close();
        }
        stemcells.close();
    }

    @AfterEach
    void undo() {
        stemcell.undoFaults();
    }

    @Test
    void cutsOffEverybodyAndHeals() throws IOException {
        assertThat(reaches(stemcell, other)).isTrue();

        stemcell.network().cut();

        assertThat(reaches(stemcell, other)).isFalse();
        assertThat(reaches(other, stemcell)).isFalse();
        assertThat(isReachableFromHere(stemcell)).isFalse();
        assertThat(stemcell.shell("ping -c 1 -W 1 127.0.0.1").exitCode()).isZero();
        assertThat(stemcell.files().readString("/proc/sys/kernel/hostname").strip())
                .isEqualTo(stemcell.name());
        assertThat(stemcell.systemd().state()).isEqualTo(SystemState.RUNNING);

        stemcell.network().heal();

        assertThat(reaches(stemcell, other)).isTrue();
        assertThat(reaches(other, stemcell)).isTrue();
        assertThat(isReachableFromHere(stemcell)).isTrue();
    }

    @Test
    void tellsNeitherSideOfACut() {
        stemcell.network().cut();

        assertThat(stemcell.shell("timeout 1 bash -c '</dev/tcp/"
                                + other.address().getHostAddress() + "/22'")
                        .exitCode())
                .as("124 is that of a timeout")
                .isEqualTo(124);
    }

    @Test
    void cutsOffOneMachineOnly() throws IOException {
        stemcell.network().cut(other);

        assertThat(reaches(stemcell, other)).isFalse();
        assertThat(reaches(other, stemcell)).isFalse();
        assertThat(isReachableFromHere(stemcell)).isTrue();
        assertThat(isReachableFromHere(other)).isTrue();
    }

    @Test
    void losesPacketsOfBothDirectionsByChance() {
        stemcell.network().loss(100);

        assertThat(reaches(other, stemcell)).isFalse();

        stemcell.network().loss(30.5);

        assertThat(stemcell.exec("nft", "list", "table", "netdev", "incus_stemcell_faults")
                        .stdout())
                .containsOnlyOnce("hook ingress")
                .containsOnlyOnce("hook egress")
                .contains("numgen random mod 100000 < 30500 drop")
                .doesNotContain("100000 drop");
        String received = other.shell(
                        "ping -q -c 200 -i 0.002 -W 1 " + stemcell.address().getHostAddress())
                .stdout();
        assertThat(received).doesNotContain(" 0% packet loss").doesNotContain(" 100% packet loss");
    }

    @Test
    void delaysPacketsOrSaysThatTheKernelCannot() {
        String netem = stemcell.shell("tc qdisc add dev lo root netem delay 1ms && tc qdisc del dev lo root")
                .stderr();
        if (netem.isEmpty()) {
            stemcell.network().delay(Duration.ofMillis(200), Duration.ofMillis(10));

            String ping = stemcell.shell("ping -q -c 1 " + other.address().getHostAddress())
                    .stdout();
            assertThat(Double.parseDouble(ping.replaceAll("(?s).*= ([0-9.]+)/.*", "$1")))
                    .isGreaterThan(180);
        } else {
            assertThatThrownBy(() -> stemcell.network().delay(Duration.ofMillis(200)))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Delaying packets of '" + stemcell.name()
                            + "' failed, and nothing was changed: the kernel of the daemon's machine has no netem. Load it there"
                            + " with: modprobe sch_netem; where there is no such module, packets can be lost and cut off, but"
                            + " not delayed (" + netem.strip() + ")");
            assertThat(reaches(stemcell, other)).isTrue();
        }
    }

    @Test
    void takesBackAllOfThemAtOnceAndDoesNotMindAStoppedGuest() {
        stemcell.network().cut(other).loss(50);

        stemcell.undoFaults();

        assertThat(stemcell.exec("nft", "list", "ruleset").stdout()).doesNotContain("incus_stemcell_faults");

        stemcell.network().cut();
        stemcell.stop();
        stemcell.undoFaults();
        stemcell.boot();

        assertThat(reaches(stemcell, other)).isTrue();
    }

    @Test
    void saysWhatAGuestLacksForIt() {
        stemcell.shell("mv /usr/sbin/nft /usr/sbin/nft-away").requireSuccess();
        try {
            assertThatThrownBy(() -> stemcell.network().cut())
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Cutting the network of '" + stemcell.name()
                            + "' failed, and nothing was changed: the guest has no 'nft'. Install it with @Provision: the package"
                            + " nftables has nft, iproute2 has tc");
        } finally {
            stemcell.shell("mv /usr/sbin/nft-away /usr/sbin/nft").requireSuccess();
        }
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThatThrownBy(() -> stemcell.network().loss(0))
                .hasMessage("A network loses more than 0 and at most 100 percent of its packets, but not 0.0");
        assertThatThrownBy(() -> stemcell.network().loss(101)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> stemcell.network().loss(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> stemcell.network().delay(Duration.ZERO))
                .hasMessage(
                        "A delay is of a microsecond or more, and its jitter not larger, but these are PT0S and PT0S");
        assertThatThrownBy(() -> stemcell.network().delay(Duration.ofMillis(1), Duration.ofMillis(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean reaches(StemcellContainer from, StemcellContainer to) {
        return from.exec("ping", "-c", "1", "-W", "1", to.address().getHostAddress())
                .isSuccess();
    }

    private static boolean isReachableFromHere(StemcellContainer machine) throws IOException {
        return InetAddress.getByAddress(machine.address().getAddress()).isReachable(1000);
    }
}
