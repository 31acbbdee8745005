package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that are modes, and some that look like it. */
class FileModeTest {

    @ParameterizedTest
    @ValueSource(ints = {644, 755, 600, 1777, 4755})
    void refusesOneWhoseZeroWasForgotten(int mode) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileMode.require(mode))
                .withMessage("Not a usual mode: " + mode + " is decimal, and 0" + Integer.toOctalString(mode)
                        + " in octal; write 0" + mode);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 0400, 0440, 0444, 0500, 0550, 0555, 0600, 0620, 0640, 0644, 0660, 0664, 0666, 0700, 0710, 0711, 0750,
                0755, 0770, 0775, 0777, 01777, 02755, 02775, 04755, 06755, 07777
            })
    void takesTheUsualOnes(int mode) {
        assertThat(FileMode.require(mode)).isEqualTo(mode);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 010000})
    void refusesWhatIsNone(int mode) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileMode.require(mode))
                .withMessage("Not a mode, 0 to 07777: 0" + Integer.toOctalString(mode));
    }
}
