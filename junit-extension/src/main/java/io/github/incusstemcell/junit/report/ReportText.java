package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.container.Diagnostics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was found out about a container in a few lines, whatever the guest has printed. */
final class ReportText {

    private static final int LINE = 300;
    private static final int UNITS = 10;
    private static final int ARTIFACTS = 5;

    private ReportText() {}

    /** The text of a {@link MachineDiagnostics}. */
    static String summary(
            Inspected inspected,
            boolean failed,
            String node,
            String place,
            List<Diagnosis.Entry> artifacts,
            Path folder) {
        Diagnostics diagnostics = inspected.diagnostics();
        String machine = diagnostics.container() + (node.isEmpty() ? "" : ", the node '" + node + "'");
        StringBuilder text = new StringBuilder(line(machine + " of " + place + " is " + diagnostics.status()
                + ", systemd says " + diagnostics.systemState()));
        diagnostics.failedUnits().stream().limit(UNITS).forEach(unit -> {
            text.append("\n  failed: ").append(line(unit.name() + " (" + unit.result() + ")"));
            unit.journal().forEach(entry -> text.append("\n    ").append(line(entry)));
        });
        int more = diagnostics.failedUnits().size() - UNITS;
        if (more > 0) {
            text.append("\n  failed: ").append(more).append(" more");
        }
        if (!diagnostics.lastCommands().isEmpty()) {
            text.append("\n  last commands:");
            diagnostics.lastCommands().forEach(command -> text.append("\n    ").append(line(command)));
        }
        missing(diagnostics, text);
        artifacts(artifacts, text);
        if (inspected.kept()) {
            text.append("\n  kept for a day, look inside with: ").append(diagnostics.shellCommand());
        } else if (failed) {
            text.append("\n  to look inside the next time, keep it with: -Dincus.stemcell.cleanup=on_success");
        }
        return text.append("\n  all of it: ").append(folder).toString();
    }

    private static void missing(Diagnostics diagnostics, StringBuilder text) {
        List<Diagnostics.File> missing = diagnostics.files().stream()
                .filter(file -> file.trouble().isPresent())
                .toList();
        missing.stream()
                .collect(Collectors.groupingBy(
                        file -> line(file.trouble().get()),
                        java.util.LinkedHashMap::new,
                        Collectors.mapping(Diagnostics.File::name, Collectors.joining(", "))))
                .forEach((trouble, files) -> text.append("\n  not all there: ")
                        .append(files)
                        .append(": ")
                        .append(trouble));
    }

    private static void artifacts(List<Diagnosis.Entry> artifacts, StringBuilder text) {
        long there = artifacts.stream().filter(Diagnosis.Entry::isThere).count();
        if (there > 0) {
            text.append("\n  artifacts: ").append(there).append(there == 1 ? " file" : " files");
        }
        List<Diagnosis.Entry> missing =
                artifacts.stream().filter(entry -> entry.trouble().isPresent()).toList();
        missing.stream().limit(ARTIFACTS).forEach(entry -> text.append("\n  artifact ")
                .append(line(entry.title() + ": " + entry.trouble().get())));
        if (missing.size() > ARTIFACTS) {
            text.append("\n  artifacts not all there: ")
                    .append(missing.size() - ARTIFACTS)
                    .append(" more");
        }
    }

    /** One line without anything that a terminal would take for a command. */
    static String line(String text) {
        String plain = plain(text.strip())
                .lines()
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
        return plain.length() <= LINE ? plain : plain.substring(0, LINE) + "...";
    }

    /** A text without control characters and without those that turn the direction of writing. */
    static String plain(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}&&[^\\n\\t]]", "\uFFFD");
    }

    static String plain(String text, int limit) {
        return text.length() <= limit
                ? plain(text)
                : plain(text.substring(0, limit)) + "\n[the last " + (text.length() - limit)
                        + " characters are left out]";
    }

    /** A duration as a person reads it. */
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        return millis < 120_000
                ? String.format(Locale.ROOT, "%.1f s", millis / 1_000.0)
                : String.format(Locale.ROOT, "%d min %02d s", millis / 60_000, millis / 1_000 % 60);
    }
}
