package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;

/** A test cannot have its container for the same reason as one before it, which tells it in full. */
final class RepeatedFailureException extends IncusStemcellException {

    private static final int LONGEST = 300;

    RepeatedFailureException(Throwable failure, String first) {
        super("The same as for " + first + ", which tells all of it: " + line(String.valueOf(failure.getMessage())));
    }

    private static String line(String message) {
        String line = message.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }

    static boolean is(Throwable failure) {
        return failure instanceof RepeatedFailureException || failure.getCause() instanceof RepeatedFailureException;
    }

    /** The place in the code is that of the first one. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
