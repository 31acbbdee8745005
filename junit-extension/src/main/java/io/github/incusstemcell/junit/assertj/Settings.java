package io.github.incusstemcell.junit.assertj;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Settings that a file or a program has, each under its key.
 *
 * @param values of each key all values, in their order; of keys in sections as {@code Section.Key}
 * @param others the values of a key that is not among them
 */
record Settings(Map<String, List<String>> values, Function<String, List<String>> others) {

    private static final Pattern ASSIGNMENT = Pattern.compile("([^\\s=]+)\\s*=\\s*(.*)", Pattern.DOTALL);
    /** With a key that may have several words, as in {@code map to guest = never}. */
    private static final Pattern ASSIGNMENT_OF_WORDS = Pattern.compile("([^=]*[^\\s=])\\s*=\\s*(.*)", Pattern.DOTALL);

    private static final Pattern WORDS = Pattern.compile("([^\\s=]+)(?:\\s+(.*))?", Pattern.DOTALL);
    private static final Pattern SECTION = Pattern.compile("\\[(.+)]");

    Settings(Map<String, List<String>> values) {
        this(values, none -> List.of());
    }

    /** What reads a line that is no comment. */
    private interface Line {
        void read(Map<String, List<String>> values, String line);
    }

    /** Of what systemd reads, to which a carriage return ends a line, too, or a program prints. */
    private static Settings of(Map<String, List<String>> values, String text, Line reader) {
        return of(values, text.lines().map(Settings::stripped), reader);
    }

    private static Settings of(Map<String, List<String>> values, Stream<String> lines, Line reader) {
        lines.filter(line -> !line.isEmpty() && !isComment(line)).forEach(line -> reader.read(values, line));
        return new Settings(Collections.unmodifiableMap(values));
    }

    private static void add(Map<String, List<String>> values, String key, String value) {
        values.computeIfAbsent(key, none -> new ArrayList<>()).add(value);
    }

    /** Without the blanks of ASCII around it: no other is one to those that read files. */
    private static String stripped(String line) {
        return line.replaceAll("^[ \t\f\r]+|[ \t\f\r]+$", "");
    }

    /** Lines as {@code key = value}, {@code key value} or {@code key}. To a shell a carriage return at the end is of the value. */
    static Settings ofLines(String text) {
        Stream<String> lines =
                FileContent.lines(text).stream().map(line -> line.replaceAll("^[ \t\f\r]+|[ \t\f]+$", ""));
        return of(new TreeMap<>(), lines, Settings::keyAndValue);
    }

    private static void keyAndValue(Map<String, List<String>> values, String line) {
        Matcher assignment = ASSIGNMENT.matcher(line);
        Matcher words = WORDS.matcher(line);
        if (assignment.matches()) {
            add(values, assignment.group(1), assignment.group(2));
        } else if (words.matches()) {
            add(values, words.group(1), Optional.ofNullable(words.group(2)).orElse(""));
        }
    }

    /** Lines as {@code key value} of a program to which large and small letters of a key are the same. */
    static Settings ofWords(String text) {
        return of(new TreeMap<>(String.CASE_INSENSITIVE_ORDER), text, (values, line) -> {
            String[] word = line.split("\\s+", 2);
            add(values, word[0], word.length > 1 ? word[1] : "");
        });
    }

    /** Variables with what ends each, as {@code env --null} prints them, between a first NUL and the last. */
    static Settings ofEnvironment(String text) {
        Map<String, List<String>> values = new TreeMap<>();
        String variables = text.substring(text.indexOf('\0') + 1, text.lastIndexOf('\0') + 1);
        for (String variable : variables.split("\0")) {
            int name = variable.indexOf('=');
            if (name > 0) {
                add(values, variable.substring(0, name), variable.substring(name + 1));
            }
        }
        return new Settings(Collections.unmodifiableMap(values));
    }

    /** Assignments of a shell, with quotes around some of them, as os-release(5) has them. */
    static Settings ofShell(String text) {
        return of(new TreeMap<>(), text, (values, line) -> {
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (assignment.matches()) {
                add(values, assignment.group(1), unquoted(assignment.group(2)));
            }
        });
    }

    /** Between double quotes a backslash takes from these letters what they mean to a shell. */
    private static String unquoted(String value) {
        boolean isDouble = value.matches("(?s)\".*\"");
        String text = value.replaceFirst("(?s)^([\"'])(.*)\\1$", "$2");
        return isDouble ? text.replaceAll("\\\\([\"$`\\\\])", "$1") : text;
    }

    /**
     * As sysctl.d(5) has them: a hyphen before a name lets failures pass, slashes stand for points, and the last value counts. A pattern is
     * for all names that have no line of their own, which need not have a value; of several patterns the last one, where one that comes
     * again with the same value keeps its place.
     */
    static Settings ofSysctls(String text) {
        Map<String, List<String>> patterns = new LinkedHashMap<>();
        Map<String, String> asWritten = new HashMap<>();
        Set<String> spared = new HashSet<>();
        Settings plain = of(new TreeMap<>(), text, (values, line) -> {
            Matcher assignment = ASSIGNMENT.matcher(line.replaceFirst("^-\\s*", ""));
            if (assignment.matches()) {
                String name = nameOfSysctl(assignment.group(1));
                String value = assignment.group(2);
                spared.remove(name);
                if (!value.equals(asWritten.put(name, value))) {
                    patterns.remove(name);
                }
                (Glob.isWild(name) ? patterns : values).put(name, List.of(value.replaceAll("\\s+", " ")));
            } else if (line.startsWith("-")) {
                String name = nameOfSysctl(line.substring(1).strip());
                asWritten.remove(name);
                patterns.remove(name);
                values.remove(name);
                spared.add(name);
            }
        });
        Map<String, List<String>> all = new TreeMap<>(patterns);
        all.putAll(plain.values());
        return new Settings(Collections.unmodifiableMap(all), key -> {
            String name = nameOfSysctl(key);
            List<String> found = all.get(name);
            return found != null ? found : spared.contains(name) ? List.of() : ofPatterns(patterns, name);
        });
    }

    private static List<String> ofPatterns(Map<String, List<String>> patterns, String name) {
        return patterns.entrySet().stream()
                .filter(pattern -> new Glob("/" + turned(pattern.getKey())).matchesPath("/" + turned(name)))
                .map(Map.Entry::getValue)
                .reduce(List.of(), (first, last) -> last);
    }

    private static String nameOfSysctl(String name) {
        boolean isPath = name.indexOf('/') >= 0 && (name.indexOf('.') < 0 || name.indexOf('/') < name.indexOf('.'));
        return isPath ? turned(name) : name;
    }

    /** Points for slashes, and slashes for points. */
    private static String turned(String name) {
        return name.replace('.', '\0').replace('/', '.').replace('\0', '/');
    }

    /** Sections as {@code [Name]} and assignments; a line that ends with a backslash goes on, and an empty value forgets those before, as systemd.syntax(7) has it. */
    static Settings ofSections(String text) {
        return ofSections(new TreeMap<>(), text);
    }

    /**
     * The same of a file and its drop-ins, as {@code systemd-analyze cat-config} prints them: behind a comment that is the path of each. What
     * stands before the first section of each is passed over by systemd.
     *
     * @param path of the file, below folders as /etc
     */
    static Settings ofFilesInSections(String printed, String path) {
        Map<String, List<String>> values = new TreeMap<>();
        for (String file : printed.split("(?m)^# /\\S*/" + Pattern.quote(path) + "(\\.d/[^/]+\\.conf)?$")) {
            ofSections(values, file);
        }
        values.keySet().removeIf(key -> key.indexOf('.') < 0);
        return new Settings(Collections.unmodifiableMap(values));
    }

    private static Settings ofSections(Map<String, List<String>> found, String text) {
        String[] section = {""};
        return of(found, joined(withoutMark(text)), (values, line) -> {
            Matcher header = SECTION.matcher(line);
            Matcher assignment = ASSIGNMENT_OF_WORDS.matcher(line);
            if (header.matches()) {
                section[0] = header.group(1) + ".";
            } else if (assignment.matches() && assignment.group(2).isEmpty()) {
                values.put(section[0] + assignment.group(1), new ArrayList<>(List.of("")));
            } else if (assignment.matches()) {
                values.computeIfPresent(
                        section[0] + assignment.group(1), (key, all) -> all.equals(List.of("")) ? null : all);
                add(values, section[0] + assignment.group(1), assignment.group(2));
            }
        });
    }

    /** systemd passes over the first mark of a byte order that begins a line. */
    private static String withoutMark(String text) {
        return text.replaceFirst("(?<![^\r\n])\uFEFF", "");
    }

    /** Comments are none of the lines that a backslash joins, and join none themselves. */
    private static String joined(String text) {
        return text.lines()
                .filter(line -> !isComment(stripped(line)))
                .map(line -> goesOn(line) ? line.substring(0, line.length() - 1) + " " : line + "\n")
                .collect(Collectors.joining());
    }

    /** Of two backslashes the first takes from the other what it means. */
    private static boolean goesOn(String line) {
        int backslashes = line.length() - line.replaceFirst("\\\\+$", "").length();
        return backslashes % 2 == 1;
    }

    private static boolean isComment(String line) {
        return !line.isEmpty() && "#;".indexOf(line.charAt(0)) >= 0;
    }

    /** Whether a text has them, and not lines alone that are none. */
    boolean areThoseOf(String text) {
        return text.indexOf('\0') < 0
                && (!values.isEmpty()
                        || withoutMark(text)
                                .lines()
                                .map(Settings::stripped)
                                .allMatch(line -> line.isEmpty()
                                        || isComment(line)
                                        || SECTION.matcher(line).matches()));
    }

    List<String> of(String key) {
        List<String> found = values.get(key);
        return found == null ? others.apply(key) : found;
    }

    /** The one that counts where there are several. */
    Optional<String> last(String key) {
        return of(key).isEmpty() ? Optional.empty() : Optional.of(of(key).get(of(key).size() - 1));
    }

    /** What there is of a key, as messages say it behind "but ". */
    String words(String key) {
        return of(key).isEmpty()
                ? "there is no " + key + "; the closest names: " + NearMisses.text(key, values.keySet())
                : "was: " + String.join(", ", of(key)).replace("\r", "\\r");
    }
}
