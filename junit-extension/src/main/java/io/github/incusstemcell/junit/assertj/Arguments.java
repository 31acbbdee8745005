package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What assertions are asked with. Each argument of each of them goes through here before the guest is looked at, and what would hold, or
 * fail, whatever the guest is like is refused: a name that nothing can have, a text that everything contains, a number that nothing exceeds.
 */
final class Arguments {

    private static final long LAST_ID = 0xffff_fffeL;
    private static final int ALL_MODES = 07777;
    private static final int LAST_PORT = 65_535;

    /** How much the clocks of the test and of a guest far away may differ. */
    private static final Duration CLOCKS_APART = Duration.ofHours(1);

    /** Debian Policy, 5.6.1, and the architecture behind a colon as dpkg prints it. */
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]+(:[a-z0-9][a-z0-9-]*)?");

    /** Debian Policy, 5.6.12. */
    private static final Pattern VERSION = Pattern.compile("(\\d+:)?\\d[A-Za-z0-9.+~:-]*");

    private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_.\\\\@-]+");

    /** What mount(8) knows and no kernel shows: in its place there is nothing, or the contrary of it. */
    private static final Set<String> NEVER_SHOWN = Set.of(
            "defaults",
            "auto",
            "noauto",
            "user",
            "nouser",
            "users",
            "group",
            "owner",
            "nofail",
            "_netdev",
            "suid",
            "dev",
            "exec",
            "async",
            "atime",
            "diratime",
            "symfollow",
            "loop",
            "remount",
            "bind",
            "rbind");

    /** Texts that have little in common: what finds something in each of them finds something everywhere. */
    private static final List<String> UNLIKE = List.of(
            "",
            "\n",
            " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
            "\u00e9",
            "\t\u4e2d\n\u6587\t");

    private Arguments() {}

    private static void refuse(boolean impossible, String why) {
        if (impossible) {
            throw new IllegalArgumentException(why);
        }
    }

    /** Something to look for, or the name of something. */
    static String text(String text) {
        refuse(
                Objects.requireNonNull(text, "text").isEmpty(),
                "Every text contains the empty text: write what to look for");
        return text;
    }

    /** The same of several, of which there has to be one at least. */
    static List<String> texts(String[] texts, String none, UnaryOperator<String> rule) {
        refuse(Objects.requireNonNull(texts, "texts").length == 0, none);
        return anyTexts(texts, rule);
    }

    /** The same of several, of which there may be none. */
    static List<String> anyTexts(String[] texts, UnaryOperator<String> rule) {
        return Arrays.stream(Objects.requireNonNull(texts, "texts")).map(rule).toList();
    }

    /** A program and its arguments, some of which may be empty. */
    static String[] argv(String... argv) {
        return anyTexts(argv, argument -> Objects.requireNonNull(argument, "argv"))
                .toArray(String[]::new);
    }

    /** A pattern that does not find something in every text, nor the empty text alone. */
    /** Of text of a guest, whose programs know one end of a line, as grep(1) does; Java knows five more. */
    static Pattern regex(String regex, int flags) {
        return regex(Pattern.compile(Objects.requireNonNull(regex, "regex"), flags | Pattern.UNIX_LINES));
    }

    static Pattern regex(Pattern pattern) {
        String itself = Objects.requireNonNull(pattern, "pattern").pattern();
        // Its own words are what a pattern is about that looks for their absence.
        boolean findsAll =
                UNLIKE.stream().allMatch(text -> pattern.matcher(text).find())
                        && pattern.matcher(itself).find()
                        && Arrays.stream(itself.split("\\W+"))
                                .allMatch(word -> pattern.matcher(word).find());
        refuse(
                findsAll,
                "The pattern '" + itself
                        + "' finds something in every text, as in the empty one: write what to look for");
        return pattern;
    }

    /** One path from the root. */
    static String path(String path) {
        refuse(
                !Objects.requireNonNull(path, "path").startsWith("/") || path.indexOf('\0') >= 0,
                "Not an absolute path: '" + path + "'");
        refuse(
                path.matches("(?s).*[*?].*|.*\\[[^/]+].*"),
                "Like a pattern, and not like one path: '" + path
                        + "'; what has this very name is found by files(...) with '"
                        + path.replaceAll("[\\\\*?\\[]", "\\\\$0") + "'");
        return path;
    }

    /** Paths from the root, in which each wildcard is between slashes. */
    static String glob(String pattern) {
        refuse(
                !Objects.requireNonNull(pattern, "pattern").startsWith("/")
                        || pattern.indexOf('\0') >= 0
                        || pattern.endsWith("/")
                        || pattern.matches("(?s).*(//.*|/\\.\\.?(/.*)?)"),
                "Not a pattern of absolute paths without '.', '..' and empty names: '" + pattern + "'");
        refuse(
                pattern.contains("**"),
                "No * matches a slash: '" + pattern + "'; look for files at any depth by file(folder).tree()");
        refuse(
                pattern.matches("(?s).*\\{[^/]*,[^/]*}.*"),
                "Braces stand for themselves in glob(7), as no shell reads it: '" + pattern
                        + "'; ask for each by itself");
        return pattern;
    }

    /** A pattern of one name, between slashes. */
    static String namePattern(String pattern) {
        refuse(
                text(pattern).indexOf('/') >= 0 || pattern.indexOf('\0') >= 0,
                "Not a pattern of names, which have no slash: '" + pattern + "'");
        refuse(pattern.matches("\\*+"), "Every name matches '" + pattern + "': leave it out");
        return pattern;
    }

    /** One path as the kernel writes it: in no table there is another. */
    static String plainPath(String path) {
        refuse(
                path(path).length() > 1 && path.endsWith("/"),
                "Not an absolute path without a slash at its end: '" + path + "'");
        refuse(
                path.matches("(?s).*(//.*|/\\.\\.?(/.*)?)"),
                "Not a path without '.', '..' and empty names: '" + path + "'");
        return path;
    }

    /** A path that is not the folder itself nor above it, since then everything in it would be excepted. */
    static String exception(String folder, String path) {
        refuse(
                folder.equals(plainPath(path)) || folder.startsWith(path.equals("/") ? path : path + "/"),
                "With the exception of " + path + " nothing is left of " + folder);
        return path;
    }

    /** The name of something, which begins like a name and not like an option. */
    private static String name(String what, String name, String forbidden) {
        boolean isName = !Objects.requireNonNull(name, what).isBlank()
                && name.equals(name.strip())
                && "-+#".indexOf(name.charAt(0)) < 0
                && name.chars().noneMatch(letter -> letter < ' ' || forbidden.indexOf(letter) >= 0);
        refuse(!isName, "Not the name of " + what + ": '" + name + "'");
        return name;
    }

    static String user(String name) {
        return name("a user", name, ":,/*?");
    }

    static String group(String name) {
        return name("a group", name, ":,/*?");
    }

    /** systemd.unit(5), with or without a type. */
    static String unit(String name) {
        refuse(!UNIT.matcher(Objects.requireNonNull(name, "name")).matches(), "Not the name of a unit: '" + name + "'");
        return name;
    }

    /** One of the units that processes are part of: slices have others in them, and the rest has none, or for a moment. */
    static String unitOfProcesses(String name) {
        refuse(
                unit(name).matches(".*\\.(socket|target|device|mount|automount|swap|timer|path|slice)"),
                "Not a service or a scope, of which processes are part: '" + name + "'");
        return name;
    }

    static String process(String name) {
        refuse(
                Objects.requireNonNull(name, "name").isEmpty(),
                "No process has the empty name: write one as /proc/PID/comm has it");
        return name.startsWith("/") ? plainPath(name) : name("a process", name, "");
    }

    /** Of BOSH, or one of its processes. */
    static String job(String name) {
        return name("a job", name, " /:*?");
    }

    static String networkInterface(String name) {
        return name("a network interface", name, " /:*?");
    }

    static String sysctl(String name) {
        refuse(
                !Objects.requireNonNull(name, "name").matches("[^./\\s*?\\[\\]-][^\\s*?\\[\\]]*[^./\\s*?\\[\\]]")
                        || name.contains(".."),
                "Not the name of a sysctl: '" + name + "'; write for example net.ipv4.ip_forward");
        return name;
    }

    static String packageName(String name) {
        refuse(
                !PACKAGE.matcher(Objects.requireNonNull(name, "name")).matches(),
                "Not the name of a Debian package: '" + name
                        + "'; two or more small letters, digits and any of +-. are what it has, and perhaps :amd64 behind them");
        return name;
    }

    static String version(String version) {
        refuse(
                !VERSION.matcher(Objects.requireNonNull(version, "version")).matches(),
                "Not a version of a Debian package: '" + version + "'");
        return version;
    }

    /** A name that has to be looked up: an address stands for itself everywhere. */
    static String host(String name) {
        refuse(
                Objects.requireNonNull(name, "name").matches("[0-9.]+|0[xX][0-9a-fA-F.xX]+|.*:.*"),
                "Not the name of a host, which would be looked up: '" + name + "'");
        return name("a host", name, " /*?@[]");
    }

    /** One word without blanks. */
    static String word(String word) {
        refuse(text(word).matches("(?s).*[\\s{}\"].*"), "Not one word: '" + word + "'");
        return word;
    }

    /** A name of the domain name system, which may be longer than one that is looked up. */
    static String domain(String name) {
        return name("a host", name, " /*?@[]:");
    }

    /** The key of a setting, which is one word mostly. */
    static String key(String key) {
        refuse(
                !Objects.requireNonNull(key, "key").equals(key.strip())
                        || key.isEmpty()
                        || key.matches("(?s).*[\\n=#;].*"),
                "Not the key of a setting: '" + key + "'");
        return key;
    }

    /** RFC 6901, but for the empty one, which is all. */
    static String pointer(String pointer) {
        refuse(
                !Objects.requireNonNull(pointer, "pointer").matches("(?s)(/([^/~]|~[01])*)+"),
                "Not a JSON pointer, as /Platform/Linux or /disks/0: '" + pointer + "'");
        return pointer;
    }

    /** Of an environment, environ(7). */
    static String variable(String name) {
        refuse(text(name).indexOf('=') >= 0 || name.indexOf('\0') >= 0, "Not the name of a variable: '" + name + "'");
        return name;
    }

    static String systemdConfiguration(String name) {
        refuse(
                !Objects.requireNonNull(name, "name").matches("[a-z0-9][a-z0-9-]*\\.conf"),
                "Not the name of a configuration file of systemd, as journald.conf: '" + name + "'");
        return name;
    }

    static String mountOption(String option) {
        refuse(text(option).contains(","), "Not one mount option: '" + option + "'");
        refuse(
                NEVER_SHOWN.contains(option) || option.startsWith("x-") || option.startsWith("X-"),
                "No kernel shows the mount option '" + option + "'"
                        + (Set.of("suid", "dev", "exec", "symfollow").contains(option) ? "; ask for no" + option : ""));
        return option;
    }

    static String macAddress(String address) {
        refuse(
                !Objects.requireNonNull(address, "address").matches("\\p{XDigit}{2}(:\\p{XDigit}{2}){5,19}"),
                "Not a MAC address as 10:66:6a:15:04:dc: '" + address + "'");
        return address;
    }

    static long number(String what, long number, long least, long most) {
        refuse(number < least || number > most, "Not " + what + ", " + least + " to " + most + ": " + number);
        return number;
    }

    /** The number of a user or a group; the last of 32 bits stands for none. */
    static long id(long id) {
        return number("the number of a user or a group", id, 0, LAST_ID);
    }

    /** The least and the greatest of some numbers of users or groups. */
    static void ids(long least, long most) {
        number("the greatest of these numbers", id(most), id(least), LAST_ID);
    }

    static List<String> sorted(List<String> texts) {
        return texts.stream().sorted().toList();
    }

    static int port(int port) {
        return (int) number("a port", port, 1, LAST_PORT);
    }

    static int count(int count) {
        return (int) number("a count", count, 0, Integer.MAX_VALUE);
    }

    static int mode(int mode) {
        return FileMode.require(mode);
    }

    /** A mode of which something is looked for. */
    static int bits(int mode) {
        refuse(mode(mode) == 0, "Nothing has any of mode 0: write bits to look for");
        return mode;
    }

    /** What is one name in a folder. */
    static String fileName(String name) {
        refuse(
                text(name).indexOf('/') >= 0 || name.indexOf('\0') >= 0 || name.equals(".") || name.equals(".."),
                "Not the name of something in a folder: '" + name + "'");
        return name;
    }

    /** A mode that allows less than everything. */
    static int limit(int mode) {
        refuse(mode(mode) == ALL_MODES, "No mode is more permissive than 07777");
        return mode;
    }

    static Duration span(Duration span) {
        refuse(
                Objects.requireNonNull(span, "span").isNegative() || span.isZero(),
                "Not a time, more than nothing: " + span);
        return span;
    }

    /** A moment that has been, as far as the clocks agree: nothing happened since a later one. */
    static Instant past(Instant time) {
        refuse(!hasBeen(Objects.requireNonNull(time, "time")), "Not a moment that has been: " + time);
        return time;
    }

    /** Whether it is not to come, as far as the clocks agree. */
    static boolean hasBeen(Instant time) {
        return !time.isAfter(Instant.now().plus(CLOCKS_APART));
    }

    /** A moment that has been, and not the first at which a file can have changed. */
    static Instant pastOfFiles(Instant time) {
        refuse(past(time).compareTo(Instant.EPOCH) <= 0, "Every file was modified since " + time);
        return time;
    }
}
