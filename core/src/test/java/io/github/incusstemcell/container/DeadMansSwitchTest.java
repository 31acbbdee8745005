package io.github.incusstemcell.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.InstanceGoneException;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.Systemd;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the containers of a JVM that dies, and of one that only seems to be dead. */
class DeadMansSwitchTest {

    private static final String OWNER = "DeadMansSwitchTest";

    /** Prints the process of the exec; the other is its child. Brackets, as this has what is looked for among its own arguments. */
    private static final Command HELD = Command.shell("until pgrep -of '[i]ncus-stemcell-switch'; do sleep 0.05; done")
            .timeout(Duration.ofSeconds(20));

    @Test
    void powersOffWhatAKilledJvmHadRunningAndNothingElse() throws Exception {
        Process holder = java(Holder.class);
        try (Incus connection = Incus.connect();
                Incus incus = connection.project(Placement.DEFAULT_PROJECT)) {
            BufferedReader said = holder.inputReader();
            List<String> names = List.of(said.readLine(), said.readLine());
            assertThat(names).containsExactlyInAnyOrder("provisioning", "launched");
            Map<String, Instance> containers = containersOf(incus, holder);
            assertThat(containers).containsOnlyKeys("booting", "kept", "provisioning by a test", "running");
            Map<String, RunningCommand> witnesses = new TreeMap<>();
            containers.forEach((owner, container) -> {
                if (!owner.equals("kept")) {
                    container.exec(HELD).requireSuccess();
                }
                witnesses.put(owner, container.start(Command.of("sleep", "600")));
            });

            // As a debugger does.
            signal("STOP", holder);
            assertThat(witnesses.get("running").waitFor(Duration.ofSeconds(3))).isEmpty();
            assertThat(witnesses.values()).allMatch(RunningCommand::isAlive);
            signal("KILL", holder);

            RunningCommand kept = witnesses.remove("kept");
            for (Map.Entry<String, RunningCommand> witness : witnesses.entrySet()) {
                awaitPowerOff(containers.get(witness.getKey()), witness.getValue());
            }
            assertThat(kept.isAlive()).isTrue();
        } finally {
            holder.destroyForcibly().waitFor();
            deleteAllOf(holder);
        }
    }

    /** What is left of a JVM that is killed as the daemon starts what it has asked for. */
    @Test
    void powersOffWhatWasStartedAndIsHeldByNobody() throws Exception {
        try (Stemcells stemcells = TestMachine.stemcells().connect();
                Incus connection = Incus.connect();
                Incus incus = connection.project(Placement.DEFAULT_PROJECT)) {
            String image = stemcells.prepare(TestMachine.spec()).fingerprint();
            Map<String, String> keys =
                    new TreeMap<>(Lease.ofThisProcess().of(OWNER).keys());
            Instance left = started(incus, "ic-left", image, keys);
            keys.put(Lease.KEPT, "true");
            Instance kept = started(incus, "ic-kept", image, keys);
            try {
                RunningCommand witness = left.start(Command.of("sleep", "600"));
                RunningCommand other = kept.start(Command.of("sleep", "600"));

                awaitPowerOff(left, witness);

                assertThat(other.waitFor(Duration.ofSeconds(3))).isEmpty();
                assertThat(left.consoleLog()).contains("powering off, as no JVM holds this container");
            } finally {
                left.delete();
                kept.delete();
            }
        }
    }

    /** The witness ends by a signal where the guest says so before it is gone, else with its instance. */
    private static void awaitPowerOff(Instance container, RunningCommand witness) throws Exception {
        long end = System.nanoTime() + SECONDS.toNanos(20);
        Throwable failure = catchThrowable(() -> witness.onExit().get(20, SECONDS));
        if (failure != null) {
            assertThat(failure).hasCauseInstanceOf(InstanceGoneException.class);
        }
        while (container.info().isRunning()) {
            assertThat(System.nanoTime())
                    .as("when " + container + " still runs")
                    .isLessThan(end);
            Thread.sleep(50);
        }
    }

    private static Instance started(Incus incus, String name, String image, Map<String, String> config) {
        Map<String, String> root = Map.of(
                "type",
                "disk",
                "path",
                "/",
                "pool",
                incus.storagePools().list().get(0).name());
        incus.instances()
                .create(NewInstance.named(name)
                        .image(image)
                        .config(config)
                        .device("root", root)
                        .start()
                        .build());
        return incus.instance(name);
    }

    @Test
    void bootsAgainWhatItCouldNotHoldInTime(@TempDir Path folder) throws Exception {
        long end = System.nanoTime() + SECONDS.toNanos(8);
        try (InFrontOfIncus halted = new InFrontOfIncus(folder, request -> {
                    if (request.contains("/exec?")) {
                        sleepUntil(end);
                    }
                });
                Stemcells stemcells =
                        TestMachine.stemcells().endpoint(halted.endpoint()).connect();
                StemcellContainer container = stemcells.launch(
                        TestMachine.spec().toBuilder().owner(OWNER).build())) {
            assertThat(container.exec(HELD).exitCode()).isZero();
        }
    }

    @Test
    void bootsAgainWhatHasBootedBeforeItWasHeld() throws Exception {
        try (Stemcells stemcells = TestMachine.stemcells().connect();
                Incus connection = Incus.connect();
                Incus incus = connection.project(Placement.DEFAULT_PROJECT)) {
            StemcellImage image = stemcells.prepare(TestMachine.spec());
            Instance late = started(
                    incus,
                    "ic-late",
                    image.fingerprint(),
                    Lease.ofThisProcess().of(OWNER).keys());
            try (DeadMansSwitch held = new DeadMansSwitch(late);
                    Systemd systemd = Systemd.of(late)) {
                new Booting(held, systemd, image).await(Deadline.in(Duration.ofMinutes(1)));

                late.exec(HELD).requireSuccess();
                assertThat(late.start(Command.of("sleep", "600")).waitFor(Duration.ofSeconds(8)))
                        .isEmpty();
            } finally {
                late.delete();
            }
        }
    }

    @Test
    void bootsAgainWhatHasLearntTooLateThatItIsHeld() {
        // The shell that holds it is slow in the first boot, as on a machine that is overloaded.
        String shell = """
                #!/bin/dash
                case "$*" in *incus-stemcell-switch) [ -e /held-late ] || { : >/held-late; sleep 8; };; esac
                exec /bin/dash "$@"
                """;
        try (Stemcells stemcells = TestMachine.stemcells().connect();
                StemcellContainer container = stemcells.launch(TestMachine.spec().toBuilder()
                        .owner(OWNER)
                        .file(new BootFile.Text("/usr/local/bin/sh", shell, 0755))
                        .build())) {
            assertThat(container.files().exists("/held-late")).isTrue();
            assertThat(container.files().exists("/run/incus-stemcell.switch")).isTrue();
        }
    }

    private static void sleepUntil(long end) {
        try {
            TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
        } catch (InterruptedException e) {
            throw new InFrontOfIncus.Lost();
        }
    }

    @Test
    void isHeldAnewAfterAllThatEndsItButTheJvm() throws Exception {
        try (Stemcells stemcells = TestMachine.stemcells().connect();
                StemcellContainer container = stemcells.launch(
                        TestMachine.spec().toBuilder().owner(OWNER).build())) {
            String first = container.exec(HELD).stdout().strip();
            TestMachine.run("sh", "-c", System.getenv("INCUS_STEMCELL_DEV_RESTART"));
            String ofNextDaemon = heldAnew(container, first);
            container.shell("kill -9 " + ofNextDaemon).requireSuccess();
            heldAnew(container, ofNextDaemon);
            container.restart();
            container.exec(HELD).requireSuccess();
        }
    }

    /** {@return the newest, when what was held before is gone} */
    private static String heldAnew(StemcellContainer container, String before) {
        String script = "until now=$(pgrep -of '[i]ncus-stemcell-switch') && [ $now != " + before
                + " ]; do sleep 0.05; done; echo $now";
        return container
                .exec(Command.shell(script).timeout(Duration.ofSeconds(20)))
                .requireSuccess()
                .stdout()
                .strip();
    }

    private static Map<String, Instance> containersOf(Incus incus, Process owner) {
        return incus.instances().list().stream()
                .filter(instance ->
                        Long.toString(owner.pid()).equals(instance.config().get(Lease.PID)))
                .collect(Collectors.toMap(
                        instance -> instance.config().get(Lease.OWNER), instance -> incus.instance(instance.name())));
    }

    private static void deleteAllOf(Process owner) {
        try (Incus connection = Incus.connect();
                Incus incus = connection.project(Placement.DEFAULT_PROJECT)) {
            containersOf(incus, owner).values().forEach(Instance::delete);
        }
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        TestMachine.run("kill", "-" + name, Long.toString(process.pid()));
    }

    private static Process java(Class<?> main) throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        return new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), main.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A process with a container of each kind that runs; ends when it is killed, or its parent ends. */
    static final class Holder {

        public static void main(String... arguments) throws IOException {
            Stemcells stemcells = TestMachine.stemcells().connect();
            inBackground(stemcells, spec -> spec.toBuilder()
                    .owner("booting")
                    .file(new BootFile.Text(
                            "/etc/systemd/system/cron.service.d/slow.conf",
                            "[Service]\nExecStartPre=/bin/sleep 600\nTimeoutStartSec=infinity\n",
                            0644))
                    .startupTimeout(Duration.ofMinutes(10))
                    .build());
            inBackground(stemcells, spec -> spec.toBuilder()
                    .provisioning(Provisioning.of("a test", container -> {
                        System.out.println("provisioning");
                        Thread.sleep(Long.MAX_VALUE);
                    }))
                    .build());
            stemcells.launch(TestMachine.spec().toBuilder().owner("running").build());
            stemcells
                    .launch(TestMachine.spec().toBuilder().owner("kept").build())
                    .leaveRunning();
            System.out.println("launched");
            System.in.read();
            System.exit(0);
        }

        private static void inBackground(Stemcells stemcells, Function<ContainerSpec, ContainerSpec> settings) {
            Thread thread = new Thread(() -> stemcells.launch(settings.apply(TestMachine.spec())));
            thread.setDaemon(true);
            thread.start();
        }
    }
}
