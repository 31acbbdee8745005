package io.github.incusstemcell.container;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * What came of a fault in the middle of a stage of a run.
 *
 * @param took how long it took from the fault on
 * @param failure the message of its failure; empty where it succeeded
 * @param next the same of a container that was started afterwards
 */
record FaultOutcome(Enum<?> fault, Enum<?> stage, Duration took, String failure, String next) {

    /** {@return the values that a system property names, as {@code KILLED,FROZEN_10}, and all where it is not set} */
    static <E extends Enum<E>> List<E> chosen(String property, List<E> all) {
        List<String> names = List.of(System.getProperty(property, "").split(","));
        return all.stream()
                .filter(one -> System.getProperty(property) == null || names.contains(one.name()))
                .toList();
    }

    boolean succeedsOrFailsBy(Predicate<String> message) {
        return (failure.isEmpty() || message.test(failure)) && next.isEmpty();
    }

    @Override
    public String toString() {
        return String.format(
                "| %s | %s | %.1f s | %s | %s |",
                fault,
                stage,
                took.toMillis() / 1000.0,
                failure.isEmpty() ? "went on" : failure,
                next.isEmpty() ? "starts" : next);
    }
}
