package io.github.incusstemcell.junit;

import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.oci.RegistrySettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads from the configuration where stemcells come from, and where they are kept on the way. */
final class SourceConfiguration {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(|KiB|MiB|GiB|TiB)");
    private static final List<String> UNITS = List.of("", "KiB", "MiB", "GiB", "TiB");

    private SourceConfiguration() {}

    static RegistrySettings read(Configuration configuration) {
        RegistrySettings.Builder settings = RegistrySettings.builder();
        configuration.set(Key.REGISTRY_INSECURE, settings, (builder, text) -> {
            items(text).forEach(builder::insecureHost);
            return builder;
        });
        configuration.set(Key.REGISTRY_MIRRORS, settings, (builder, text) -> {
            items(text).forEach(pair -> addMirror(builder, pair));
            return builder;
        });
        configuration.set(Key.REGISTRY_AUTH_FILE, settings, (builder, file) -> builder.authFile(Path.of(file)));
        configuration.get(Key.CACHE_FOLDER).map(Path::of).ifPresent(settings::cacheFolder);
        configuration.set(Key.CACHE_MAX_SIZE, settings, (builder, text) -> builder.cacheMaxSize(bytes(text)));
        configuration.get(Key.ARCHITECTURE).ifPresent(settings::architecture);
        return settings.build();
    }

    private static List<String> items(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static void addMirror(RegistrySettings.Builder settings, String pair) {
        String[] sides = pair.split("=", 2);
        if (sides.length < 2 || sides[0].isBlank() || sides[1].isBlank()) {
            throw new IllegalArgumentException("'" + pair
                    + "' names no registry with its mirror; write for example ghcr.io=mirror.example.org/ghcr");
        }
        settings.mirror(sides[0].strip(), sides[1].strip());
    }

    private static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("it is no size; write for example 20GiB, or a number of bytes");
        }
        return Long.parseLong(matcher.group(1)) << 10 * UNITS.indexOf(matcher.group(2));
    }
}
