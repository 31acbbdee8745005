package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.Test;

/** What the image itself says, before its first boot and with nothing laid over it. */
@IncusStemcell(scope = Scope.PER_CLASS, boot = false)
class StemcellImageSpecTest {

    @Test
    void noMachineHasItsHostKeysFromTheImage(StemcellContainer stemcell) {
        assertThat(stemcell).files("/etc/ssh/ssh_host_*").doNotExist();
    }

    @Test
    void noMachineHasItsIdFromTheImage(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/machine-id").content().isBlank();
    }

    @Test
    void nobodyGetsInWithoutAPassword(StemcellContainer stemcell) {
        assertThat(stemcell).users().haveNoEmptyPasswords();
    }
}
