package io.github.incusstemcell.junit.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list of all runs in a build folder, which JVMs that a build forks write together: each adds a note to its own run's folder and then
 * makes the list from all notes, one after the other.
 */
record RunIndex(Path root) {

    private static final Logger LOG = LoggerFactory.getLogger(RunIndex.class);

    private static final String NOTE = "run.properties";

    private record Note(String folder, Instant begin, String tests, String failed, String duration) {}

    void add(Path folder, Run run) throws IOException {
        // A lock on a file is between processes only.
        synchronized (RunIndex.class) {
            try (FileChannel channel = FileChannel.open(
                            root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException("The lock on " + root.resolve(".lock") + " was lost");
                }
                note(folder, run);
                write();
            }
        }
    }

    private static void note(Path folder, Run run) throws IOException {
        Properties note = new Properties();
        note.setProperty("begin", run.begin().toString());
        note.setProperty("tests", Long.toString(run.count()));
        note.setProperty("failed", Long.toString(run.failed()));
        note.setProperty("duration", ReportText.duration(run.duration()));
        // Whole or not at all, since the JVM may be killed at any moment, and all runs to come read it.
        Path fresh = folder.resolve(NOTE + ".new");
        try (OutputStream output = Files.newOutputStream(fresh)) {
            note.store(output, null);
        }
        Files.move(fresh, folder.resolve(NOTE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void write() throws IOException {
        Markup body = new Markup()
                .raw("<h1>Incus Stemcell</h1>\n<h2>Runs</h2>\n<div class=\"card\"><table>\n")
                .raw("<tr><th>Run</th><th class=\"number\">Tests</th><th class=\"number\">Failed</th>")
                .raw("<th class=\"number\">Time</th></tr>\n");
        for (Note note : notes()) {
            boolean failed = !note.failed().equals("0");
            body.raw("<tr><td class=\"state\"><i class=\"" + (failed ? "fail" : "run") + "\"></i><a href=\"")
                    .text(note.folder() + "/index.html")
                    .raw("\">")
                    .text(RunPage.TIME.format(note.begin()))
                    .raw("</a> <span class=\"quiet\">")
                    .text(note.folder())
                    .raw("</span></td>")
                    .element("td class=\"number\"", note.tests())
                    .element("td class=\"number\"", note.failed())
                    .element("td class=\"number\"", note.duration())
                    .raw("</tr>\n");
        }
        Path fresh = root.resolve("index.html.new");
        Files.writeString(fresh, Markup.page("Incus Stemcell: runs", body.raw("</table></div>\n")));
        Files.move(fresh, root.resolve("index.html"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The newest first. */
    private List<Note> notes() throws IOException {
        List<Note> notes = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder :
                    folders.filter(path -> Files.exists(path.resolve(NOTE))).toList()) {
                read(folder).ifPresent(notes::add);
            }
        }
        notes.sort(Comparator.comparing(Note::begin).reversed().thenComparing(Note::folder));
        return notes;
    }

    private static Optional<Note> read(Path folder) throws IOException {
        Properties note = new Properties();
        try (InputStream input = Files.newInputStream(folder.resolve(NOTE))) {
            note.load(input);
        }
        if (!note.stringPropertyNames().containsAll(Set.of("begin", "tests", "failed", "duration"))) {
            LOG.warn(
                    "{} is left out of the list of runs: its {} is not whole, as where its JVM was killed. Delete the folder if"
                            + " you do not need it",
                    folder,
                    NOTE);
            return Optional.empty();
        }
        return Optional.of(new Note(
                folder.getFileName().toString(),
                Instant.parse(note.getProperty("begin")),
                note.getProperty("tests"),
                note.getProperty("failed"),
                note.getProperty("duration")));
    }
}
