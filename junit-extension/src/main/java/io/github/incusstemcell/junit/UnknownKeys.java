package io.github.incusstemcell.junit;

import io.github.incusstemcell.internal.Spelling;
import io.github.incusstemcell.junit.Configuration.Key;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Settings that look like ours, but that nobody reads: mistyped, most likely. Of what JUnit's launcher was given, only {@code
 * junit-platform.properties} can be listed.
 */
final class UnknownKeys {

    private static final String PROPERTIES = "incus.stemcell.";
    private static final String VARIABLES = "INCUS_STEMCELL_";

    /** What the scripts of this project's own development set. */
    private static final String DEVELOPMENT = VARIABLES + "DEV_";

    private UnknownKeys() {}

    /** A sentence for each unknown key around this process. */
    static List<String> ofThisProcess() {
        return find(System.getProperties().stringPropertyNames(), System.getenv(), platformProperties());
    }

    static List<String> find(Set<String> properties, Map<String, String> environment, Set<String> platform) {
        List<String> found = new ArrayList<>();
        found.addAll(unknown("system property", properties, PROPERTIES, Key::property));
        found.addAll(unknown("environment variable", environment.keySet(), VARIABLES, Key::variable));
        found.addAll(unknown("key of junit-platform.properties", platform, PROPERTIES, Key::property));
        return found;
    }

    private static List<String> unknown(String kind, Set<String> names, String prefix, Function<Key, String> spelling) {
        List<String> known = Arrays.stream(Key.values()).map(spelling).toList();
        return new TreeSet<>(names)
                .stream()
                        .filter(name -> name.startsWith(prefix) && !name.startsWith(DEVELOPMENT))
                        .filter(name -> !known.contains(name))
                        .map(name -> "The " + kind + " '" + name + "' means nothing here. Did you mean '"
                                + Spelling.nearest(name, known).orElseThrow() + "'?")
                        .toList();
    }

    private static Set<String> platformProperties() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Properties properties = new Properties();
        try (InputStream stream = loader == null ? null : loader.getResourceAsStream("junit-platform.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("junit-platform.properties cannot be read", e);
        }
        return properties.stringPropertyNames();
    }
}
