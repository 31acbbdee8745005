package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Starts that LXC refuses. */
class StartFailureTest extends WithStemcells {

    private static final String OPTION = "raw.lxc";
    private static final String NO_PROGRAM = "lxc.init.cmd = /nonexistent/init";
    private static final String REASON =
            "exit status 1 (400). LXC says: No such file or directory - Failed to exec \"/nonexistent/init\"; ";

    @Test
    void saysWhyANewContainerWasRefused() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .owner("refused")
                .config(OPTION, NO_PROGRAM)
                .build();

        assertThat(catchThrowable(() -> stemcells.launch(spec)))
                .isInstanceOf(IncusException.class)
                .hasMessageContaining(REASON);
        assertThat(TestMachine.instancesOf("refused")).isEmpty();
    }

    @Test
    void saysWhyAStoppedContainerWasRefused() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec());
                Incus incus = Incus.connect()) {
            stemcell.snapshot("clean");
            incus.project(Placement.DEFAULT_PROJECT).instance(stemcell.name()).updateConfig(Map.of(OPTION, NO_PROGRAM));

            assertThat(catchThrowable(stemcell::restart)).hasMessageContaining(REASON);
            assertThat(catchThrowable(stemcell::boot)).hasMessageContaining(REASON);
        }
    }
}
