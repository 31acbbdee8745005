package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.RunningCommand;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The commands that a test ran in a container, with their outcome: the last of them, each with the beginning of what it printed.
 * Their environment and what they were fed are not kept.
 */
final class CommandLog {

    private static final int COMMANDS = 200;
    private static final int TEXT = 2_000;
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private final Deque<Entry> entries = new ArrayDeque<>();
    private int forgotten;

    /** Runs a command and keeps how it ended. */
    ExecResult run(Command command, Function<Command, ExecResult> how) {
        Entry entry = add(command);
        try {
            ExecResult result = how.apply(command);
            entry.end(ending(result), result.isSuccess(), result.stdout(), result.stderr());
            return result;
        } catch (RuntimeException e) {
            entry.end("failed: " + cut(String.valueOf(e.getMessage())), false, "", "");
            throw e;
        }
    }

    /** Starts a command and keeps how it ends, should that be before somebody asks. */
    RunningCommand start(Command command, Function<Command, RunningCommand> how) {
        Entry entry = add(command);
        try {
            RunningCommand running = how.apply(command);
            running.onExit().whenComplete((code, failure) -> {
                if (failure == null) {
                    entry.end("exit code " + code, code == 0, "", "");
                } else {
                    entry.end("failed: " + cut(String.valueOf(failure.getMessage())), false, "", "");
                }
            });
            return running;
        } catch (RuntimeException e) {
            entry.end("failed: " + cut(String.valueOf(e.getMessage())), false, "", "");
            throw e;
        }
    }

    private synchronized Entry add(Command command) {
        if (entries.size() == COMMANDS) {
            entries.removeFirst();
            forgotten++;
        }
        Entry entry = new Entry(Instant.now(), cut(command.toString()), command.user());
        entries.add(entry);
        return entry;
    }

    /** The last commands in one line each, the oldest first. */
    synchronized List<String> last(int count) {
        return entries.stream()
                .skip(Math.max(0, entries.size() - count))
                .map(Entry::line)
                .toList();
    }

    /** All that is known, for a file. */
    synchronized String text() {
        StringBuilder text = new StringBuilder();
        if (forgotten > 0) {
            text.append("[the first ").append(forgotten).append(" commands are left out]\n");
        }
        entries.forEach(entry -> text.append(entry.text()));
        return entries.isEmpty() ? "The test ran no commands\n" : text.toString();
    }

    private static String ending(ExecResult result) {
        return result.timedOut() ? "killed after its timeout" : "exit code " + result.exitCode();
    }

    private static String cut(String text) {
        return text.length() <= TEXT
                ? text
                : text.substring(0, TEXT) + " [the last " + (text.length() - TEXT) + " characters are left out]";
    }

    private static final class Entry {

        private final Instant begin;
        private final String command;
        private final Optional<String> user;
        private String ending = "still running";
        private Duration duration = Duration.ZERO;
        private String stdout = "";
        private String stderr = "";

        Entry(Instant begin, String command, Optional<String> user) {
            this.begin = begin;
            this.command = command;
            this.user = user;
        }

        synchronized void end(String how, boolean success, String printed, String complained) {
            ending = success ? how : "** " + how;
            duration = Duration.between(begin, Instant.now());
            stdout = cut(printed);
            stderr = cut(complained);
        }

        synchronized String line() {
            return command + " -> " + ending.replace("** ", "")
                    + (duration.isZero() ? "" : " after " + duration.toMillis() + " ms");
        }

        synchronized String text() {
            return CLOCK.format(begin) + user.map(name -> " (" + name + ")").orElse("") + " " + command + "\n"
                    + "             -> " + ending
                    + (duration.isZero() ? "" : " after " + duration.toMillis() + " ms") + "\n"
                    + indented("stdout", stdout) + indented("stderr", stderr);
        }

        private static String indented(String stream, String text) {
            return text.isEmpty()
                    ? ""
                    : text.stripTrailing()
                            .indent(0)
                            .lines()
                            .map(line -> "      " + stream + "| " + line + "\n")
                            .reduce("", String::concat);
        }
    }
}
