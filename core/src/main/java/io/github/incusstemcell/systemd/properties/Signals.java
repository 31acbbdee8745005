package io.github.incusstemcell.systemd.properties;

import java.util.List;

/** Names of signals on the platforms that stemcells run on (signal(7)), as systemd says them: without SIG. */
final class Signals {

    private static final List<String> NAMES = List.of(
            ("0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU"
                            + " URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")
                    .split(" "));

    private Signals() {}

    static String name(long number) {
        return number > 0 && number < NAMES.size() ? NAMES.get((int) number) : Long.toString(number);
    }
}
