package io.github.incusstemcell.junit.assertj;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.assertj.core.api.Descriptable;
import org.assertj.core.description.Description;

/**
 * What all assertions on a part of a stemcell have in common: {@code as()} gives failures from then on a description, and
 * {@link #satisfies} takes conditions of one's own.
 *
 * @param <S> the assertions themselves
 * @param <V> what is looked at
 */
public abstract class GuestAssert<S extends GuestAssert<S, V>, V> implements Descriptable<S> {

    final Subject subject;

    GuestAssert(Subject subject) {
        this.subject = subject;
    }

    /**
     * Verifies what is looked at.
     *
     * @param wanted what it should do, behind "to"
     */
    abstract S that(String wanted, Predicate<V> holds);

    /**
     * Verifies that a condition of one's own holds. Behind {@code within} it is waited for, behind {@code always} it has to hold at every
     * moment; what is looked at is read anew each time. Where it is absent the check fails, and nobody asks the condition.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").satisfies(file -> file.size() > 0, "have something in it"); // passes
     * assertThat(stemcell).file("/etc/passwd").satisfies(file -> file.size() == 0, "have nothing in it"); // fails
     * assertThat(stemcell).file("/no-such-file").satisfies(file -> true, "be there"); // fails
     * }</pre>
     *
     * @param condition is given what the class of these assertions says; what it throws ends the check
     * @param description how messages say it behind "to satisfy", as {@code is rotated}; not empty
     * @return this assertion object
     */
    public S satisfies(Predicate<? super V> condition, String description) {
        Objects.requireNonNull(condition, "condition");
        return that("satisfy \"" + Arguments.text(description) + "\"", condition::test);
    }

    /**
     * Verifies that nothing changes of what is looked at, as {@link #satisfies} is given it, from now on and for some time. What varies all
     * the time does not count: how much is used of memory and processors, and how long something took. It has a time of its own, so that it is
     * refused behind {@code within} and {@code always}.
     *
     * <pre>{@code
     * assertThat(stemcell).unit("cron").doesNotChangeFor(ofMillis(200)); // passes
     * assertThat(stemcell).file("/no-such-file").doesNotChangeFor(ofMillis(200)); // fails
     * assertThat(stemcell).command("cat", "/proc/sys/kernel/random/uuid").doesNotChangeFor(ofMillis(200)); // fails
     * }</pre>
     *
     * @param span how long
     * @return this assertion object
     */
    public S doesNotChangeFor(Duration span) {
        Arguments.span(span);
        AtomicReference<Optional<Object>> first = new AtomicReference<>();
        return subject.watching(
                span,
                () -> that("not change", value -> {
                    Optional<Object> now = Optional.ofNullable(comparable(value));
                    return first.compareAndSet(null, now) || now.equals(first.get());
                }));
    }

    /** What counts as a change: equal where nothing has changed. Null where there is nothing. */
    Object comparable(V value) {
        return value;
    }

    @Override
    public S describedAs(Description description) {
        subject.describe(description);
        return itself();
    }

    @SuppressWarnings("unchecked")
    S itself() {
        return (S) this;
    }
}
