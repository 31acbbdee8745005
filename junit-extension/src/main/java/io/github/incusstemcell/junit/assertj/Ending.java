package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.systemd.Unit;
import java.util.function.Predicate;

/**
 * How the last run of a unit ended. Only what can be so may be asked for, or what stands for no value at all would be found.
 *
 * @param wanted how messages name it, behind "to"
 * @param holds whether it did
 */
record Ending(String wanted, Predicate<Unit> holds) {

    private static final int LAST_CODE = 255;
    private static final int LAST_SIGNAL = 64;

    /** The result of a unit that never ran is success, too. */
    static Ending result(String result) {
        Arguments.text(result);
        return new Ending(
                "have the result " + result,
                unit -> unit.result().orElse("").equals(result)
                        && unit.invocationId().isPresent());
    }

    static Ending exit(int code) {
        if (code < 0 || code > LAST_CODE) {
            throw new IllegalArgumentException("Not an exit code, 0 to " + LAST_CODE + ": " + code);
        }
        return new Ending("have exited with " + code, unit -> unit.exitCode().orElse(-1) == code);
    }

    static Ending kill(int signal) {
        if (signal < 1 || signal > LAST_SIGNAL) {
            throw new IllegalArgumentException("Not the number of a signal, 1 to " + LAST_SIGNAL + ": " + signal);
        }
        return new Ending(
                "have been killed by signal " + signal, unit -> unit.signal().orElse(-1) == signal);
    }
}
