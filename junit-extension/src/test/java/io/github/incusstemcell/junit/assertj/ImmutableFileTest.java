package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** Only in a privileged container may root set the attribute. */
@IncusStemcell(config = "security.privileged=true")
class ImmutableFileTest {

    /** chattr(1) is not in every guest. */
    private static final String CHANGE = """
            open(my $file, "<", $ARGV[0]) or die $!;
            my $flags = pack("L", $ARGV[1]);
            ioctl($file, 0x40086602, $flags) or die $!;
            """;

    @Test
    void anImmutableFile(StemcellContainer stemcell) {
        stemcell.shell("echo 1 > /immutable; echo 1 > /mutable");
        stemcell.exec("perl", "-e", CHANGE, "/immutable", "16").requireSuccess();
        try {
            assertThat(stemcell).file("/immutable").isImmutable();
            assertThat(stemcell).file("/mutable").isNotImmutable();

            assertThat(message(
                            stemcell,
                            () -> assertThat(stemcell).file("/immutable").isNotImmutable()))
                    .isEqualTo("Expecting /immutable on NAME to not be immutable\n"
                            + "  but was: file, mode 0644, owner 0:0, 2 bytes, immutable");
            assertThat(message(
                            stemcell,
                            () -> assertThat(stemcell).file("/mutable").isImmutable()))
                    .isEqualTo("Expecting /mutable on NAME to be immutable\n"
                            + "  but was: file, mode 0644, owner 0:0, 2 bytes, not immutable");
            assertThat(message(
                            stemcell, () -> assertThat(stemcell).file("/none").isNotImmutable()))
                    .startsWith("Expecting /none on NAME to not be immutable\n  but it does not exist; in /: ");
        } finally {
            stemcell.exec("perl", "-e", CHANGE, "/immutable", "0").requireSuccess();
        }
    }

    @Test
    void ofAGuestThatIsPoweredOff(StemcellContainer stemcell) {
        stemcell.shell("echo 1 > /immutable; echo 1 > /mutable");
        stemcell.exec("perl", "-e", CHANGE, "/immutable", "16").requireSuccess();
        stemcell.stop();

        assertThat(stemcell).file("/immutable").isImmutable();
        assertThat(stemcell).file("/mutable").isNotImmutable();
        assertThat(message(
                        stemcell, () -> assertThat(stemcell).file("/immutable").isNotImmutable()))
                .isEqualTo("Expecting /immutable on NAME to not be immutable\n"
                        + "  but was: file, mode 0644, owner 0:0, 2 bytes, immutable");
    }
}
