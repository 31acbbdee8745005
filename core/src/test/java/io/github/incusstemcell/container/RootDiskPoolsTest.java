package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.StoragePools.StoragePool;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The storage pool that is made where none clones images. */
class RootDiskPoolsTest {

    private Incus incus;
    private RootDiskPools pools;

    @BeforeEach
    void connect() {
        incus = Incus.connect();
        pools = new RootDiskPools(incus, Optional.empty(), Optional.of("300MiB"));
    }

    @AfterEach
    void delete() {
        incus.storagePools().delete(RootDiskPools.OURS);
        incus.close();
    }

    @Test
    void isOfBtrfsAndAsLargeAsWanted() {
        assertThat(pools.create("300MiB")).isEqualTo("incus-stemcell");

        StoragePool made = incus.storagePools().find("incus-stemcell").orElseThrow();
        assertThat(made.driver()).isEqualTo("btrfs");
        assertThat(made.config()).containsEntry("size", "300MiB");
        assertThat(pools.fastest()).as("one that has been there before").isNotEqualTo("incus-stemcell");
    }

    @Test
    void isUsedWhereAnotherProcessHasMadeIt() {
        pools.create("300MiB");

        assertThat(pools.create("300MiB")).isEqualTo("incus-stemcell");
    }

    @Test
    void isNotMadeWhereThereIsAnotherThatClonesImages() {
        assertThat(pools.fastest()).isNotEqualTo("incus-stemcell");

        assertThat(incus.storagePools().find("incus-stemcell")).isEmpty();
    }

    @Test
    void saysWhyItCannotBeMade() {
        assertThatThrownBy(() -> pools.create("1MiB"))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith("Cannot create a storage pool of btrfs with 1MiB on ")
                .hasMessageEndingWith("Its machine needs btrfs-progs and the space; or set"
                        + " incus.stemcell.storage.create=false, and name a pool by incus.stemcell.storage-pool");
        assertThat(incus.storagePools().find("incus-stemcell")).isEmpty();
    }
}
