package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on settings that a file or a program of the guest has, each a value under a key. Where one key has several values, the last of
 * them counts but for those assertions that are about all. {@link #satisfies} is given all values of each key.
 */
public final class SettingsAssert extends GuestAssert<SettingsAssert, Map<String, List<String>>> {

    private final String name;
    private final Supplier<Optional<Settings>> reading;
    private final Supplier<String> surroundings;

    /**
     * Assertions on what a program says.
     *
     * @param name how messages name it
     */
    SettingsAssert(Subject subject, String name, Supplier<Settings> reading) {
        this(subject, name, () -> Optional.of(reading.get()), () -> "there are none");
    }

    /**
     * Assertions on what may be absent.
     *
     * @param surroundings how messages describe its absence, behind "but "
     */
    SettingsAssert(Subject subject, String name, Supplier<Optional<Settings>> reading, Supplier<String> surroundings) {
        super(subject);
        this.name = name;
        this.reading = reading;
        this.surroundings = surroundings;
    }

    private Optional<Settings> that(String wanted, Predicate<Settings> holds, Function<Settings, String> but) {
        Observation<Optional<Settings>> seen = new Observation<Optional<Settings>>(
                        subject.timing(), found -> found.filter(holds).isPresent(), found -> found.map(but)
                                .orElse("absent"))
                .polling(reading);
        return subject.verify(name, wanted, seen, found -> found.map(but).orElseGet(surroundings))
                .flatMap(Function.identity());
    }

    @Override
    SettingsAssert that(String wanted, Predicate<Map<String, List<String>>> holds) {
        that(wanted, settings -> holds.test(settings.values()), settings -> "there were: " + settings.values());
        return this;
    }

    private SettingsAssert that(String wanted, String key, Predicate<Settings> holds) {
        that(wanted, holds, settings -> settings.words(key));
        return this;
    }

    /**
     * Verifies that there is a key, whatever its value.
     *
     * <pre>{@code
     * assertThat(stemcell).osRelease().hasKey("VERSION_ID"); // passes
     * assertThat(stemcell).osRelease().hasKey("VERSION_IP"); // fails
     * }</pre>
     *
     * @param key the key, of a file with sections as {@code Section.Key}
     * @return this assertion object
     */
    public SettingsAssert hasKey(String key) {
        Arguments.key(key);
        return that("have " + key, key, settings -> !settings.of(key).isEmpty());
    }

    /**
     * Verifies that there is no such key.
     *
     * <pre>{@code
     * assertThat(stemcell).osRelease().doesNotHaveKey("VERSION_IP"); // passes
     * assertThat(stemcell).osRelease().doesNotHaveKey("VERSION_ID"); // fails
     * }</pre>
     *
     * @param key the key, of a file with sections as {@code Section.Key}
     * @return this assertion object
     */
    public SettingsAssert doesNotHaveKey(String key) {
        Arguments.key(key);
        return that("not have " + key, key, settings -> settings.of(key).isEmpty());
    }

    /**
     * Verifies that a key has a value.
     *
     * <pre>{@code
     * assertThat(stemcell).sshd().hasValue("permitrootlogin", "no"); // passes
     * assertThat(stemcell).sshd().hasValue("permitrootlogin", "yes"); // fails
     * assertThat(stemcell).systemdConfiguration("journald.conf").hasValue("Journal.Storage", "volatile"); // passes
     * }</pre>
     *
     * @param key the key, of a file with sections as {@code Section.Key}
     * @param value all of it
     * @return this assertion object
     */
    public SettingsAssert hasValue(String key, String value) {
        Arguments.key(key);
        Objects.requireNonNull(value, "value");
        return that("have " + key + " " + value, key, settings -> settings.last(key)
                .filter(value::equals)
                .isPresent());
    }

    /**
     * Verifies that a key has these values, and no others.
     *
     * <pre>{@code
     * assertThat(stemcell).sshd().hasOnlyValues("listenaddress", "0.0.0.0:22", "[::]:22"); // passes
     * assertThat(stemcell).sshd().hasOnlyValues("listenaddress", "0.0.0.0:22"); // fails
     * }</pre>
     *
     * @param key the key
     * @param values all of them, in any order; at least one
     * @return this assertion object
     */
    public SettingsAssert hasOnlyValues(String key, String... values) {
        Arguments.key(key);
        List<String> wanted = Arguments.sorted(Arguments.texts(
                values, "Name a value, or ask whether there is none by doesNotHaveKey", Arguments::text));
        return that("have " + key + " " + String.join(", ", wanted) + " only", key, settings -> Arguments.sorted(
                        settings.of(key))
                .equals(wanted));
    }

    /**
     * Goes on with the value of a key, which has to be there, in plain AssertJ.
     *
     * @param key the key
     * @return assertions on the last value
     */
    public AbstractStringAssert<?> value(String key) {
        Arguments.key(key);
        return subject.string(
                () -> that("have " + key, settings -> !settings.of(key).isEmpty(), settings -> settings.words(key)),
                settings -> settings.last(key).orElseThrow(),
                key + " of " + name + " on " + subject.name());
    }

    /**
     * Goes on with all values of a key in plain AssertJ.
     *
     * @param key the key
     * @return assertions on the list; empty where there is no such key
     */
    public AbstractListAssert<?, List<? extends String>, String, ?> values(String key) {
        Arguments.key(key);
        return subject.list(
                () -> that("be there", settings -> true, settings -> ""),
                settings -> settings.of(key),
                key + " of " + name + " on " + subject.name());
    }
}
