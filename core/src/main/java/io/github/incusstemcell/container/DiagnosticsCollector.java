package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.Diagnostics.FailedUnit;
import io.github.incusstemcell.container.Diagnostics.File;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.systemd.Journal;
import io.github.incusstemcell.systemd.JournalEntry;
import io.github.incusstemcell.systemd.JournalQuery;
import io.github.incusstemcell.systemd.Systemd;
import io.github.incusstemcell.systemd.SystemdException;
import io.github.incusstemcell.systemd.Unit;
import io.github.incusstemcell.systemd.UnitSummary;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks everything about a container at once and takes what has come when the time is over: of a guest that is frozen, stopped or hung
 * at least what the daemon knows.
 */
final class DiagnosticsCollector {

    private static final Logger LOG = LoggerFactory.getLogger(DiagnosticsCollector.class);

    /** With what is done with the outcome, a failed test takes 5 seconds more at most. */
    static final Duration LIMIT = Duration.ofMillis(4_500);

    /** What somebody has named is worth a longer wait. */
    static final Duration ARTIFACTS_LIMIT = Duration.ofSeconds(10);

    /** Nobody reads more, and hundreds of failed tests fit on a disk. */
    static final int FILE_LIMIT = 2 << 20;

    private static final String FROZEN = "Frozen";
    private static final int UNITS = 5;
    private static final int UNIT_LINES = 5;
    private static final int COMMANDS = 3;

    private final Instance instance;
    private final Systemd systemd;
    private final CommandLog commands;
    private final List<String> artifacts;
    private final Duration limit;
    private final long begin = System.nanoTime();
    private final ExecutorService threads = DaemonThreads.pool("diagnostics");

    DiagnosticsCollector(
            Instance instance, Systemd systemd, CommandLog commands, List<String> artifacts, Duration limit) {
        this.limit = limit;
        this.artifacts = artifacts;
        this.instance = instance;
        this.systemd = systemd;
        this.commands = commands;
    }

    /** What a question came to: an answer, or why there is none. */
    private record Answer<T>(Optional<T> value, String trouble) {

        T orElse(T other) {
            return value.orElse(other);
        }
    }

    Diagnostics collect() {
        boolean wasFrozen = false;
        try {
            Answer<String> status = await(ask(() -> instance.state().status()));
            wasFrozen = status.orElse("").equals(FROZEN);
            if (wasFrozen) {
                await(ask(this::resume));
            }
            return collect(status);
        } finally {
            threads.shutdownNow();
            if (wasFrozen) {
                pause();
            }
        }
    }

    private boolean resume() {
        instance.unfreeze();
        return true;
    }

    /** However long the rest took: a test that goes on with a shared container has paused it. */
    private void pause() {
        try {
            instance.freeze();
        } catch (IncusStemcellException e) {
            LOG.warn(
                    "{} was paused, and may run since its diagnostics were collected, as it could not be paused again: {}",
                    instance,
                    e.getMessage());
        }
    }

    private Diagnostics collect(Answer<String> status) {
        Optional<String> dead = status.value()
                .filter(word -> !word.equals("Running") && !word.equals(FROZEN))
                .map(word -> "the container is not running, it is " + word);
        List<Asked> guest = new ArrayList<>();
        for (GuestFact fact : GuestFact.SILENT) {
            guest.add(ask(fact, dead));
        }
        Future<String> state = ask(() -> living(dead, () -> systemd.state().toString()));
        Future<List<FailedUnit>> failed = ask(() -> living(dead, this::failedUnits));
        Future<byte[]> console = ask(() -> bounded(instance.consoleLog()));
        Future<byte[]> log = ask(() -> bounded(instance.log("lxc.log")));
        ArtifactDownload download = new ArtifactDownload(instance.files());
        Future<Boolean> downloaded = ask(() -> download.fetch(artifacts));
        Future<byte[]> config = ask(() -> bounded(InstanceText.of(instance.info())));

        List<File> files = new ArrayList<>();
        guest.forEach(asked -> files.add(file(asked)));
        files.add(file(ask(GuestFact.BOOT, dead)));
        files.add(file(
                "commands.txt", "Commands that the test ran", new Answer<>(Optional.of(bounded(commands.text())), "")));
        files.add(file("console.txt", "Console", await(console)));
        files.add(file("lxc.log", "Log of LXC", await(log)));
        files.add(file("instance.txt", "Configuration of the instance", await(config)));
        Answer<String> systemState = await(state);
        return new Diagnostics(
                instance.name(),
                KeptContainer.shellCommand(instance),
                status.value().orElse("unknown: " + status.trouble()),
                systemState.value().orElse("unknown: " + systemState.trouble()),
                await(failed).orElse(List.of()),
                commands.last(COMMANDS),
                files,
                end(download, downloaded),
                Duration.ofNanos(System.nanoTime() - begin));
    }

    private List<File> end(ArtifactDownload download, Future<Boolean> downloaded) {
        Duration allowed = artifacts.isEmpty() || limit.compareTo(ARTIFACTS_LIMIT) > 0 ? limit : ARTIFACTS_LIMIT;
        return download.end(await(downloaded, allowed).trouble());
    }

    private static <T> T living(Optional<String> dead, Callable<T> question) throws Exception {
        if (dead.isPresent()) {
            throw new IllegalStateException(dead.get());
        }
        return question.call();
    }

    /** A question to the guest, or why it was not asked. */
    private record Asked(GuestFact fact, BoundedOutput output, Optional<Future<ExecResult>> end, String why) {

        static Asked not(GuestFact fact, String why) {
            return new Asked(fact, fact.output(FILE_LIMIT), Optional.empty(), why);
        }
    }

    private Asked ask(GuestFact fact, Optional<String> dead) {
        if (dead.isPresent()) {
            return Asked.not(fact, dead.get());
        }
        BoundedOutput output = fact.output(FILE_LIMIT);
        Command command = Command.shell(fact.script()).environment("LC_ALL", "C.UTF-8");
        return new Asked(fact, output, Optional.of(ask(() -> instance.exec(command, output))), "");
    }

    private File file(Asked asked) {
        if (asked.end().isEmpty()) {
            return file(asked, Optional.of(asked.why()));
        }
        Answer<ExecResult> end = await(asked.end().get());
        if (end.value().isEmpty()) {
            return file(asked, Optional.of(end.trouble()));
        }
        int exitCode = end.value().get().exitCode();
        // systemctl status says so of a unit that does not run: that is what was looked for.
        boolean fine = exitCode == 0 || asked.fact() == GuestFact.FAILED_UNITS && exitCode == 3;
        String complaints = asked.output().complaints();
        return file(
                asked,
                Optional.of("exit code " + exitCode + (complaints.isEmpty() ? "" : ": " + complaints))
                        .filter(trouble -> !fine));
    }

    private static File file(Asked asked, Optional<String> trouble) {
        byte[] content = asked.output().bytes();
        GuestFact fact = asked.fact();
        if (fact == GuestFact.BOOT && content.length > 0) {
            Optional<String> objection = BootPicture.objection(content);
            if (objection.isPresent()) {
                return new File(
                        fact.file() + ".txt",
                        fact.title(),
                        content,
                        trouble.or(() -> objection.map(why -> "what the guest drew is kept as text: " + why)));
            }
        }
        return new File(fact.file(), fact.title(), content, trouble);
    }

    private static File file(String name, String title, Answer<byte[]> answer) {
        return new File(
                name,
                title,
                answer.orElse(new byte[0]),
                answer.value().isPresent() ? Optional.empty() : Optional.of(answer.trouble()));
    }

    private List<FailedUnit> failedUnits() {
        List<FailedUnit> failed = new ArrayList<>();
        for (UnitSummary unit : systemd.failedUnits()) {
            failed.add(
                    failed.size() < UNITS ? describe(unit.name()) : new FailedUnit(unit.name(), "failed", List.of()));
        }
        return failed;
    }

    private FailedUnit describe(String name) {
        Unit unit = systemd.unit(name);
        String result = unit.result().orElse("failed")
                + (unit.exitCode().isPresent() ? ", status " + unit.exitCode().getAsInt() : "")
                + (unit.signal().isPresent() ? ", signal " + unit.signal().getAsInt() : "");
        return new FailedUnit(name, result, journal(name));
    }

    /** That a unit has failed is worth saying also where its journal cannot be read. */
    private List<String> journal(String unit) {
        try {
            return Journal.of(instance).entries(JournalQuery.all().unit(unit).last(UNIT_LINES)).stream()
                    .map(JournalEntry::toString)
                    .toList();
        } catch (SystemdException e) {
            return List.of(e.getMessage());
        }
    }

    private <T> Future<T> ask(Callable<T> question) {
        return threads.submit(question);
    }

    private <T> Answer<T> await(Future<T> question) {
        return await(question, limit);
    }

    private <T> Answer<T> await(Future<T> question, Duration allowed) {
        try {
            long left = allowed.toNanos() - (System.nanoTime() - begin);
            return new Answer<>(Optional.of(question.get(Math.max(0, left), TimeUnit.NANOSECONDS)), "");
        } catch (TimeoutException e) {
            return new Answer<>(Optional.empty(), "no answer within " + DurationText.of(allowed));
        } catch (ExecutionException e) {
            return new Answer<>(
                    Optional.empty(),
                    String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer<>(Optional.empty(), "interrupted");
        }
    }

    private static byte[] bounded(String text) {
        return BoundedOutput.bound(text.getBytes(StandardCharsets.UTF_8), FILE_LIMIT, true);
    }
}
