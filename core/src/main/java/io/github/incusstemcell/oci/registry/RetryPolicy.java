package io.github.incusstemcell.oci.registry;

import java.time.Duration;

/**
 * How long a server is waited for, and how often it is asked again.
 *
 * @param connect for a connection to be made
 * @param read for the next bytes of an answer
 * @param attempts how often the same thing is asked for without any progress
 * @param firstPause between the first and the second attempt; doubles from there
 * @param longestPause the most that a pause can be, even where the server asks for more
 * @param stallWindow over this time a download must bring at least {@code stallBytes}
 * @param stallBytes less than this in a {@code stallWindow} counts as a broken connection
 */
public record RetryPolicy(
        Duration connect,
        Duration read,
        int attempts,
        Duration firstPause,
        Duration longestPause,
        Duration stallWindow,
        long stallBytes) {

    public static final RetryPolicy USUAL = new RetryPolicy(
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            5,
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            32 * 1024);

    /** The pause after the given number of attempts without progress, at least 1. */
    Duration pauseAfter(int attempt) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(attempt - 1, 20));
        return pause.compareTo(longestPause) > 0 ? longestPause : pause;
    }
}
