package io.github.incusstemcell.incus;

import java.util.Set;

/** Permissions and special bits of a file, as they are written in Java: in octal, with a zero before them. */
public final class FileMode {

    /** The usual ones, as they read without that zero, and that mean nothing anybody would set: 644 is 01204. */
    private static final Set<Integer> DECIMAL = Set.of(
            440, 444, 544, 550, 555, 600, 640, 644, 660, 664, 666, 700, 710, 711, 740, 744, 750, 751, 755, 770, 775,
            777, 1755, 1770, 1775, 1777, 2700, 2750, 2755, 2770, 2775, 4700, 4750, 4755, 6755);

    private FileMode() {}

    /**
     * Refuses what is no mode, and what was probably meant to be octal.
     *
     * @param mode the mode
     * @return the same
     * @throws IllegalArgumentException if it is not 0 to 07777, or a usual mode whose zero was forgotten
     */
    public static int require(int mode) {
        if (DECIMAL.contains(mode)) {
            throw new IllegalArgumentException("Not a usual mode: " + mode + " is decimal, and 0"
                    + Integer.toOctalString(mode) + " in octal; write 0" + mode);
        }
        if (mode < 0 || mode > 07777) {
            throw new IllegalArgumentException("Not a mode, 0 to 07777: 0" + Integer.toOctalString(mode));
        }
        return mode;
    }
}
