package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Provision;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A package that is installed once, for all tests of this run and of later ones. */
@IncusStemcell
class ProvisionedTest {

    private static final String PACKAGE = "src/test/resources/greeter";

    @Provision(version = "1", files = PACKAGE)
    static void install(StemcellContainer stemcell) {
        stemcell.files().copyTo(Path.of(PACKAGE), "/tmp/greeter");
        stemcell.exec("dpkg-deb", "--root-owner-group", "--build", "/tmp/greeter")
                .requireSuccess();
        stemcell.exec("dpkg", "--install", "/tmp/greeter.deb").requireSuccess();
        stemcell.exec("systemctl", "enable", "greeter.service").requireSuccess();
    }

    @Test
    void startsWithTheMachine(StemcellContainer stemcell) {
        assertThat(stemcell).packageNamed("greeter").isInstalled();
        assertThat(stemcell).unit("greeter.service").isEnabled().isActive();
    }

    @Test
    void greetsByTheNameOfItsOwnMachine(StemcellContainer stemcell) {
        assertThat(stemcell)
                .within(ofSeconds(10))
                .journal()
                .ofUnit("greeter.service")
                .contains("hello from " + stemcell.name());
    }
}
