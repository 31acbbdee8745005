package io.github.incusstemcell.junit.assertj;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Looks for something among what the guest has of its kind, until a check on it is decided.
 *
 * @param subject where, and when the check has to hold
 * @param what how messages name it, as "user vcap"
 * @param looking reads all that is there of its kind, at the moments at which it may have changed
 * @param finding it among them, if it is there
 * @param words how messages describe it, behind "but was: "
 * @param surroundings how messages describe its absence, behind "but "
 * @param state how messages describe it among the states that a wait has seen
 */
record Presence<S, T>(
        Subject subject,
        String what,
        UnaryOperator<Observation<S>> looking,
        Function<S, Optional<T>> finding,
        Function<T, String> words,
        Function<S, String> surroundings,
        Function<T, String> state) {

    Presence(
            Subject subject,
            String what,
            Supplier<S> reading,
            Function<S, Optional<T>> finding,
            Function<T, String> words,
            Function<S, String> surroundings) {
        this(subject, what, seen -> seen.polling(reading), finding, words, surroundings, words);
    }

    /**
     * Verifies it; where it is absent that fails.
     *
     * @param wanted what it should do, behind "to"
     * @return it, where the check holds
     */
    Optional<T> holds(String wanted, Predicate<T> holds) {
        Observation<S> seen = observe(now -> finding.apply(now).filter(holds).isPresent());
        return subject.verify(what, wanted, seen, now -> finding.apply(now)
                        .map(words)
                        .map("was: "::concat)
                        .orElseGet(() -> surroundings.apply(now)))
                .flatMap(finding);
    }

    /** {@return the same, described in other words where it is not as it should be} */
    Presence<S, T> inWords(Function<T, String> others) {
        return new Presence<>(subject, what, looking, finding, others, surroundings, others);
    }

    void isAbsent(String wanted) {
        Observation<S> seen = observe(now -> finding.apply(now).isEmpty());
        subject.verify(
                what,
                wanted,
                seen,
                now -> "was: " + words.apply(finding.apply(now).orElseThrow()));
    }

    private Observation<S> observe(Predicate<S> holds) {
        return looking.apply(new Observation<>(
                subject.timing(), holds, now -> finding.apply(now).map(state).orElse("absent")));
    }
}
