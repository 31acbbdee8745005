package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits that the daemon takes, on a machine that can enforce them, and on one that cannot. */
class LimitCheckTest {

    private static final String OWNER = "limited";
    private static final String POOL = "it-without-quotas";

    private static Stemcells stemcells;
    private static String controllers;

    @BeforeAll
    static void connect() {
        stemcells = TestMachine.stemcells().requireLimits().connect();
        try (StemcellContainer any = stemcells.launch(TestMachine.spec())) {
            controllers =
                    any.files().readString("/sys/fs/cgroup/cgroup.controllers").strip();
        }
    }

    @AfterAll
    static void close() {
        stemcells.close();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(TestMachine.instancesOf(OWNER)).isEmpty();
    }

    @Test
    void ofMemoryAreInForceOrAnError() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .owner(OWNER)
                .limits(Limits.NONE.withMemory("512MiB"))
                .build();
        if (controllers.contains("memory")) {
            try (StemcellContainer stemcell = stemcells.launch(spec)) {
                assertThat(stemcell.files().readString("/proc/meminfo")).contains("524288 kB");
            }
        } else {
            assertThatThrownBy(() -> stemcells.launch(spec))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage(
                            "The limit limits.memory=512MiB of the container for limited is not in force: containers of"
                                    + " that machine have no cgroup controller 'memory', "
                                    + (controllers.isEmpty() ? "nor any other" : "but " + controllers)
                                    + ". See there: incus warning list. Take another machine, or where that does not matter, set"
                                    + " incus.stemcell.limits.unenforced=warn");
            assertThatThrownBy(() -> stemcells.launch(TestMachine.spec().toBuilder()
                            .owner(OWNER)
                            .config("limits.processes", "100")
                            .build()))
                    .hasMessageStartingWith("The limit limits.processes=100 of ");
        }
    }

    @Test
    void ofTheRootDiskAreInForce() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .owner(OWNER)
                .limits(Limits.NONE.withDisk("700MiB"))
                .build();

        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(stemcell.shell("head -c 700M /dev/zero >/much").stderr()).contains("Disk quota exceeded");
        }
    }

    @Test
    void ofTheRootDiskAreAnErrorInAPoolWithoutQuotas() {
        try (Incus incus = Incus.connect()) {
            incus.storagePools().create(POOL, "dir", Map.of(), "of a test");
            try {
                ContainerSpec spec = TestMachine.spec().toBuilder()
                        .owner(OWNER)
                        .location(Location.DEFAULT.withStoragePool(POOL))
                        .device("root", Map.of("size", "700MiB"))
                        .build();

                assertThatThrownBy(() -> stemcells.launch(spec))
                        .hasMessageStartingWith(
                                "The limit size=700MiB of the root disk of the container for limited is not"
                                        + " in force: its storage pool has no quotas,");
            } finally {
                incus.storagePools().delete(POOL);
            }
        }
    }

    @Test
    void ofTheRootDiskAreAnErrorWhereBtrfsHasGivenUpCounting() throws Exception {
        try (UncountedPool pool = UncountedPool.create()) {
            try (StemcellContainer counted = stemcells.launch(pool.spec().build())) {
                pool.giveUpCounting(counted);

                assertThatThrownBy(() -> stemcells.launch(pool.spec().build()))
                        .isInstanceOf(IncusStemcellException.class)
                        .hasMessage(
                                "The limit size=700MiB of the root disk of the container for limited is not in force: the btrfs of its"
                                        + " storage pool has given up counting, as newer kernels do once a large container was deleted, and did not"
                                        + " count anew within 15s: " + pool.flag()
                                        + " is 1. There, 'btrfs quota rescan' of the pool's folder counts"
                                        + " anew, and 8 in drop_subtree_threshold, beside that file, keeps it counting until it is mounted again."
                                        + " Take another machine, or where that does not matter, set incus.stemcell.limits.unenforced=warn");
                try (Stemcells warning = TestMachine.stemcells().connect();
                        StemcellContainer warned = warning.launch(pool.spec().build())) {
                    assertThat(warned.exec("true").exitCode()).isZero();
                }
                Map<String, String> root =
                        Map.of("type", "disk", "path", "/", "pool", UncountedPool.NAME, "size", "800MiB");
                assertThatThrownBy(() -> counted.devices().set("root", root))
                        .hasMessageStartingWith(
                                "The size of the disk 'root' of '" + counted.name()
                                        + "' was not changed, since it could not be enforced: the btrfs of its storage pool has given up");
                assertThat(TestMachine.instancesOf(OWNER)).singleElement().satisfies(guest -> assertThat(
                                guest.devices().get("root"))
                        .containsEntry("size", "700MiB"));
            }
        }
    }

    @Test
    void ofTheRootDiskAreWaitedForWhereBtrfsCountsAnew() throws Exception {
        try (UncountedPool pool = UncountedPool.create()) {
            try (StemcellContainer counted = stemcells.launch(pool.spec().build())) {
                pool.giveUpCounting(counted);
                pool.countAgain();

                Map<String, String> root =
                        Map.of("type", "disk", "path", "/", "pool", UncountedPool.NAME, "size", "800MiB");
                counted.devices().set("root", root);

                assertThat(counted.shell("head -c 900M /dev/zero >/much").stderr())
                        .contains("Disk quota exceeded");
                assertThat(counted.files().stat("/much").size()).isBetween(200L << 20, 800L << 20);
            }
        }
    }
}
