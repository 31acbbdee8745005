package io.github.incusstemcell;

import java.time.Duration;

/**
 * Is told how far a piece of work is, often and from any thread.
 *
 * <p>What is shown, and how rarely, is the listener's business; it must return at once and not throw.
 */
@FunctionalInterface
public interface Progress {

    /**
     * Says how far a piece of work is. The last report of a piece of work has {@code done} equal to its total.
     *
     * @param what the work in words for a reader, the same in every report of one piece of work
     * @param done how much is done, mostly in bytes; never less than 0
     * @param total how much there is to do in the same unit; 100 where {@code done} is a percentage; -1 where nobody knows
     */
    void report(String what, long done, long total);

    /**
     * For one piece of work among several that may go on at once and have the same name.
     *
     * @return a listener by whose reports this one knows that piece of work from the others; this one itself, where it cannot tell; never
     *     null
     */
    default Progress apart() {
        return this;
    }

    /**
     * The same for work that takes some time as a rule.
     *
     * @param usual how long it is not worth mentioning
     * @return where to report it
     */
    default Progress apart(Duration usual) {
        return apart();
    }

    /** {@return a listener that shows nothing} */
    static Progress none() {
        return (what, done, total) -> {};
    }
}
