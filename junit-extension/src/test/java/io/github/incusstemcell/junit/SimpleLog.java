package io.github.incusstemcell.junit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** What is logged while something is done: the simple logger looks up the stream for each line. */
public final class SimpleLog {

    private SimpleLog() {}

    public static String of(Runnable action) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true));
        try {
            action.run();
        } finally {
            System.setErr(before);
        }
        return log.toString();
    }
}
