package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.internal.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/** A pool whose btrfs gives up counting what quotas are of, as it does by itself on newer kernels once a large container was deleted. */
final class UncountedPool implements AutoCloseable {

    static final String NAME = "it-uncounted";

    private final Incus incus = Incus.connect();
    private Path quotas = Path.of("");

    static UncountedPool create() {
        UncountedPool pool = new UncountedPool();
        // What was deleted is counted only at a commit, which comes every 30 s by default.
        pool.incus
                .storagePools()
                .create(
                        NAME,
                        "btrfs",
                        Map.of("size", "3GiB", "btrfs.mount_options", "user_subvol_rm_allowed,commit=1"),
                        "of a test");
        return pool;
    }

    ContainerSpecBuilder spec() {
        return TestMachine.spec().toBuilder()
                .owner("limited")
                .location(Location.DEFAULT.withStoragePool(NAME))
                .limits(Limits.NONE.withDisk("700MiB"));
    }

    String flag() {
        return quotas.resolve("inconsistent").toString();
    }

    /** Has it no longer count trees that are deleted, and deletes one. */
    void giveUpCounting(StemcellContainer counted) throws IOException, InterruptedException {
        quotas = quotasOf(counted);
        Files.writeString(quotas.resolve("drop_subtree_threshold"), "0");
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            stemcells.launch(spec().build()).close();
        }
        Deadline deadline = Deadline.in(Duration.ofSeconds(60));
        while (!Files.readString(quotas.resolve("inconsistent")).strip().equals("1")) {
            Files.writeString(quotas.resolve("drop_subtree_threshold"), "0");
            assertThat(deadline.pause()).as("it has deleted the container").isTrue();
        }
    }

    /** dev/incus has it count anew then, within some seconds. */
    void countAgain() throws IOException {
        Files.writeString(quotas.resolve("drop_subtree_threshold"), "8");
    }

    private static Path quotasOf(StemcellContainer guest) throws IOException {
        String device =
                guest.shell("findmnt -no SOURCE --nofsroot /").stdout().strip().replace("/dev/", "");
        try (Stream<Path> fileSystems = Files.list(Path.of("/sys/fs/btrfs"))) {
            return fileSystems
                    .filter(fileSystem ->
                            Files.exists(fileSystem.resolve("devices").resolve(device)))
                    .findFirst()
                    .orElseThrow()
                    .resolve("qgroups");
        }
    }

    @Override
    public void close() {
        try (incus) {
            incus.storagePools().delete(NAME);
        }
    }
}
