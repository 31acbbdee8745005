package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.Release;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** These tests have no JRuby, as most users' have none. */
class ReleaseWithoutJRubyTest {

    @Test
    void saysWhatToAddToTheBuild() {
        Release.prepare();

        assertThatThrownBy(() -> Release.of(Path.of("../samples/src/test/resources/greeter-release")))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage(
                        "A release is read and its templates are rendered by JRuby, which is not on the class path. Add"
                                + " org.jruby:jruby-complete:9.4.12.0 to the dependencies of the tests, or deploy rendered templates"
                                + " with JobSpec.rendered(...)");
    }
}
