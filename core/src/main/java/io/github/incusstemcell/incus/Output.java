package io.github.incusstemcell.incus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
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
     * @param stream where they were printed; not null
     * @param buffer holds the bytes, from index 0; used again after this call; not null
     * @param length how many there are, at least one
     * @throws IOException if they cannot be taken: the command is killed then
     */
    void accept(Stream stream, byte[] buffer, int length) throws IOException;

    /**
     * Hears that a stream has ended. Does nothing unless implemented.
     *
     * @param stream the stream; not null
     * @throws IOException if what is left cannot be taken
     */
    default void end(Stream stream) throws IOException {}

    /**
     * Writes both streams into one, as the bytes come. Does not close it.
     *
     * @param target where to write; not null
     * @return the output; never null
     */
    static Output combined(OutputStream target) {
        return to(target, target);
    }

    /**
     * Writes each stream into one of its own. Does not close them.
     *
     * @param stdout where to write what is printed to stdout; not null
     * @param stderr where to write what is printed to stderr; not null
     * @return the output; never null
     */
    static Output to(OutputStream stdout, OutputStream stderr) {
        return (stream, buffer, length) -> (stream == Stream.STDOUT ? stdout : stderr).write(buffer, 0, length);
    }

    /**
     * Hands on whole lines, decoded as UTF-8, without their ends; a last line that has no end, too.
     *
     * @param listener hears the stream and the line; not null
     * @return the output, for one command; never null
     */
    static Output lines(BiConsumer<Stream, String> listener) {
        return new Lines(listener);
    }

    /** Cuts bytes into lines. */
    final class Lines implements Output {

        private final BiConsumer<Stream, String> listener;
        private final Map<Stream, ByteArrayOutputStream> unfinished = new EnumMap<>(Stream.class);

        private Lines(BiConsumer<Stream, String> listener) {
            this.listener = listener;
            for (Stream stream : Stream.values()) {
                unfinished.put(stream, new ByteArrayOutputStream());
            }
        }

        @Override
        public void accept(Stream stream, byte[] buffer, int length) {
            ByteArrayOutputStream line = unfinished.get(stream);
            int start = 0;
            for (int i = 0; i < length; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, start, i - start);
                    hand(stream, line);
                    start = i + 1;
                }
            }
            line.write(buffer, start, length - start);
        }

        @Override
        public void end(Stream stream) {
            ByteArrayOutputStream line = unfinished.get(stream);
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
