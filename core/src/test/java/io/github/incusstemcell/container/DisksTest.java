package io.github.incusstemcell.container;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.StoragePools;
import io.github.incusstemcell.incus.StoragePools.StoragePool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Disks that come and go while a machine runs, on the real Incus. */
class DisksTest extends WithStemcell {

    private static final String OWNER = "DisksTest";

    @AfterEach
    void undo() {
        stemcell.undoFaults();
        assertThat(pools()).isEmpty();
    }

    @Test
    void isFullAsARealDiskIs() {
        stemcell.disks().attach("data", "128MiB", "/var/vcap/store");

        assertThat(df("size")).isEqualTo("134217728");
        ExecResult filled = stemcell.exec("dd", "if=/dev/zero", "of=/var/vcap/store/large", "bs=1M", "count=200");
        assertThat(filled.exitCode()).isEqualTo(1);
        assertThat(filled.stderr()).contains("No space left on device");
        assertThat(df("avail")).isEqualTo("0");

        stemcell.files().delete("/var/vcap/store/large");
        stemcell.files().writeString("/var/vcap/store/small", "fits");

        assertThat(stemcell.shell("df --output=source / /var/vcap/store | tail -2 | uniq | wc -l")
                        .stdout())
                .isEqualTo("2\n");
    }

    @Test
    void goesWhileItIsInUse() {
        stemcell.disks().attach("data", "128MiB", "/mnt/data");
        stemcell.exec("systemd-run", "--unit=user-of-disk", "sh", "-c", "exec sleep 1000 > /mnt/data/open")
                .requireSuccess();

        stemcell.disks().detach("data");

        assertThat(stemcell.exec("findmnt", "/mnt/data").isSuccess()).isFalse();
        assertThat(pools()).isEmpty();
        stemcell.exec("systemctl", "stop", "user-of-disk").requireSuccess();
    }

    @Test
    void staysOverAPowerCut() {
        stemcell.disks().attach("data", "128MiB", "/mnt/data");
        stemcell.files().writeString("/mnt/data/kept", "yes");

        stemcell.powerCut();
        assertThat(stemcell.state().status()).isEqualTo("Stopped");
        stemcell.boot();

        assertThat(stemcell.files().readString("/mnt/data/kept")).isEqualTo("yes");
    }

    @Test
    void isSlowWhereTheDaemonCanSeeToItOrSaysWhyNot() {
        stemcell.disks().attach("data", "128MiB", "/mnt/data");
        boolean enforced =
                stemcell.files().readString("/sys/fs/cgroup/cgroup.controllers").contains("io");
        if (enforced) {
            stemcell.disks().limit("data", "1MiB", "1MiB");

            ExecResult written =
                    stemcell.exec("dd", "if=/dev/zero", "of=/mnt/data/x", "bs=256K", "count=12", "oflag=direct");
            assertThat(written.duration()).isGreaterThan(Duration.ofSeconds(1));
        } else {
            assertThatThrownBy(() -> stemcell.disks().limit("data", "1MiB", "1MiB"))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageMatching("(?s).*Cannot apply disk limits as (blkio|IO) cgroup controller is missing.*");
        }
    }

    @Test
    void goesWithItsContainer() {
        StemcellContainer own =
                stemcells.launch(TestMachine.spec().toBuilder().owner(OWNER).build());
        own.disks().attach("data", "128MiB", "/mnt/data");
        assertThat(pools()).singleElement().satisfies(pool -> assertThat(pool.config())
                .containsEntry(Lease.OWNER, OWNER));

        own.close();

        assertThat(pools()).isEmpty();
    }

    @Test
    void takesNobodysPlaceThoughItCannotBeDeleted() throws Exception {
        try (Incus incus = Incus.connect();
                Stemcells one = TestMachine.stemcells().machines(1).connect()) {
            StoragePools volumes = incus.project(Placement.DEFAULT_PROJECT).storagePools();
            StemcellContainer own =
                    one.launch(TestMachine.spec().toBuilder().owner(OWNER).build());
            own.disks().attach("data", "128MiB", "/mnt/data");
            String pool = pools().get(0).name();
            volumes.createVolume(pool, "of-another");
            try {
                assertThatThrownBy(own::close)
                        .isInstanceOf(IncusException.class)
                        .hasMessageStartingWith("DELETE /1.0/storage-pools/" + pool);

                CompletableFuture.supplyAsync(() -> one.launch(TestMachine.spec()), task -> new Thread(task).start())
                        .get(1, MINUTES)
                        .close();
            } finally {
                volumes.deleteVolume(pool, "of-another");
                volumes.delete(pool);
            }
        }
    }

    @Test
    void goesWithAContainerThatAKilledProcessLeftAndStaysWithOneThatIsKept() {
        StemcellContainer own =
                stemcells.launch(TestMachine.spec().toBuilder().owner(OWNER).build());
        own.disks().attach("data", "128MiB", "/mnt/data");
        own.leaveRunning();
        changeLease(own.name(), Map.of(Lease.PID, "1", Lease.PID_START_TICKS, "0"));

        TestMachine.stemcells().connect().close();
        assertThat(pools()).hasSize(1);

        changeLease(own.name(), Map.of(Lease.KEPT, "false"));
        TestMachine.stemcells().connect().close();
        assertThat(pools()).isEmpty();
        assertThat(TestMachine.instancesOf(OWNER)).extracting("name").containsExactly(stemcell.name());
    }

    @Test
    void refusesWhatCannotBeMeant() {
        Disks disks = stemcell.disks();
        assertThatThrownBy(() -> disks.attach("data", "64MiB", "/mnt/data"))
                .hasMessage(
                        "'64MiB' is too small for a disk: it gets a btrfs of its own, which takes 109MiB at least. Write for"
                                + " example 128MiB; or mount a tmpfs of that size in the guest");
        assertThatThrownBy(() -> disks.attach("data", "large", "/mnt/data"))
                .hasMessage("'large' is no size of a disk; write for example 128MiB");
        assertThatThrownBy(() -> disks.attach("data", "1GiB", "mnt"))
                .hasMessage("'mnt' is no absolute path for a disk; write for example /var/vcap/store");
        assertThatThrownBy(() -> disks.attach("a b", "1GiB", "/mnt/data"))
                .hasMessage("'a b' is no name for a disk; write letters, digits, dashes and underscores, at most 27");
        assertThatThrownBy(() -> disks.attach("root", "1GiB", "/mnt/data"))
                .hasMessage("The container '" + stemcell.name()
                        + "' has a device 'root' already; give the disk another name");
        assertThatThrownBy(() -> disks.detach("data"))
                .hasMessage("The container '" + stemcell.name() + "' has no disk 'data' to detach; attached are: []");
        assertThatThrownBy(() -> disks.limit("eth0", "1MiB", "1MiB"))
                .hasMessage("The container '" + stemcell.name() + "' has no disk 'eth0' to limit");
    }

    private static String df(String field) {
        return stemcell.shell("df --block-size=1 --output=" + field + " /var/vcap/store | tail -1")
                .stdout()
                .strip();
    }

    private static void changeLease(String container, Map<String, String> keys) {
        try (Incus incus = Incus.connect()) {
            incus.project(Placement.DEFAULT_PROJECT).instance(container).updateConfig(keys);
            pools().forEach(pool -> incus.storagePools().updateConfig(pool.name(), keys));
        }
    }

    private static List<StoragePool> pools() {
        try (Incus incus = Incus.connect()) {
            return incus.storagePools().list().stream()
                    .filter(pool -> OWNER.equals(pool.config().get(Lease.OWNER)))
                    .toList();
        }
    }
}
