package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a run whose daemon is killed, away or frozen at each of its stages. Needs a daemon that nobody else uses, as
 * INCUS_STEMCELL_DEV_RESTART names one. It is no test of the usual run: {@code dev/test --faults} runs it, and prints the outcomes;
 * {@link DaemonFaultsTest} has a few of them.
 */
class DaemonFaults {

    static final String OWNER = "DaemonFaults";

    /** Nothing takes longer than this, which is far below the time that any wait may take by itself where nobody answers. */
    private static final Duration HANG = Duration.ofMinutes(4);

    /** How a failure begins that is about the daemon. */
    private static final String ABOUT_THE_DAEMON =
            "(?s).*(lost the connection to Incus|as one that was restarted|Incus opened no session|Incus at .* did not answer|no reply within|cannot be reached|is out of reach).*";

    /** What happens to the daemon. */
    enum Fault {
        KILLED(0),
        SOCKET_GONE(5),
        FROZEN_3(3),
        FROZEN_10(10),
        FROZEN_60(60);

        private final int seconds;

        Fault(int seconds) {
            this.seconds = seconds;
        }
    }

    /** What is under way then; it begins with a request by which it is known. */
    enum Stage {
        PULL("GET /1.0/images"),
        UPLOAD("POST /1.0/images"),
        CREATE("POST /1.0/instances?"),
        START("PUT /1.0/instances/.*/state"),
        COMMAND("POST /1.0/instances/.*/exec"),
        FILE_COPY("GET /1.0/instances/.*/sftp"),
        DIAGNOSTICS("GET /1.0/instances/"),
        DELETE("DELETE /1.0/instances/"),
        PROVISIONING("POST /1.0/images"),
        PRIVATE_NETWORK("POST /1.0/networks");

        private final String request;

        Stage(String request) {
            this.request = request;
        }

        boolean isBegunBy(String line) {
            return line.startsWith(request) || line.matches(request + ".*");
        }
    }

    static boolean isAsItShouldBe(FaultOutcome outcome) {
        return outcome.succeedsOrFailsBy(failure -> failure.matches(ABOUT_THE_DAEMON));
    }

    @TempDir
    private Path folder;

    /** Of a few: {@code -Ddaemon.faults=KILLED,FROZEN_10 -Ddaemon.stages=CREATE}. */
    @Test
    void noneIsAHangOrAboutSomethingElse() throws Exception {
        List<FaultOutcome> outcomes = new ArrayList<>();
        for (Fault fault : FaultOutcome.chosen(
                "daemon.faults", List.of(Fault.KILLED, Fault.SOCKET_GONE, Fault.FROZEN_10, Fault.FROZEN_60))) {
            for (Stage stage : FaultOutcome.chosen("daemon.stages", List.of(Stage.values()))) {
                FaultOutcome outcome =
                        outcome(fault, stage, Files.createDirectory(folder.resolve(fault + "-" + stage)));
                System.out.println(outcome);
                outcomes.add(outcome);
            }
        }
        assertThat(outcomes).allMatch(DaemonFaults::isAsItShouldBe);
    }

    /** Also sees that nothing is left at the end. */
    static FaultOutcome outcome(Fault fault, Stage stage, Path folder) throws Exception {
        Trigger trigger = new Trigger(fault, stage, folder);
        try (InFrontOfIncus between = new InFrontOfIncus(folder, trigger::see);
                Stemcells stemcells =
                        TestMachine.stemcells().endpoint(between.endpoint()).connect()) {
            CompletableFuture<String> work = begin(stemcells, stage, trigger);
            String failure = await(work);
            Duration took = Duration.ofNanos(System.nanoTime() - trigger.since());
            trigger.over();
            String next = await(begin(stemcells, Stage.CREATE, trigger));
            stemcells.removeAll();
            assertThat(TestMachine.instancesOf(OWNER)).isEmpty();
            return new FaultOutcome(fault, stage, took, failure, next);
        }
    }

    private static String await(CompletableFuture<String> work) throws InterruptedException, ExecutionException {
        try {
            return work.get(HANG.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            Thread.getAllStackTraces().forEach((thread, stack) -> {
                if (thread.getName().startsWith("stage")) {
                    Stream.of(stack).forEach(System.out::println);
                }
            });
            return "HANGS";
        }
    }

    private static CompletableFuture<String> begin(Stemcells stemcells, Stage stage, Trigger trigger) {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        work(stemcells, stage, trigger);
                        outcome.complete("");
                    } catch (RuntimeException | Error e) {
                        outcome.complete(e.toString());
                    }
                },
                "stage-" + stage);
        thread.setDaemon(true);
        thread.start();
        return outcome;
    }

    private static void work(Stemcells stemcells, Stage stage, Trigger trigger) {
        ContainerSpec spec = TestMachine.spec().toBuilder().owner(OWNER).build();
        switch (stage) {
            case PULL, UPLOAD -> {
                deleteImages();
                trigger.arm();
                stemcells.prepare(spec);
            }
            case CREATE -> {
                stemcells.prepare(spec);
                trigger.arm();
                stemcells.launch(spec).close();
            }
            case START -> {
                stemcells.prepare(spec);
                trigger.arm();
                stemcells
                        .launch(spec.toBuilder()
                                .file(new BootFile.Text("/etc/motd", "hello\n", 0644))
                                .build())
                        .close();
            }
            case PROVISIONING -> {
                trigger.arm();
                Provisioning provisioning =
                        Provisioning.of("faults " + System.nanoTime(), guest -> guest.shell("echo x >/opt/x")
                                .requireSuccess());
                stemcells.prepare(spec.toBuilder().provisioning(provisioning).build());
            }
            case PRIVATE_NETWORK -> {
                trigger.arm();
                stemcells.createNetwork(OWNER).close();
            }
            default -> inContainer(stemcells.launch(spec), stage, trigger);
        }
    }

    private static void inContainer(StemcellContainer container, Stage stage, Trigger trigger) {
        try (container) {
            trigger.arm();
            switch (stage) {
                case COMMAND -> container.shell("sleep 2; echo done").requireSuccess();
                case FILE_COPY -> container.files().write("/opt/copy", new ByteArrayInputStream(new byte[64 << 20]));
                case DIAGNOSTICS -> assertThat(container.diagnose().files()).isNotEmpty();
                default -> assertThat(stage).isEqualTo(Stage.DELETE);
            }
        }
    }

    private static void deleteImages() {
        try (Incus incus = Incus.connect()) {
            Incus there = incus.project(Placement.DEFAULT_PROJECT);
            there.images().list().forEach(image -> there.images().delete(image.fingerprint()));
        }
    }

    /** Brings the fault about when the stage has begun. */
    private static final class Trigger {

        private static final String RESTART = "restart --kill";

        private final Fault fault;
        private final Stage stage;
        private final Path socket;
        private final AtomicBoolean armed = new AtomicBoolean();
        private final CompletableFuture<Long> since = new CompletableFuture<>();
        private final CompletableFuture<Void> over = new CompletableFuture<>();

        Trigger(Fault fault, Stage stage, Path folder) {
            this.fault = fault;
            this.stage = stage;
            this.socket = folder.resolve("unix.socket");
        }

        /** Once: what follows the fault is left alone. */
        void arm() {
            armed.set(!since.isDone());
        }

        /** By System.nanoTime. */
        long since() throws InterruptedException, ExecutionException {
            return since.getNow(System.nanoTime());
        }

        void over() throws Exception {
            assertThat(since).as("the stage has begun").isDone();
            over.get(2, TimeUnit.MINUTES);
        }

        /** The request is handed on once the daemon is frozen; otherwise the daemon has it when it is hit. */
        void see(String request) {
            if (!stage.isBegunBy(request) || !armed.compareAndSet(true, false)) {
                return;
            }
            since.complete(System.nanoTime());
            CompletableFuture<Void> frozen = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    hit(frozen);
                    over.complete(null);
                } catch (IOException | InterruptedException | RuntimeException | Error e) {
                    frozen.completeExceptionally(e);
                    over.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
            if (fault.name().startsWith("FROZEN")) {
                try {
                    frozen.get(20, TimeUnit.SECONDS);
                } catch (InterruptedException | ExecutionException | TimeoutException e) {
                    throw new AssertionError("The daemon is not frozen", e);
                }
            }
        }

        private void hit(CompletableFuture<Void> frozen) throws IOException, InterruptedException {
            String restart = System.getenv("INCUS_STEMCELL_DEV_RESTART");
            switch (fault) {
                case KILLED -> {
                    Path away = withoutSocket();
                    TestMachine.run("sh", "-c", restart);
                    Files.move(away, socket);
                }
                case SOCKET_GONE -> {
                    Path away = withoutSocket();
                    TimeUnit.SECONDS.sleep(fault.seconds);
                    Files.move(away, socket);
                }
                default -> freeze(restart.replace(RESTART, "freeze " + fault.seconds), frozen);
            }
        }

        /** As long as the daemon is away, nobody is to take what it does not. */
        private Path withoutSocket() throws IOException {
            return Files.move(socket, socket.resolveSibling("away"));
        }

        private static void freeze(String command, CompletableFuture<Void> frozen)
                throws IOException, InterruptedException {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .start();
            try (var said = process.inputReader()) {
                assertThat(said.readLine()).isEqualTo("frozen");
                frozen.complete(null);
                assertThat(process.waitFor()).isZero();
            } catch (UncheckedIOException e) {
                throw new IncusStemcellException("Cannot read what " + command + " says", e);
            }
        }
    }
}
