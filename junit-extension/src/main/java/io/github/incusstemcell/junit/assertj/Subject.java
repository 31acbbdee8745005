package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.systemd.Systemd;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.Assert;
import org.assertj.core.api.ListAssert;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.api.SoftAssertionsProvider;
import org.assertj.core.api.StringAssert;
import org.assertj.core.description.Description;
import org.jspecify.annotations.Nullable;

/** A stemcell under test, when a check on it has to hold, and what becomes of its failure. */
final class Subject {

    private final StemcellContainer stemcell;
    private Timing timing;
    private final @Nullable SoftAssertionsProvider softly;
    private @Nullable Description description;

    /**
     * A subject.
     *
     * @param softly what collects failures; null where the first of them ends the test
     * @param description what the test says of it by {@code as()}; null where it says nothing
     */
    Subject(
            StemcellContainer stemcell,
            Timing timing,
            @Nullable SoftAssertionsProvider softly,
            @Nullable Description description) {
        this.stemcell = stemcell;
        this.timing = timing;
        this.softly = softly;
        this.description = description;
    }

    StemcellContainer stemcell() {
        return stemcell;
    }

    /** {@return the handle on its systemd, for the time that the check has} */
    Systemd systemd() {
        return stemcell.systemd().answeringWithin(timing.patience());
    }

    Timing timing() {
        return timing;
    }

    String name() {
        return stemcell.name();
    }

    /** {@return the same, to be checked as it is now} */
    Subject now() {
        return new Subject(stemcell, Timing.NOW, softly, description);
    }

    /** Makes a check that has to hold at every moment of a time. */
    <S> S watching(Duration span, Supplier<S> check) {
        if (timing.mode() != Timing.Mode.NOW) {
            throw new IllegalStateException("doesNotChangeFor has a time of its own: leave out "
                    + (timing.mode() == Timing.Mode.WITHIN ? "within" : "always"));
        }
        timing = Timing.always(span);
        try {
            return check.get();
        } finally {
            timing = Timing.NOW;
        }
    }

    void describe(Description other) {
        description = other;
    }

    private String description() {
        return description == null ? "" : description.value();
    }

    /**
     * Verifies that what was observed holds.
     *
     * @param but what was there instead, behind "but "
     * @return what was there last, where that holds
     */
    <T> Optional<T> verify(String what, String wanted, Observation<T> observation, Function<? super T, String> but) {
        if (observation.holds()) {
            return Optional.of(observation.last());
        }
        fail(what, wanted, observation, but.apply(observation.last()));
        return Optional.empty();
    }

    /**
     * Throws an assertion error, or leaves it with the soft assertions.
     *
     * @param but what was there instead, behind "but "
     * @return false
     */
    boolean fail(String what, String wanted, Observation<?> observation, String but) {
        return fail("Expecting " + what + " on " + name() + " to " + wanted + timing.words() + observation.waited()
                + "\n  but " + but + observation.states());
    }

    /**
     * Throws an assertion error, or leaves it with the soft assertions.
     *
     * @return false
     */
    boolean fail(String message) {
        String described = description();
        AssertionError error = AssertionErrors.of(described.isEmpty() ? message : "[" + described + "] " + message);
        if (softly == null) {
            throw error;
        }
        softly.collectAssertionError(error);
        return false;
    }

    /**
     * Goes on in plain AssertJ; where nothing was found, the failure has been told, and nothing more will be.
     *
     * @param reading looks at the guest; empty where that has failed
     * @param what takes of what was found what is asserted; null where there is none
     * @param said how messages name it
     */
    <S, V, A extends Assert<? extends A, ? extends V>> A plain(
            Class<A> type,
            Class<V> valueType,
            Function<V, A> hard,
            Supplier<Optional<S>> reading,
            Function<? super S, ? extends V> what,
            String said) {
        if (timing.mode() != Timing.Mode.NOW) {
            throw new IllegalStateException(
                    "Plain AssertJ would look once at the " + said + ", and neither wait nor watch"
                            + timing.words() + ": ask by satisfies(condition, description), or leave out "
                            + (timing.mode() == Timing.Mode.WITHIN ? "within" : "always"));
        }
        Optional<S> found = reading.get();
        A plain;
        if (softly == null) {
            plain = hard.apply(what.apply(found.orElseThrow()));
        } else if (found.isPresent()) {
            plain = softly.proxy(type, valueType, what.apply(found.get()));
        } else {
            plain = new SoftAssertions().proxy(type, valueType, null);
        }
        String described = description();
        plain.describedAs("%s", described.isEmpty() ? said : described + ": " + said);
        return plain;
    }

    <S> StringAssert string(Supplier<Optional<S>> reading, Function<S, String> what, String said) {
        return plain(StringAssert.class, String.class, StringAssert::new, reading, what, said);
    }

    @SuppressWarnings("unchecked")
    <S, V> ObjectAssert<V> object(Supplier<Optional<S>> reading, Function<S, V> what, String said) {
        Objects.requireNonNull(what, "what");
        return plain(ObjectAssert.class, Object.class, ObjectAssert::new, reading, what, said);
    }

    /** The same of a list. */
    @SuppressWarnings("unchecked")
    <S, T> ListAssert<T> list(Supplier<Optional<S>> reading, Function<S, List<T>> what, String said) {
        return plain(ListAssert.class, List.class, ListAssert::new, reading, what, said);
    }
}
