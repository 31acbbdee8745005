package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.agent.Release;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What docs/agent.md shows. It is compiled only, and the test private therefore: there is no such release around this project. */
final class AgentCalls {

    private AgentCalls() {}

    static void deploy(StemcellContainer stemcell) {
        Release release = Release.of(Path.of(".."));
        stemcell.agent().deploy(release.job("web").withProperty("greeting", "hello"), release.job("visitor"));
    }

    @IncusStemcell(agent = true)
    private static class WebJobTest {

        private static final Release RELEASE = Release.of(Path.of(".."));

        @Test
        void runs(StemcellContainer stemcell) {
            stemcell.agent().deploy(RELEASE.job("web").withProperty("greeting", "hello"));

            assertThat(stemcell).agent().isRunning();
            assertThat(stemcell).agent().process("web").isRunning();
            assertThat(stemcell).file("/var/vcap/sys/log/web/web.log").contains("listening");
        }
    }
}
