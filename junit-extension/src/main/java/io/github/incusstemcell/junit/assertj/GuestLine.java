package io.github.incusstemcell.junit.assertj;

import java.nio.BufferUnderflowException;
import java.time.DateTimeException;
import java.util.function.Function;

/** Something that a guest says in a form of its own, and what is told where it does not have that form. */
final class GuestLine {

    private GuestLine() {}

    /**
     * Reads it.
     *
     * @param what what it should be, and where, as messages say it behind "Expecting "
     * @param reader fails with an exception about an index, an argument, a time or the end of a buffer where it is something else
     */
    static <T> T read(String what, String line, Function<String, T> reader) {
        try {
            return reader.apply(line);
        } catch (IndexOutOfBoundsException
                | IllegalArgumentException
                | DateTimeException
                | BufferUnderflowException e) {
            throw AssertionErrors.of("Expecting " + what + "\n  but was: " + line, e);
        }
    }
}
