package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.internal.DaemonThreads;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run leaves in the build folder: a folder of its own, in it one for each container that was looked at, and a page.
 *
 * <p>Nothing is written for a run without containers. A report that cannot be written is a warning in the log: it fails no test.
 */
public final class RunReport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunReport.class);
    private static final String ADVICE = "Name a folder with incus.stemcell.diagnostics.dir";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneId.systemDefault());

    private final DiagnosticsMode mode;
    private final Optional<Path> wantedFolder;
    private final FilePublisher publisher;
    private final PrintStream stderr = System.err;
    private final Instant begin = Instant.now();
    private final List<TestReport> tests = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private @Nullable Path root;
    private @Nullable Path folder;

    /**
     * A report of a run that begins now.
     *
     * @param mode for which tests something is found out
     * @param folder where the folders of runs are; otherwise {@code incus-stemcell} in the build folder
     */
    public RunReport(DiagnosticsMode mode, Optional<Path> folder) {
        this.mode = mode;
        this.wantedFolder = folder;
        this.publisher = new FilePublisher(System.out, System.getenv("JENKINS_URL") != null);
    }

    /**
     * Begins the report of a test, or of a class.
     *
     * @param context the test's
     * @return what to put into its store
     */
    public synchronized TestReport begin(ExtensionContext context) {
        if (root == null) {
            root = wantedFolder
                    .orElseGet(() -> BuildFolder.of(
                                    context.getRequiredTestClass(), Path.of("").toAbsolutePath())
                            .resolve("incus-stemcell"))
                    .toAbsolutePath();
        }
        TestReport test = new TestReport(context);
        tests.add(test);
        return test;
    }

    /**
     * Has something stand on the page that is about no test, but about the run.
     *
     * @param remark a sentence for people
     */
    public synchronized void remark(String remark) {
        remarks.add(remark);
    }

    /**
     * Whether what happens in a start that fails is of interest.
     *
     * @return false if nothing is to be found out about any container
     */
    public boolean wantsDiagnostics() {
        return mode != DiagnosticsMode.NEVER;
    }

    /**
     * Finds out how containers are at the end of a test, if that is wanted: writes it down, hands it to JUnit, and hangs a summary on the
     * test's failure. Takes 5 seconds at most for all of them together.
     *
     * @param test the test
     * @param context the test's, for which files are published
     * @param failure with what the test failed; empty if it did not
     * @param containers how each of the containers is looked at, by the name that the test has for it
     */
    public void ended(
            TestReport test,
            ExtensionContext context,
            Optional<Throwable> failure,
            Map<String, Callable<Optional<Inspected>>> containers) {
        Optional<Throwable> real = failure.filter(TestReport::isFailure);
        boolean wanted = mode == DiagnosticsMode.ALWAYS || mode == DiagnosticsMode.ON_FAILURE && real.isPresent();
        if (!wanted || containers.isEmpty()) {
            return;
        }
        Instant since = Instant.now();
        List<Diagnosis> found = new ArrayList<>();
        lookAt(containers).forEach((node, inspected) -> write(test, node, inspected, real.isPresent())
                .ifPresent(found::add));
        for (Diagnosis diagnosis : found) {
            real.ifPresent(thrown -> tell(thrown, diagnosis.summary()));
            publisher.attach(context, diagnosis);
        }
        test.diagnosed(since, found);
    }

    /** Of what is suppressed, not every runner shows something; all show what a test prints. */
    private void tell(Throwable failure, String summary) {
        failure.addSuppressed(new MachineDiagnostics(summary));
        stderr.println(summary);
    }

    /** All at once; each of them ends by itself. */
    private static Map<String, Inspected> lookAt(Map<String, Callable<Optional<Inspected>>> containers) {
        Map<String, FutureTask<Optional<Inspected>>> tasks = new LinkedHashMap<>();
        containers.forEach((node, look) -> {
            FutureTask<Optional<Inspected>> task = new FutureTask<>(look);
            DaemonThreads.start("report", task);
            tasks.put(node, task);
        });
        Map<String, Inspected> seen = new LinkedHashMap<>();
        tasks.forEach((node, task) -> {
            try {
                task.get().ifPresent(inspected -> seen.put(node, inspected));
            } catch (ExecutionException e) {
                LOG.warn("Nothing could be found out about the container {}", node, e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return seen;
    }

    private Optional<Diagnosis> write(TestReport test, String node, Inspected inspected, boolean failed) {
        try {
            return Optional.of(Diagnosis.write(inspected, failed, test.place(), node, folder()));
        } catch (IOException e) {
            LOG.warn(
                    "What was found out about {} cannot be written into {}. {}",
                    inspected.diagnostics().container(),
                    root,
                    ADVICE,
                    e);
            return Optional.empty();
        }
    }

    /** The folder of this run, which no other run has, be it in another JVM at the same moment. */
    private synchronized Path folder() throws IOException {
        Path own = folder;
        if (own == null) {
            Path runs = Files.createDirectories(root());
            String name = STAMP.format(begin) + "-" + ProcessHandle.current().pid();
            for (int number = 1; own == null; number++) {
                try {
                    own = Files.createDirectory(runs.resolve(number == 1 ? name : name + "-" + number));
                } catch (FileAlreadyExistsException e) {
                    LOG.debug("Another run of this JVM has the folder {}", name);
                }
            }
            folder = own;
        }
        return own;
    }

    private synchronized Path root() {
        return Objects.requireNonNull(root, "no test has begun");
    }

    /** Writes the page, and the list of runs that stands above it. */
    @Override
    public synchronized void close() {
        List<TestReport> told = tests.stream().filter(TestReport::isTold).toList();
        boolean hadContainers = told.stream()
                .anyMatch(test -> !test.waits().isEmpty() || !test.diagnoses().isEmpty());
        if (mode == DiagnosticsMode.NEVER || !hadContainers) {
            return;
        }
        try {
            Run run = new Run(begin, Instant.now(), told, remarks);
            Path page = folder().resolve("index.html");
            Files.writeString(page, new RunPage(run, folder()).html());
            new RunIndex(root()).add(folder(), run);
            if (run.failed() > 0) {
                LOG.warn("{} of {} tests failed; see {}", run.failed(), run.count(), page);
            } else {
                LOG.info("Where the time of {} tests went: {}", run.count(), page);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("The report of this run cannot be written into {}. {}", root, ADVICE, e);
        }
    }
}
