package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.systemd.SystemState;
import io.github.incusstemcell.systemd.Systemd;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RestorePointTest {

    private static Stemcells stemcells;
    private static StemcellContainer stemcell;
    private static RestorePoint point;

    @BeforeAll
    static void launch() {
        stemcells = TestMachine.stemcells().connect();
        stemcell = stemcells.launch(
                TestMachine.spec().toBuilder().owner("RestorePointTest").build());
        stemcell.files().writeString("/root/kept", "yes");
        point = stemcell.restorePoint("clean");
    }

    @AfterAll
    static void close() {
        if (stemcell != null) {
            stemcell.close();
        }
        stemcells.close();
    }

    /** What a user of a container may leave it in. */
    enum Deed {
        NOTHING(guest -> {}),
        STOP(StemcellContainer::stop),
        PAUSE(StemcellContainer::pause),
        KILL(guest -> guest.exec("kill", "-s", "RTMIN+14", "1")),
        POWEROFF(guest -> guest.exec("systemctl", "--no-block", "poweroff")),
        REBOOT(guest -> guest.exec("systemctl", "--no-block", "reboot")),
        /** Without systemd's doing anything before it: so the daemon is soon busy with it. */
        REBOOT_AT_ONCE(guest -> guest.start(io.github.incusstemcell.incus.Command.of("systemctl", "reboot", "-ff"))),
        SNAPSHOT(guest -> guest.snapshot("own"));

        private final Consumer<StemcellContainer> deed;

        Deed(Consumer<StemcellContainer> deed) {
            this.deed = deed;
        }
    }

    @ParameterizedTest
    @EnumSource(Deed.class)
    void bringsBackWhateverWasDone(Deed deed) {
        stemcell.files().writeString("/root/dirt", "yes");
        deed.deed.accept(stemcell);

        point.restore();

        assertThat(stemcell.state().status()).isEqualTo("Running");
        assertThat(stemcell.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        assertThat(stemcell.files().exists("/root/kept")).isTrue();
        assertThat(stemcell.files().exists("/root/dirt")).isFalse();
    }

    @Test
    void findsSystemdOpenThoughAUserOfItClosedWhatHeWasGiven() {
        try (Systemd systemd = stemcell.systemd()) {
            assertThat(systemd.state()).isEqualTo(SystemState.RUNNING);
        }

        point.restore();

        assertThat(stemcell.systemd().state()).isEqualTo(SystemState.RUNNING);
    }
}
