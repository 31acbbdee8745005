package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.systemd.JournalQuery;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a test whose guest is powered off, paused, rebooted, full, or without its dbus or journald at each of its stages. It is no
 * test of the usual run: {@code dev/test --faults} runs it, and prints the outcomes; {@link GuestFaultsTest} has a few of them.
 */
class GuestFaults {

    static final String OWNER = "GuestFaults";

    /** Nothing takes longer than this, where the longest wait by itself is that for a job of systemd, 120 s. */
    private static final Duration HANG = Duration.ofMinutes(4);

    /** Where a command may take as long as it likes by itself, which one in a paused guest does. */
    private static final Duration COMMAND = Duration.ofSeconds(10);

    /** What fills all that a disk has left. */
    private static final String FILL = "for size in 256M 16M 1M 64K 4K; do i=0;"
            + " while fallocate --length $size /var/fill.$size.$i 2>/dev/null; do i=$((i+1)); done; done;"
            + " ! dd if=/dev/zero of=/var/fill bs=1M count=16 2>/dev/null";

    /** Of a command that the fault comes in the middle of. */
    private static final String UNTIL_OVER =
            "touch /run/begun; until [ -e /run/over ]; do sleep 0.05; done; echo done >/opt/done";

    /** What happens to the guest, and what a failure says that is about that. */
    enum Fault {
        POWERED_OFF("was stopped|has ended before systemd had booted|is not running"),
        PAUSED("is the guest frozen|Instance is frozen|killed after its timeout|within"),
        REBOOTED("was stopped|has ended before systemd had booted|is not running|connection to systemd"),
        FULL("Disk quota exceeded|no space left|did not finish booting"),
        WITHOUT_DBUS("connection to systemd"),
        WITHOUT_JOURNALD("journal");

        private final String about;

        Fault(String about) {
            this.about = about;
        }

        void hit(Instance guest) {
            switch (this) {
                case POWERED_OFF -> guest.stopNow();
                case PAUSED -> guest.freeze();
                case REBOOTED -> reboot(guest);
                case FULL -> run(guest, FILL);
                case WITHOUT_DBUS -> run(guest, killed("dbus-daemon"));
                case WITHOUT_JOURNALD -> run(guest, killed("systemd-journal"));
            }
        }

        private static String killed(String process) {
            return "until pkill -KILL -x " + process + "; do sleep 0.05; done";
        }

        private static void run(Instance guest, String script) {
            guest.exec(Command.shell(script + "\ntouch /run/over").timeout(Duration.ofMinutes(1)))
                    .requireSuccess();
        }

        private static void reboot(Instance guest) {
            try {
                guest.exec(
                        Command.of("systemctl", "reboot", "--force", "--force").timeout(COMMAND));
            } catch (IncusStemcellException e) {
                // The guest that was to answer is gone.
            }
        }
    }

    /** What is under way then. */
    enum Stage {
        BOOT,
        COMMAND,
        FILE_COPY,
        JOB_OF_SYSTEMD,
        QUESTION_TO_SYSTEMD,
        JOURNAL,
        DIAGNOSTICS,
        DELETE,
        PROVISIONING
    }

    static boolean isAsItShouldBe(FaultOutcome outcome) {
        return outcome.succeedsOrFailsBy(
                Pattern.compile(((Fault) outcome.fault()).about).asPredicate());
    }

    /** Of a few: {@code -Dguest.faults=PAUSED,FULL -Dguest.stages=COMMAND}. */
    @Test
    void noneIsAHangOrAboutSomethingElse() throws Exception {
        List<FaultOutcome> outcomes = new ArrayList<>();
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            for (Fault fault : FaultOutcome.chosen("guest.faults", List.of(Fault.values()))) {
                for (Stage stage : FaultOutcome.chosen("guest.stages", List.of(Stage.values()))) {
                    FaultOutcome outcome = outcome(stemcells, fault, stage);
                    System.out.println(outcome);
                    outcomes.add(outcome);
                }
            }
        }
        assertThat(outcomes).allMatch(GuestFaults::isAsItShouldBe);
    }

    /** Also sees that nothing is left at the end. */
    static FaultOutcome outcome(Stemcells stemcells, Fault fault, Stage stage) throws Exception {
        Run run = new Run(stemcells, fault, stage);
        String failure = failureOf(run::work);
        Duration took = Duration.ofNanos(System.nanoTime() - run.since.get(1, TimeUnit.MINUTES));
        run.over.get(2, TimeUnit.MINUTES);
        String next = failureOf(() -> stemcells.launch(run.spec()).close());
        assertThat(TestMachine.instancesOf(OWNER)).isEmpty();
        return new FaultOutcome(fault, stage, took, failure, next);
    }

    private static String failureOf(Runnable work) throws InterruptedException, ExecutionException {
        FutureTask<String> task = new FutureTask<>(() -> {
            try {
                work.run();
                return "";
            } catch (RuntimeException | Error e) {
                return e.toString();
            }
        });
        Thread thread = new Thread(task, "stage");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(HANG.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // Where it hangs, which no outcome may do.
            Stream.of(thread.getStackTrace()).forEach(System.out::println);
            return "HANGS";
        }
    }

    /** One stage with its fault, which is brought about over a connection of its own. */
    private static final class Run {

        private final Stemcells stemcells;
        private final Fault fault;
        private final Stage stage;
        private final CompletableFuture<Long> since = new CompletableFuture<>();
        private final CompletableFuture<Void> over = new CompletableFuture<>();

        Run(Stemcells stemcells, Fault fault, Stage stage) {
            this.stemcells = stemcells;
            this.fault = fault;
            this.stage = stage;
        }

        ContainerSpec spec() {
            return TestMachine.spec().toBuilder()
                    .owner(OWNER)
                    .limits(Limits.NONE.withDisk("2GiB"))
                    .build();
        }

        void work() {
            switch (stage) {
                case BOOT -> {
                    meanwhile("true");
                    try (StemcellContainer container = stemcells.launch(spec())) {
                        assertThat(container.name()).isNotEmpty();
                        await(over);
                    }
                }
                case PROVISIONING -> {
                    Provisioning provisioning = Provisioning.of("guest faults " + System.nanoTime(), guest -> {
                        hit(Optional.of(guest.name()), "true");
                        guest.exec(Command.shell("echo x >/opt/x").timeout(COMMAND))
                                .requireSuccess();
                    });
                    stemcells.prepare(
                            spec().toBuilder().provisioning(provisioning).build());
                }
                default -> inContainer(stemcells.launch(spec()));
            }
        }

        private void inContainer(StemcellContainer container) {
            try (container) {
                switch (stage) {
                    case COMMAND -> {
                        meanwhile("[ -e /run/begun ]");
                        container
                                .exec(Command.shell(UNTIL_OVER).timeout(COMMAND))
                                .requireSuccess();
                    }
                    case FILE_COPY -> container.files().write("/srv/copy", hitInTheMiddle());
                    case JOB_OF_SYSTEMD -> {
                        container
                                .systemd()
                                .writeUnit(
                                        "slow.service",
                                        "[Service]\nType=oneshot\nExecStart=/bin/sh -c '" + UNTIL_OVER + "'\n");
                        meanwhile("[ -e /run/begun ]");
                        container.systemd().start("slow.service");
                    }
                    default -> {
                        hit("true");
                        ask(container);
                    }
                }
            }
        }

        private void ask(StemcellContainer container) {
            switch (stage) {
                case QUESTION_TO_SYSTEMD ->
                    assertThat(container.systemd().unit("cron.service").name()).isEqualTo("cron.service");
                case JOURNAL ->
                    assertThat(container.journal().entries(JournalQuery.all())).isNotEmpty();
                case DIAGNOSTICS -> assertThat(container.diagnose().files()).isNotEmpty();
                default -> assertThat(stage).isEqualTo(Stage.DELETE);
            }
        }

        /** A megabyte, the fault, and some more. */
        private InputStream hitInTheMiddle() {
            return new SequenceInputStream(new Enumeration<>() {
                private int parts;

                @Override
                public boolean hasMoreElements() {
                    return parts < 2;
                }

                @Override
                public InputStream nextElement() {
                    if (++parts == 2) {
                        hit("true");
                    }
                    return new ByteArrayInputStream(new byte[parts << 20]);
                }
            });
        }

        private static void await(CompletableFuture<Void> event) {
            try {
                event.get(2, TimeUnit.MINUTES);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("The fault did not come", e);
            }
        }

        private void meanwhile(String begun) {
            Thread thread = new Thread(() -> hit(begun), "fault");
            thread.setDaemon(true);
            thread.start();
        }

        /** Once the guest runs and a condition of the shell holds in it. */
        private void hit(String begun) {
            hit(Optional.empty(), begun);
        }

        private void hit(Optional<String> name, String begun) {
            try (Incus connection = Incus.connect()) {
                Incus incus = connection.project(Placement.DEFAULT_PROJECT);
                Instance guest = name.isPresent() ? incus.instance(name.get()) : running(incus);
                guest.exec(Command.shell("until " + begun + "; do sleep 0.02; done"))
                        .requireSuccess();
                since.complete(System.nanoTime());
                fault.hit(guest);
                over.complete(null);
            } catch (InterruptedException | RuntimeException | Error e) {
                since.completeExceptionally(e);
                over.completeExceptionally(e);
            }
        }

        private static Instance running(Incus incus) throws InterruptedException {
            Deadline deadline = Deadline.in(HANG);
            do {
                for (var info : TestMachine.instancesOf(OWNER)) {
                    Instance guest = incus.instance(info.name());
                    if (guest.state().isRunning()) {
                        return guest;
                    }
                }
            } while (deadline.pause());
            throw new AssertionError("No guest has come to run");
        }
    }
}
