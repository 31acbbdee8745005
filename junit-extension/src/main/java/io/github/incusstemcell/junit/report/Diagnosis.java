package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.container.Diagnostics;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What was found out about a container, as it lies in a folder.
 *
 * @param container the name of the container
 * @param folder where the files are
 * @param summary what a {@link MachineDiagnostics} says
 * @param files the files that there are
 * @param artifacts the files of the guest that somebody has named
 * @param lastJournal the last lines of the journal
 */
record Diagnosis(
        String container, Path folder, String summary, List<Entry> files, List<Entry> artifacts, String lastJournal) {

    private static final int JOURNAL_LINES = 40;
    private static final int JOURNAL_TEXT = 16_000;

    /** A file, or why there is none, or not all of it; without a name where it was not written. */
    record Entry(String name, String title, int size, Optional<String> trouble) {

        boolean isThere() {
            return !name.isEmpty();
        }
    }

    /**
     * Writes what was found out into a folder of its own.
     *
     * @param run the folder of the run
     * @param failed whether something has failed, so that the container is of interest
     * @param node the name that the test has for the container, or empty
     */
    static Diagnosis write(Inspected inspected, boolean failed, ReportedElement place, String node, Path run)
            throws IOException {
        Diagnostics diagnostics = inspected.diagnostics();
        Path folder = create(run.resolve(place.folder()), node.isEmpty() ? "" : ReportedElement.safe(node));
        for (Diagnostics.File file : diagnostics.files()) {
            if (file.content().length > 0) {
                Files.write(folder.resolve(file.name()), file.content());
            }
        }
        List<Entry> artifacts = new ArtifactFolder(folder).write(diagnostics.artifacts());
        String summary = ReportText.summary(inspected, failed, node, place.toString(), artifacts, folder);
        Files.writeString(folder.resolve("summary.txt"), summary + "\n");
        return new Diagnosis(
                diagnostics.container(),
                folder,
                summary,
                diagnostics.files().stream()
                        .map(file -> new Entry(file.name(), file.title(), file.content().length, file.trouble()))
                        .toList(),
                artifacts,
                diagnostics.file("journal.txt").map(file -> end(file.text())).orElse(""));
    }

    /** The folder of a test, or one in it for each of its machines; a second of the same name gets a number. */
    private static Path create(Path test, String node) throws IOException {
        Path wanted = node.isEmpty() ? test : test.resolve(node);
        Files.createDirectories(wanted.getParent());
        for (int number = 1; ; number++) {
            Path folder = number == 1 ? wanted : wanted.resolveSibling(wanted.getFileName() + "-" + number);
            try {
                return Files.createDirectory(folder);
            } catch (FileAlreadyExistsException e) {
                if (node.isEmpty() && number == 1 && !Files.exists(folder.resolve("summary.txt"))) {
                    return folder;
                }
            }
        }
    }

    private static String end(String journal) {
        String end = journal.substring(Math.max(0, journal.length() - JOURNAL_TEXT));
        List<String> lines = end.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - JOURNAL_LINES), lines.size()));
    }
}
