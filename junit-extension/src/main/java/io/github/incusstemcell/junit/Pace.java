package io.github.incusstemcell.junit;

import java.time.Duration;

/**
 * How long starts and the tests that use their containers take, of late, and how many containers are worth starting ahead by that. Not
 * thread-safe.
 */
final class Pace {

    /** How much the last one counts against all before. */
    private static final double WEIGHT = 0.3;

    /** No test is so short that more than this many starts would fit into it. */
    private static final double SHORTEST = 1e-3;

    private double start = Double.NaN;
    private double use = Double.NaN;

    /** A container was created and has booted. */
    void started(Duration time) {
        start = average(start, time);
    }

    /** A test had a container. */
    void used(Duration time) {
        use = average(use, time);
    }

    private static double average(double before, Duration time) {
        double seconds = time.toNanos() / 1e9;
        return Double.isNaN(before) ? seconds : WEIGHT * seconds + (1 - WEIGHT) * before;
    }

    /**
     * As many as tests take up while one starts: then no test waits. But no more than can start at once, as more would only slow down each
     * other, unless more tests run than that.
     *
     * @param running how many tests have a container
     * @param atOnce how many containers can start at once
     * @return at least 1
     */
    int ahead(int running, int atOnce) {
        int tests = Math.max(1, running);
        if (Double.isNaN(start) || Double.isNaN(use)) {
            return tests;
        }
        double each = Math.ceil(start / Math.max(SHORTEST, use));
        return (int) Math.min(tests * each, Math.max(tests, atOnce));
    }
}
