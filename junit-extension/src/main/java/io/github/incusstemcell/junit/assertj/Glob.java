package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A pattern of paths as glob(7) has it. It is looked up over SFTP, which also guests have that were not started: each folder in which there
 * are names to choose from is listed once.
 */
record Glob(String text) {

    private static final int NO_MATCH = -1;

    /** What is around the name of a class in a bracket, as {@code [:alpha:]}. */
    private static final int AROUND_CLASS = 4;

    private static final Map<String, Predicate<String>> CLASSES = Stream.of(
                    "Alnum", "Alpha", "Blank", "Cntrl", "Digit", "Graph", "Lower", "Print", "Punct", "Space", "Upper",
                    "XDigit")
            .collect(Collectors.toMap(name -> name.toLowerCase(Locale.ROOT), Glob::letters));

    /** What is there, by path. A wildcard leads through links to folders, as shells have it. */
    List<FileStat> find(GuestFiles files) {
        List<FileStat> found = new ArrayList<>();
        find(files, "", text.substring(1), found);
        return found;
    }

    private static void find(GuestFiles files, String folder, String rest, List<FileStat> found) {
        int slash = rest.indexOf('/');
        String name = slash < 0 ? rest : rest.substring(0, slash);
        if (!isWild(name)) {
            String path = folder + "/" + name;
            if (slash < 0) {
                files.find(path).ifPresent(found::add);
            } else {
                find(files, path, rest.substring(slash + 1), found);
            }
            return;
        }
        for (FileStat stat : list(files, folder.isEmpty() ? "/" : folder)) {
            boolean isHidden = stat.name().startsWith(".") && !name.matches("(?s)\\\\?\\..*");
            if (!isHidden && matches(name, stat.name())) {
                if (slash < 0) {
                    found.add(stat);
                } else if (stat.isDirectory() || stat.isSymbolicLink()) {
                    find(files, stat.path(), rest.substring(slash + 1), found);
                }
            }
        }
    }

    private static List<FileStat> list(GuestFiles files, String folder) {
        try {
            return files.list(folder);
        } catch (GuestFileException e) {
            if (e.reason().isAbsence()) {
                return List.of();
            }
            throw e;
        }
    }

    /** Whether a path is one of those that it means, be there something or not. */
    boolean matchesPath(String path) {
        String[] wanted = text.split("/");
        String[] names = path.split("/");
        return wanted.length == names.length
                && IntStream.range(0, names.length).allMatch(i -> matches(wanted[i], names[i]));
    }

    /** Whether it may be another name than it is, be it that a backslash takes from a letter what it means. */
    static boolean isWild(String name) {
        return name.matches("(?s).*[*?\\\\].*|.*\\[.+].*");
    }

    /**
     * Whether a name is one of those that a pattern of names means. The guest may have both, so that a regular expression made of them could
     * take for ever, or be none: from a star on only the last one is tried again.
     */
    static boolean matches(String pattern, String name) {
        int[] wanted = pattern.codePoints().toArray();
        int[] letters = name.codePoints().toArray();
        int at = 0;
        int star = -1;
        int tried = 0;
        for (int i = 0; i < letters.length; ) {
            int behind = at < wanted.length ? behind(wanted, at, letters[i]) : NO_MATCH;
            if (at < wanted.length && wanted[at] == '*') {
                star = at++;
                tried = i;
            } else if (behind != NO_MATCH) {
                at = behind;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++tried;
            } else {
                return false;
            }
        }
        while (at < wanted.length && wanted[at] == '*') {
            at++;
        }
        return at == wanted.length;
    }

    /** Where the pattern goes on behind what means this letter. */
    private static int behind(int[] wanted, int at, int letter) {
        if (wanted[at] == '\\' && at + 1 < wanted.length) {
            return wanted[at + 1] == letter ? at + 2 : NO_MATCH;
        }
        int end = wanted[at] == '[' ? end(wanted, at) : NO_MATCH;
        boolean matches = end == NO_MATCH
                ? wanted[at] == '?' || wanted[at] == letter
                : isOneOf(Arrays.copyOfRange(wanted, at + 1, end), letter);
        return matches ? Math.max(at, end) + 1 : NO_MATCH;
    }

    /** Of a bracket; one that comes first in it is a letter of it, and that of a class ends nothing else. */
    private static int end(int[] wanted, int at) {
        int first = at + 1 < wanted.length && isNot(wanted[at + 1]) ? at + 2 : at + 1;
        int i = first;
        while (i < wanted.length && (wanted[i] != ']' || i == first)) {
            i += classAt(wanted, i).map(Glob::size).orElse(1);
        }
        return i < wanted.length ? i : NO_MATCH;
    }

    private static Predicate<String> letters(String name) {
        return Pattern.compile("\\p{" + name + "}", Pattern.UNICODE_CHARACTER_CLASS)
                .asMatchPredicate();
    }

    private static int size(Map.Entry<String, Predicate<String>> letters) {
        return AROUND_CLASS + letters.getKey().length();
    }

    /** The class that begins there, by its name; empty where none does. */
    private static Optional<Map.Entry<String, Predicate<String>>> classAt(int[] wanted, int at) {
        if (wanted[at] != '[') {
            return Optional.empty();
        }
        String rest = new String(wanted, at, wanted.length - at);
        return CLASSES.entrySet().stream()
                .filter(letters -> rest.startsWith("[:" + letters.getKey() + ":]"))
                .findFirst();
    }

    private static boolean isNot(int letter) {
        return letter == '!' || letter == '^';
    }

    private static boolean isOneOf(int[] set, int letter) {
        boolean found = false;
        for (int i = isNot(set[0]) ? 1 : 0; i < set.length; i++) {
            Optional<Map.Entry<String, Predicate<String>>> letters = classAt(set, i);
            if (letters.isPresent()) {
                found |= letters.get().getValue().test(Character.toString(letter));
                i += size(letters.get()) - 1;
                continue;
            }
            boolean isRange = i + 2 < set.length && set[i + 1] == '-';
            found |= isRange ? set[i] <= letter && letter <= set[i + 2] : set[i] == letter;
            i += isRange ? 2 : 0;
        }
        return found != isNot(set[0]);
    }

    /** What of it is a path, up to its first wildcard, with that. */
    String beginning() {
        StringBuilder path = new StringBuilder();
        for (String name : text.substring(1).split("/")) {
            path.append('/').append(name);
            if (isWild(name)) {
                break;
            }
        }
        return path.toString();
    }
}
