package io.github.incusstemcell.junit.assertj;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A list of packages in a file: names, one a line, or what {@code dpkg --list} prints. */
final class PackageList {

    /** The last line of dpkg's headline; the others are drawn in another way since 1.23. */
    private static final String LIST_HEADER = "+++-";

    private PackageList() {}

    static List<String> namesIn(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(Objects.requireNonNull(file, "list"));
        } catch (IOException e) {
            throw new UncheckedIOException("Reading the list of packages " + file + " failed: " + e, e);
        }
        boolean isDpkgs = lines.stream().anyMatch(line -> line.startsWith(LIST_HEADER));
        List<String> names = new ArrayList<>();
        for (String line : lines) {
            String[] word = line.strip().split("\\s+");
            if (isDpkgs && word.length > 1 && word[0].matches("[uirph][it]R?")) {
                names.add(word[1]);
            } else if (!isDpkgs && !word[0].isEmpty() && !word[0].startsWith("#")) {
                names.add(word[0]);
            }
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("There are no packages in the list " + file);
        }
        return names;
    }
}
