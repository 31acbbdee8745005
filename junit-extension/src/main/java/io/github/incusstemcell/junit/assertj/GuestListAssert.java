package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;

/**
 * What all assertions on many of a kind have in common. Those on each of them fail where there is none: of nothing everything could be said.
 * {@link #satisfies} is given all of them, of which there may be none.
 *
 * @param <S> the assertions themselves
 * @param <T> one of those that are looked at
 */
public abstract class GuestListAssert<S extends GuestListAssert<S, T>, T> extends GuestAssert<S, List<T>> {

    private static final int SHOWN = 20;

    /** What is read, and how messages name all and each of it. */
    record Many<T>(String name, Supplier<List<T>> reading, Function<T, String> words) {

        Many<T> filtered(String which, Predicate<? super T> filter) {
            return new Many<>(
                    name + " " + which,
                    () -> reading.get().stream().filter(filter).toList(),
                    words);
        }

        String list(List<T> some) {
            return list(some, words);
        }

        static <T> String list(List<T> some, Function<? super T, String> words) {
            String first = some.stream().limit(SHOWN).map(words).collect(Collectors.joining(", "));
            return first + (some.size() > SHOWN ? ", and " + (some.size() - SHOWN) + " more" : "");
        }
    }

    final Many<T> many;
    private final BiFunction<Subject, Many<T>, S> same;

    /**
     * Assertions on all of them.
     *
     * @param same makes the same assertions on fewer
     */
    GuestListAssert(Subject subject, Many<T> many, BiFunction<Subject, Many<T>, S> same) {
        super(subject);
        this.many = many;
        this.same = same;
    }

    S filtered(String which, Predicate<? super T> filter) {
        return same.apply(subject, many.filtered(which, filter));
    }

    /** What messages say where there is none. */
    String none() {
        return "there were none";
    }

    /** Whether there is what they would be in; where it is not, nothing can be said of them, not even that there is none. */
    boolean haveAPlace(List<T> all) {
        return true;
    }

    /** What messages say where they have no place. */
    String noPlace() {
        return none();
    }

    private String found(List<T> all) {
        return all.isEmpty() ? none() : "there were: " + many.list(all);
    }

    @Override
    S that(String wanted, Predicate<List<T>> holds) {
        return that(wanted, holds, this::found);
    }

    /**
     * Verifies all of them.
     *
     * @param but what they are instead, behind "but "
     */
    S that(String wanted, Predicate<List<T>> holds, Function<List<T>, String> but) {
        look(wanted, holds, but);
        return itself();
    }

    private Optional<List<T>> look(String wanted, Predicate<List<T>> holds, Function<List<T>, String> but) {
        Observation<List<T>> seen = new Observation<List<T>>(
                        subject.timing(),
                        all -> haveAPlace(all) && holds.test(all),
                        all -> all.isEmpty() ? "none" : many.list(all))
                .polling(many.reading);
        return subject.verify(many.name, wanted, seen, all -> haveAPlace(all) ? but.apply(all) : noPlace());
    }

    /**
     * Verifies that they are those, and each once.
     *
     * @param wanted their names, in order
     */
    S hasOnly(List<String> wanted, Function<? super T, String> name) {
        return that(
                wanted.isEmpty() ? "be none" : "be only " + String.join(" ", wanted),
                all -> Arguments.sorted(all.stream().map(name).toList()).equals(wanted));
    }

    /** Verifies each of them, of which there has to be one. */
    S each(String wanted, Predicate<? super T> holds) {
        return each(wanted, holds, many.words);
    }

    /**
     * The same.
     *
     * @param words what messages say of one that is not so
     */
    S each(String wanted, Predicate<? super T> holds, Function<T, String> words) {
        return that(
                wanted,
                all -> !all.isEmpty() && all.stream().allMatch(holds),
                all -> all.isEmpty()
                        ? none()
                        : "these do not: "
                                + Many.list(
                                        all.stream()
                                                .filter(one -> !holds.test(one))
                                                .toList(),
                                        words));
    }

    /**
     * Goes on with some of them.
     *
     * @param condition whether one of them is meant
     * @param description how messages say it behind what they are, as {@code with a home}; not empty
     * @return assertions on those
     */
    public S filteredOn(Predicate<? super T> condition, String description) {
        return filtered(Arguments.text(description), Objects.requireNonNull(condition, "condition"));
    }

    /**
     * Verifies that there is none.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/*.no-such-suffix").isEmpty(); // passes
     * assertThat(stemcell).files("/etc/*.conf").isEmpty(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public S isEmpty() {
        return that("be none", List::isEmpty);
    }

    /**
     * Verifies that there is one or more.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/*.conf").isNotEmpty(); // passes
     * assertThat(stemcell).files("/etc/*.no-such-suffix").isNotEmpty(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public S isNotEmpty() {
        return that("be there", all -> !all.isEmpty());
    }

    /**
     * Verifies that there are so many.
     *
     * <pre>{@code
     * assertThat(stemcell).users().withUid(0).hasSize(1); // passes
     * assertThat(stemcell).users().withUid(0).hasSize(2); // fails
     * }</pre>
     *
     * @param count how many
     * @return this assertion object
     */
    public S hasSize(int count) {
        Arguments.count(count);
        return that(
                "be " + count, all -> all.size() == count, all -> "there were " + all.size() + ": " + many.list(all));
    }

    /**
     * Verifies that a condition of one's own holds for each of them, of which there has to be one.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/cron.*").allMatch(file -> file.isDirectory(), "are folders"); // passes
     * assertThat(stemcell).files("/etc/cron*").allMatch(file -> file.isDirectory(), "are folders"); // fails
     * assertThat(stemcell).files("/etc/*.no-such-suffix").allMatch(file -> true, "are there"); // fails
     * }</pre>
     *
     * @param condition what holds for each
     * @param description how messages say it behind "to match "; not empty
     * @return this assertion object
     */
    public S allMatch(Predicate<? super T> condition, String description) {
        Objects.requireNonNull(condition, "condition");
        return each("match \"" + Arguments.text(description) + "\"", condition);
    }

    /**
     * Verifies that a condition of one's own holds for none of them, of which there may be none.
     *
     * <pre>{@code
     * assertThat(stemcell).files("/etc/cron.*").noneMatch(file -> file.isFile(), "are files"); // passes
     * assertThat(stemcell).files("/etc/cron*").noneMatch(file -> file.isFile(), "are files"); // fails
     * }</pre>
     *
     * @param condition what holds for none
     * @param description how messages say it behind "to not match "; not empty
     * @return this assertion object
     */
    public S noneMatch(Predicate<? super T> condition, String description) {
        Objects.requireNonNull(condition, "condition");
        return that(
                "not match \"" + Arguments.text(description) + "\"",
                all -> all.stream().noneMatch(condition),
                all -> "these do: " + many.list(all.stream().filter(condition).toList()));
    }

    /**
     * Goes on with all of them in plain AssertJ.
     *
     * @return assertions on the list
     */
    public AbstractListAssert<?, List<? extends T>, T, ObjectAssert<T>> list() {
        return plain(Function.identity());
    }

    /** The same of something that each of them has. */
    <V> AbstractListAssert<?, List<? extends V>, V, ObjectAssert<V>> plain(Function<T, V> part) {
        return subject.list(
                () -> look("be read", all -> true, this::found),
                all -> all.stream().map(part).toList(),
                many.name + " on " + subject.name());
    }
}
