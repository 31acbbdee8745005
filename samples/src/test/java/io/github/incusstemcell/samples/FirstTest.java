package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The first step of docs/tutorial.md. */
@IncusStemcell
class FirstTest {

    @Test
    void boots(StemcellContainer stemcell) {
        ExecResult user = stemcell.exec("id", "--user", "--name").requireSuccess();

        assertThat(user.stdout()).isEqualTo("root\n");
        assertThat(stemcell).systemd().isRunning();
        assertThat(stemcell).unit("systemd-journald").isActive();
    }

    @RepeatedTest(2)
    void startsWithAFreshMachine(StemcellContainer stemcell) {
        assertThat(stemcell).file("/root/left-over").doesNotExist();

        stemcell.files().writeString("/root/left-over", "by the test before");
    }
}
