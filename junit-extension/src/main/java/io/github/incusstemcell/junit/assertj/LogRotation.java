package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What logrotate(8) is told of each log, by {@code /etc/logrotate.conf} and what that includes, with what goes for all of them. */
final class LogRotation {

    private static final String MAIN = "/etc/logrotate.conf";
    private static final String FOLDER = "/etc/logrotate.d";

    /** Stands before the path of a file that logrotate passes over, of which there is no content then. */
    private static final String IGNORED = "!";

    /** Stands for the path before what logrotate says of its version. */
    private static final String VERSION = "version";

    /** Stands for the path before all that logrotate says as it reads the files and would rotate by them. */
    private static final String SAID = "said";

    /** What it says behind this is about logs, and no longer about the files that tell of them. */
    private static final Pattern STATE = Pattern.compile("(?m)^(?:Reading state from file|Handling \\d+ logs)");

    /** Path and content of each, each with a NUL behind it. Logrotate passes over those that are not of root, or that others may write to. */
    private static final String SCRIPT = "printf '" + VERSION + "\\0%s\\0" + SAID
            + "\\0%s\\0' \"$(logrotate --version 2>&1)\" \"$(logrotate --debug " + MAIN + " 2>&1)\"; for file in "
            + MAIN + " " + FOLDER
            + "/.[!.]* " + FOLDER + "/*; do if [ -f \"$file\" ]; then"
            + " if [ -n \"$(find -L \"$file\" -uid 0 ! -perm /022)\" ]; then"
            + " printf '%s\\0' \"$file\" && cat -- \"$file\" && printf '\\0' || exit 1;"
            + " else printf '" + IGNORED + "%s\\0\\0' \"$file\"; fi; fi; done";

    /** Endings of names that logrotate passes over, and since 3.22, from its config.c; tabooext tells it of others. */
    private static final String TABOO =
            ",v .bak .cfsaved .disabled .dpkg-bak .dpkg-del .dpkg-dist .dpkg-new .dpkg-old .dpkg-tmp"
                    + " .rhn-cfg-tmp-* .rpmnew .rpmorig .rpmsave .swp .ucf-dist .ucf-new .ucf-old ~";

    private static final String TABOO_SINCE_3_22 = ".new .old .orig";
    private static final Pattern BEFORE_3_22 =
            Pattern.compile("logrotate (?:[0-2]|3\\.(?:\\d|1\\d|2[01])(?!\\d)).*", Pattern.DOTALL);

    /** How often: of these the last one counts. */
    private static final Set<String> INTERVALS = Set.of("hourly", "daily", "weekly", "monthly", "yearly", "size");

    private static final Set<String> SCRIPTS =
            Set.of("prerotate", "postrotate", "firstaction", "lastaction", "preremove");
    private static final Pattern INCLUDE = Pattern.compile("include[\\s=]+");
    private static final Pattern DIRECTIVE = Pattern.compile("([A-Za-z]+)(?:[\\s=]+(.*))?");
    /** What changes the names that are passed over, and what stands before each for its pattern. */
    private static final Map<String, String> TABOOS = Map.of("tabooext", "*", "taboopat", "");

    /** Of a block, alone or behind a word that has no value, of which it would be a part. */
    private static final Pattern END = Pattern.compile("([A-Za-z]*)\\s*}");

    private static final Pattern PATH = Pattern.compile("\"([^\"]+)\"|'([^']+)'|(\\S+)");

    private final String guest;
    private final Map<String, String> files;
    private final List<String> ignored;
    private final List<String> taboo = new ArrayList<>();
    private final Set<String> open = new HashSet<>();
    private final Set<String> read = new HashSet<>();
    private final Map<String, List<String>> general = new LinkedHashMap<>();
    private final List<Block> blocks = new ArrayList<>();

    /** What is said of some logs, and the file that says it. */
    private record Block(String file, List<String> patterns, Map<String, List<String>> settings) {

        boolean isAbout(String path) {
            return patterns.stream().anyMatch(pattern -> matches(pattern, path));
        }
    }

    private LogRotation(String guest, Map<String, String> files, List<String> ignored) {
        this.guest = guest;
        this.files = files;
        this.ignored = ignored;
        boolean isOld = BEFORE_3_22.matcher(files.getOrDefault(VERSION, "")).matches();
        Stream.of((isOld ? TABOO : TABOO + " " + TABOO_SINCE_3_22).split(" "))
                .forEach(ending -> taboo.add("*" + ending));
    }

    static LogRotation of(StemcellContainer stemcell) {
        return of(
                stemcell.name(),
                stemcell.inspect(Command.shell(SCRIPT)).requireWhole().stdout());
    }

    static LogRotation of(String guest, String printed) {
        String[] field = printed.split("\0", -1);
        Map<String, String> files = new LinkedHashMap<>();
        List<String> ignored = new ArrayList<>();
        for (int i = 0; i + 1 < field.length; i += 2) {
            if (field[i].startsWith(IGNORED)) {
                ignored.add(field[i].substring(IGNORED.length()));
            } else {
                files.put(field[i], field[i + 1]);
            }
        }
        LogRotation rotation = new LogRotation(guest, files, ignored);
        if (!files.containsKey(MAIN)) {
            throw AssertionErrors.of("Expecting " + MAIN + " on " + guest + " to say how logs are rotated\n"
                    + "  but it does not exist" + rotation.ignoredWords());
        }
        rotation.read(MAIN);
        return rotation;
    }

    /** A file that comes twice counts once, as logrotate takes each log once; in itself it would come for ever. */
    private void read(String file) {
        if (!open.add(file)) {
            throw AssertionErrors.of("Expecting no file of logrotate to include itself\n  but was: " + file);
        }
        if (read.add(file)) {
            readLines(file);
        }
        open.remove(file);
    }

    private void readLines(String file) {
        List<String> paths = new ArrayList<>();
        Map<String, List<String>> block = null;
        List<String> script = null;
        for (String each : FileContent.lines(files.getOrDefault(file, ""))) {
            String line = each.strip();
            if (script != null) {
                if (line.equals("endscript")) {
                    script = null;
                } else {
                    script.add(line);
                }
            } else if (line.startsWith("#")) {
                continue;
            } else if (block != null && END.matcher(line).matches()) {
                directive(block, END.matcher(line).replaceFirst("$1"));
                block = null;
            } else if (line.matches(block == null ? ".*\\{.+|.*}" : ".*[{}].*")) {
                throw AssertionErrors.of("Expecting each { and } in " + file
                        + " at the end of a line of logs, and alone\n  but was: " + line);
            } else if (block != null) {
                script = directive(block, line);
            } else if (INCLUDE.matcher(line).lookingAt()) {
                include(file, INCLUDE.matcher(line).replaceFirst(""));
            } else if (line.startsWith("/") || line.startsWith("\"") || line.startsWith("'") || line.equals("{")) {
                PATH.matcher(line.replaceFirst("\\{$", "")).results().forEach(path -> paths.add(first(path)));
                if (line.endsWith("{")) {
                    block = copy(general);
                    blocks.add(new Block(file, List.copyOf(paths), block));
                    paths.clear();
                }
            } else {
                directive(general, line);
                passOver(DIRECTIVE.matcher(line));
            }
        }
    }

    private void passOver(Matcher directive) {
        if (directive.matches() && directive.group(2) != null && TABOOS.containsKey(directive.group(1))) {
            passOver(TABOOS.get(directive.group(1)), directive.group(2));
        }
    }

    /** Behind a plus stands what is passed over as well as what was before. */
    private void passOver(String before, String names) {
        if (!names.startsWith("+")) {
            taboo.clear();
        }
        Stream.of(names.replaceFirst("^\\+", "").split("[\\s,]+"))
                .filter(name -> !name.isEmpty())
                .forEach(name -> taboo.add(before + name));
    }

    private static String first(MatchResult path) {
        return path.group(1) != null ? path.group(1) : path.group(2) != null ? path.group(2) : path.group(3);
    }

    private static Map<String, List<String>> copy(Map<String, List<String>> settings) {
        Map<String, List<String>> copy = new LinkedHashMap<>();
        settings.forEach((key, values) -> copy.put(key, new ArrayList<>(values)));
        return copy;
    }

    private void include(String from, String what) {
        if (files.containsKey(what)) {
            read(what);
        } else if (what.replaceFirst("/+$", "").equals(FOLDER)) {
            files.keySet().stream()
                    .filter(file -> file.startsWith(FOLDER + "/")
                            && taboo.stream().noneMatch(name -> matchesName(name, file.substring(FOLDER.length() + 1))))
                    .toList()
                    .forEach(this::read);
        } else {
            throw AssertionErrors.of("Expecting " + from + " to include no more than " + FOLDER
                    + ", which is all that is read\n  but it includes " + what);
        }
    }

    /** Takes note of one; the lines of the script that begins with it, or null. */
    private static @Nullable List<String> directive(Map<String, List<String>> settings, String line) {
        Matcher directive = DIRECTIVE.matcher(line);
        if (!directive.matches()) {
            return null;
        }
        String key = directive.group(1);
        String opposite = key.startsWith("no") ? key.substring(2) : "no" + key;
        settings.remove(opposite);
        if (key.equals("ifempty") || key.equals("notifempty")) {
            settings.remove(key.equals("ifempty") ? "notifempty" : "ifempty");
        }
        if (key.equals("mailfirst") || key.equals("maillast")) {
            settings.remove(key.equals("mailfirst") ? "maillast" : "mailfirst");
        }
        if (INTERVALS.contains(key)) {
            settings.keySet().removeAll(INTERVALS);
        }
        List<String> values = new ArrayList<>();
        settings.put(key, values);
        if (SCRIPTS.contains(key)) {
            return values;
        }
        values.add(Optional.ofNullable(directive.group(2)).orElse(""));
        return null;
    }

    /** What is said of a log; empty where nothing is. The first that is about it counts. */
    Optional<Settings> of(String path) {
        Optional<Block> found =
                blocks.stream().filter(block -> block.isAbout(path)).findFirst();
        found.map(Block::file).ifPresent(this::requireTaken);
        return found.map(block -> new Settings(new TreeMap<>(block.settings())));
    }

    /**
     * Of a file in which it finds an error logrotate passes over lines, logs or the rest, as the error may be, and that of {@code
     * logrotate.conf} goes for all. It names files of a folder by their names.
     */
    private void requireTaken(String file) {
        String said = STATE.split(files.getOrDefault(SAID, ""), 2)[0];
        String name = file.substring(file.lastIndexOf('/') + 1);
        List<String> errors = said.lines()
                .filter(line -> Stream.of(file, name, MAIN).anyMatch(each -> line.startsWith("error: " + each + ":")))
                .toList();
        if (!errors.isEmpty()) {
            throw AssertionErrors.of("Expecting logrotate on " + guest + " to find no error in " + file
                    + "\n  but it says: " + String.join("; ", errors));
        }
    }

    private static boolean matches(String pattern, String path) {
        String[] wanted = pattern.split("/", -1);
        String[] names = path.split("/", -1);
        boolean matches = wanted.length == names.length;
        for (int i = 0; matches && i < names.length; i++) {
            matches = matchesName(wanted[i], names[i]);
        }
        return matches;
    }

    private static boolean matchesName(String pattern, String name) {
        boolean isHidden = name.startsWith(".") && !pattern.startsWith(".");
        return !isHidden && Glob.matches(pattern, name);
    }

    String surroundings(String path) {
        return "nothing rotates it; the closest: "
                + NearMisses.text(
                        path,
                        blocks.stream()
                                .flatMap(block -> block.patterns().stream())
                                .toList())
                + ignoredWords();
    }

    private String ignoredWords() {
        return ignored.isEmpty()
                ? ""
                : "; logrotate passes over " + String.join(", ", ignored) + ": not of root, or others may write to it";
    }
}
