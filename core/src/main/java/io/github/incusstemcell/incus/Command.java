package io.github.incusstemcell.incus;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A program to run inside an instance: its arguments, as they are, without a shell, and what surrounds it. Immutable:
 * each method returns a changed copy.
 */
public final class Command {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private final Settings settings;

    private Command(Settings settings) {
        this.settings = settings;
    }

    /** A copy with one thing changed. */
    private Command with(Consumer<Settings> change) {
        Settings changed = new Settings(settings);
        change.accept(changed);
        return new Command(changed);
    }

    /**
     * A program and its arguments.
     *
     * @param argv the program, searched in {@code PATH} where it has no slash, and its arguments; not empty, without NUL
     * @return the command
     * @throws IllegalArgumentException if there is no program, or a NUL
     */
    public static Command of(String... argv) {
        return of(List.of(argv));
    }

    /**
     * A program and its arguments.
     *
     * @param argv the program, searched in {@code PATH} where it has no slash, and its arguments; not empty, without NUL
     * @return the command
     * @throws IllegalArgumentException if there is no program, or a NUL
     */
    public static Command of(List<String> argv) {
        if (argv.isEmpty() || argv.get(0).isEmpty()) {
            throw new IllegalArgumentException("A command needs at least the name of a program");
        }
        argv.forEach(argument -> requireNoNul("an argument", argument));
        return new Command(new Settings(List.copyOf(argv)));
    }

    /** The kernel ends texts at a NUL, so what comes after it would be lost. */
    private static void requireNoNul(String what, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "There can be no NUL in " + what + " of a command: '" + text.replace("\0", "\\0") + "'");
        }
    }

    /**
     * A script for {@code sh -c}.
     *
     * @param script the script
     * @return the command
     */
    public static Command shell(String script) {
        return of("sh", "-c", script);
    }

    /**
     * A script for {@code perl -e}. Where it only looks, the process that is kept in an instance for looks is a perl already, and runs it
     * without another one ({@link GuestChannel}): the same comes of it, but for what it asks of its own process, as {@code $0}.
     *
     * @param script the script; not null
     * @param arguments what it finds in {@code @ARGV}; without NUL
     * @return the command; never null
     */
    public static Command perl(String script, String... arguments) {
        List<String> argv = new ArrayList<>(List.of("perl", "-e", script, "--"));
        argv.addAll(List.of(arguments));
        return of(argv).with(changed -> changed.isOfPerl = true);
    }

    /**
     * Sets one variable of the environment.
     *
     * @param name its name, without =; not empty
     * @param value its value
     * @return the changed copy
     * @throws IllegalArgumentException if the name is empty or has a = in it, or there is a NUL
     */
    public Command environment(String name, String value) {
        return environment(Map.of(name, value));
    }

    /**
     * Sets variables of the environment, on top of those already set.
     *
     * @param variables names, without =, and values
     * @return the changed copy
     * @throws IllegalArgumentException if a name is empty or has a = in it, or there is a NUL
     */
    public Command environment(Map<String, String> variables) {
        variables.forEach(Command::requireVariable);
        Map<String, String> all = new LinkedHashMap<>(settings.environment);
        all.putAll(variables);
        return with(changed -> changed.environment = all);
    }

    private static void requireVariable(String name, String value) {
        if (name.isEmpty() || name.contains("=")) {
            throw new IllegalArgumentException("Not the name of a variable: '" + name + "'");
        }
        requireNoNul("the variable " + name, name + value);
    }

    /**
     * Runs it as another user, with the group, home directory and shell that the instance's {@code /etc/passwd} gives
     * that user, in that home directory.
     *
     * @param name the name of the user, or a number
     * @return the changed copy
     */
    public Command user(String name) {
        Objects.requireNonNull(name, "name");
        return with(changed -> changed.user = name);
    }

    /**
     * Runs it in a directory, which has to be there.
     *
     * @param path its absolute path
     * @return the changed copy
     * @throws IllegalArgumentException if the path is not absolute
     */
    public Command workingDirectory(String path) {
        FileServer.bytes(path);
        return with(changed -> changed.workingDirectory = path);
    }

    /**
     * Feeds it a text, as UTF-8. With no stdin at all it finds itself at the end of its input.
     *
     * @param text the text
     * @return the changed copy
     */
    public Command stdin(String text) {
        return stdin(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Feeds it bytes.
     *
     * @param bytes the bytes
     * @return the changed copy
     */
    public Command stdin(byte[] bytes) {
        byte[] copy = bytes.clone();
        return stdin(() -> new ByteArrayInputStream(copy));
    }

    /**
     * Feeds it what a stream has. The stream is read as far as the program reads, and closed; so the command runs once.
     *
     * @param stream the stream
     * @return the changed copy
     */
    public Command stdin(InputStream stream) {
        Objects.requireNonNull(stream, "stream");
        return stdin(() -> stream);
    }

    /**
     * Feeds it a file of this machine.
     *
     * @param file the file
     * @return the changed copy
     */
    public Command stdin(Path file) {
        Objects.requireNonNull(file, "file");
        return stdin(() -> Files.newInputStream(file));
    }

    private Command stdin(Stdin source) {
        return with(changed -> changed.stdin = source);
    }

    /**
     * Limits its time. When that is over it is killed with all that it started, and the result holds what it printed until
     * then. In a frozen instance, where nothing can look for them, those that it started live on.
     *
     * @param limit how long it may run; more than zero
     * @return the changed copy
     */
    public Command timeout(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("A timeout has to be more than zero: " + limit);
        }
        return with(changed -> changed.timeout = limit);
    }

    /**
     * Gives it a terminal, for programs that insist on one. Its stdout and stderr then are one stream, stdout.
     *
     * @param columns the width in characters; more than zero
     * @param rows the height in characters; more than zero
     * @return the changed copy
     */
    public Command terminal(int columns, int rows) {
        Terminal size = new Terminal(columns, rows);
        return with(changed -> changed.terminal = size);
    }

    /**
     * Says that what comes of it, where it succeeds, depends on nothing but these files and its program. Where it only looks, and none of them
     * has changed since it ran last, the process that is kept in an instance for looks knows what comes of it ({@link GuestChannel}).
     *
     * @param paths absolute paths of files, and of folders with what is in them
     * @return the changed copy
     * @throws IllegalArgumentException if a path is not absolute
     */
    public Command dependingOn(String... paths) {
        List<String> all = List.of(paths);
        all.forEach(FileServer::bytes);
        return with(changed -> changed.files = all);
    }

    /** {@return the program and its arguments; not empty} */
    public List<String> argv() {
        return settings.argv;
    }

    /** {@return the variables that were set} */
    public Map<String, String> environment() {
        return settings.environment;
    }

    /** {@return the user; empty: root} */
    public Optional<String> user() {
        return Optional.ofNullable(settings.user);
    }

    /** {@return the directory; empty: the home directory} */
    public Optional<String> workingDirectory() {
        return Optional.ofNullable(settings.workingDirectory);
    }

    /** {@return its time limit; empty: none} */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(settings.timeout);
    }

    Optional<Stdin> stdin() {
        return Optional.ofNullable(settings.stdin);
    }

    Optional<Terminal> terminal() {
        return Optional.ofNullable(settings.terminal);
    }

    boolean isOfPerl() {
        return settings.isOfPerl;
    }

    List<String> files() {
        return settings.files;
    }

    /** {@return the arguments as one would type them into a shell} */
    @Override
    public String toString() {
        return settings.argv.stream().map(Command::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    /** Opens what the program reads. */
    interface Stdin {
        InputStream open() throws IOException;
    }

    /** The size of a terminal, in characters. */
    record Terminal(int columns, int rows) {

        Terminal {
            if (columns < 1 || rows < 1) {
                throw new IllegalArgumentException("Not the size of a terminal: " + columns + "x" + rows);
            }
        }
    }

    /** What belongs to a command; never changed once the command has it. */
    private static final class Settings {

        private final List<String> argv;
        private Map<String, String> environment = Map.of();
        private @Nullable String user;
        private @Nullable String workingDirectory;
        private @Nullable Stdin stdin;
        private @Nullable Duration timeout;
        private @Nullable Terminal terminal;
        private boolean isOfPerl;
        private List<String> files = List.of();

        Settings(List<String> argv) {
            this.argv = argv;
        }

        Settings(Settings other) {
            this.argv = other.argv;
            this.environment = other.environment;
            this.user = other.user;
            this.workingDirectory = other.workingDirectory;
            this.stdin = other.stdin;
            this.timeout = other.timeout;
            this.terminal = other.terminal;
            this.isOfPerl = other.isOfPerl;
            this.files = other.files;
        }
    }
}
