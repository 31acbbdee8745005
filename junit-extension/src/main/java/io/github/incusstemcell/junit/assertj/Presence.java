package io.github.incusstemcell.junit.assertj;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Looks for something among what the guest has of its kind, until a check on it is decided.
 *
 * @param subject where, and when the check has to hold
 * @param what how messages name it, as "user vcap"
 * @param reading all that is there of its kind
 * @param finding it among them, if it is there
 * @param words how messages describe it, behind "but was: "
 * @param surroundings how messages describe its absence, behind "but "
 */
record Presence<S, T>(
        Subject subject,
        String what,
        Supplier<S> reading,
        Function<S, Optional<T>> finding,
        Function<T, String> words,
        Function<S, String> surroundings) {

    /**
     * Checks it; where it is absent that fails.
     *
     * @param wanted what it should do, behind "to"
     */
    void holds(String wanted, Predicate<T> holds) {
        S all = subject.read(reading, now -> finding.apply(now).filter(holds).isPresent());
        Optional<T> found = finding.apply(all);
        if (found.filter(holds).isEmpty()) {
            throw failure(wanted, found.map(words).map("was: "::concat).orElseGet(() -> surroundings.apply(all)));
        }
    }

    void isAbsent(String wanted) {
        S all = subject.read(reading, now -> finding.apply(now).isEmpty());
        finding.apply(all).map(words).map("was: "::concat).ifPresent(was -> {
            throw failure(wanted, was);
        });
    }

    private AssertionError failure(String wanted, String was) {
        return subject.failure("Expecting " + what + " on " + subject.name() + " to " + wanted
                + subject.timing().words() + "\n  but " + was);
    }
}
