package io.github.incusstemcell.incus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/**
 * Takes what a command prints while it runs. Called by one thread at a time, in the order in which the bytes of each
 * stream were printed; while it is busy the command waits.
 */
public interface Output {

    /** The two streams of a command. */
    enum Stream {
        /** Where it prints results. */
        STDOUT,
        /** Where it complains. */
        STDERR
    }

    /**
     * Takes bytes.
     *
     * @param stream where they were printed
     * @param buffer holds the bytes, from index 0; used again after this call
     * @param length how many there are, at least one
     * @throws IOException if they cannot be taken: the command is killed then
     */
    void accept(Stream stream, byte[] buffer, int length) throws IOException;

    /**
     * Hears that a stream has ended. Does nothing unless implemented.
     *
     * @param stream the stream
     * @throws IOException if what is left cannot be taken
     */
    default void end(Stream stream) throws IOException {}

    /**
     * Writes both streams into one, as the bytes come. Does not close it.
     *
     * @param target where to write
     * @return the output
     */
    static Output combined(OutputStream target) {
        return to(target, target);
    }

    /**
     * Writes each stream into one of its own. Does not close them.
     *
     * @param stdout where to write what is printed to stdout
     * @param stderr where to write what is printed to stderr
     * @return the output
     */
    static Output to(OutputStream stdout, OutputStream stderr) {
        return (stream, buffer, length) -> (stream == Stream.STDOUT ? stdout : stderr).write(buffer, 0, length);
    }

    /**
     * Hands on whole lines, decoded as UTF-8, without their ends; a last line that has no end, too. A line of more than 1 MiB comes in
     * pieces of about that length, as if they were lines.
     *
     * @param listener hears the stream and the line
     * @return the output, for one command
     */
    static Output lines(BiConsumer<Stream, String> listener) {
        return new Lines(listener);
    }

    /** Cuts bytes into lines. */
    final class Lines implements Output {

        private static final int LONGEST_LINE = 1 << 20;

        private final BiConsumer<Stream, String> listener;
        private final ByteArrayOutputStream unfinishedStdout = new ByteArrayOutputStream();
        private final ByteArrayOutputStream unfinishedStderr = new ByteArrayOutputStream();

        private Lines(BiConsumer<Stream, String> listener) {
            this.listener = listener;
        }

        private ByteArrayOutputStream unfinished(Stream stream) {
            return stream == Stream.STDOUT ? unfinishedStdout : unfinishedStderr;
        }

        @Override
        public void accept(Stream stream, byte[] buffer, int length) {
            int start = 0;
            for (int i = 0; i < length; i++) {
                if (buffer[i] == '\n') {
                    add(stream, buffer, start, i);
                    hand(stream, unfinished(stream));
                    start = i + 1;
                }
            }
            add(stream, buffer, start, length);
        }

        private void add(Stream stream, byte[] buffer, int start, int end) {
            ByteArrayOutputStream line = unfinished(stream);
            int from = start;
            while (from < end) {
                if (line.size() == LONGEST_LINE) {
                    handPiece(stream, line);
                }
                int part = Math.min(end - from, LONGEST_LINE - line.size());
                line.write(buffer, from, part);
                from += part;
            }
        }

        private void handPiece(Stream stream, ByteArrayOutputStream line) {
            byte[] bytes = line.toByteArray();
            int whole = wholeCharacters(bytes);
            line.reset();
            line.write(bytes, whole, bytes.length - whole);
            listener.accept(stream, new String(bytes, 0, whole, StandardCharsets.UTF_8));
        }

        /** {@return how many of the bytes there are up to a last character of UTF-8 of which some are missing} */
        private static int wholeCharacters(byte[] bytes) {
            for (int back = 1; back <= 3; back++) {
                int last = bytes[bytes.length - back] & 0xff;
                if (last >= 0xc0) {
                    int length = last >= 0xf0 ? 4 : last >= 0xe0 ? 3 : 2;
                    return length > back ? bytes.length - back : bytes.length;
                }
                if (last < 0x80) {
                    return bytes.length;
                }
            }
            return bytes.length;
        }

        @Override
        public void end(Stream stream) {
            ByteArrayOutputStream line = unfinished(stream);
            if (line.size() > 0) {
                hand(stream, line);
            }
        }

        /** A terminal ends its lines by two characters. */
        private void hand(Stream stream, ByteArrayOutputStream line) {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            listener.accept(stream, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        }
    }
}
