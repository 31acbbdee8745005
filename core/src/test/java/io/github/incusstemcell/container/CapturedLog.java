package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** What is logged until it is closed: the log of tests goes to where System.err leads at that moment. */
final class CapturedLog implements AutoCloseable {

    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final PrintStream before = System.err;
    private final Written written = new Written();

    CapturedLog() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    /** {@return all of it} */
    String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    /** {@return the lines with that in them} */
    List<String> lines(String part) {
        return text().lines().filter(line -> line.contains(part)).toList();
    }

    /** Waits for what another thread writes. */
    void await(String pattern) throws InterruptedException {
        written.await(Pattern.compile(pattern));
    }

    @Override
    public void close() {
        System.setErr(before);
    }

    private static final class Written extends ByteArrayOutputStream {

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            notifyAll();
        }

        synchronized void await(Pattern pattern) throws InterruptedException {
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (!pattern.matcher(toString(StandardCharsets.UTF_8)).find()) {
                long millis = (end - System.nanoTime()) / 1_000_000;
                assertThat(millis)
                        .as(pattern + " in " + toString(StandardCharsets.UTF_8))
                        .isPositive();
                wait(millis);
            }
        }
    }
}
