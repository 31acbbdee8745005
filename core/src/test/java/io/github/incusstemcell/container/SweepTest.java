package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.NetworkInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a start of a run removes, and what it leaves alone. */
class SweepTest {

    private static final String OWNER = "SweepTest";
    private static final Map<String, String> EXPIRED =
            Map.of(Lease.EXPIRES, Instant.now().minusSeconds(1).toString());

    private final List<StemcellContainer> started = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();
    private Stemcells stemcells;

    @BeforeEach
    void connect() {
        stemcells = TestMachine.stemcells().connect();
    }

    @AfterEach
    void close() {
        started.forEach(StemcellContainer::close);
        kept.forEach(name -> inProject(incus -> incus.instance(name).delete()));
        stemcells.close();
        assertThat(TestMachine.instancesOf(OWNER)).isEmpty();
        assertThat(networks()).isEmpty();
    }

    @Test
    void removesWhatAKilledProcessLeft() throws Exception {
        String name = Killed.run();
        assertThat(TestMachine.instancesOf(OWNER)).extracting("name").containsExactly(name);
        assertThat(networks()).hasSize(1);

        sweepInManyProcesses();

        assertThat(TestMachine.instancesOf(OWNER)).isEmpty();
        assertThat(networks()).isEmpty();
    }

    @Test
    void saysWhatItRemovedAndWhoseItWas() throws Exception {
        String name = Killed.run();
        String network = networks().get(0).name();

        List<Swept> found = stemcells.sweep();

        assertThat(found).extracting(Swept::name).containsExactly(name, network);
        assertThat(found).allSatisfy(swept -> {
            assertThat(swept.owner()).isEqualTo(OWNER);
            assertThat(swept.process()).isEqualTo(Killed.pid);
            assertThat(swept.left()).isEmpty();
        });
        assertThat(stemcells.swept()).containsAll(found);
        assertThat(stemcells.sweep()).isEmpty();
    }

    @Test
    @Timeout(60)
    void renewsTheLeasesOfTheLivingButNotOfWhatIsKept() throws Exception {
        StemcellContainer mine = launch();
        StemcellContainer left = launch();
        kept.add(left.name());
        left.leaveRunning();
        try (Incus connection = Incus.connect();
                Incus incus = connection.project(Placement.DEFAULT_PROJECT)) {
            Map<String, String> config = incus.instance(mine.name()).info().config();
            change(mine, EXPIRED);
            change(left, Map.of(Lease.EXPIRES, "2036-01-01T00:00:00Z"));

            LeaseRenewal renewal = LeaseRenewal.every(
                    Duration.ofMillis(50), incus, Lease.read(config).orElseThrow());
            try {
                while (expiry(incus, mine).isBefore(Instant.now())) {
                    Thread.onSpinWait();
                }
            } finally {
                renewal.close();
            }
            assertThat(expiry(incus, left)).isEqualTo("2036-01-01T00:00:00Z");
        }
    }

    @Test
    @Timeout(60)
    void cutsNoDayShortOfWhatIsLeftAsItsLeaseIsRenewed(@TempDir Path folder) throws Exception {
        StemcellContainer left = launch();
        kept.add(left.name());
        CountDownLatch renewing = new CountDownLatch(1);
        CountDownLatch leaving = new CountDownLatch(1);
        try (InFrontOfIncus between = new InFrontOfIncus(folder, request -> {
                    if (request.startsWith("PATCH /1.0/instances/" + left.name())) {
                        renewing.countDown();
                        await(leaving);
                    }
                });
                Incus incus = Incus.connect(between.endpoint()).project(Placement.DEFAULT_PROJECT)) {
            Lease lease =
                    Lease.read(incus.instance(left.name()).info().config()).orElseThrow();
            try (LeaseRenewal renewal = LeaseRenewal.every(Duration.ofHours(1), incus, lease)) {
                CompletableFuture<Void> renewed = CompletableFuture.runAsync(renewal::renew);
                renewing.await();
                left.leaveRunning();
                leaving.countDown();
                renewed.get(20, TimeUnit.SECONDS);
            }
        }
        inProject(incus -> assertThat(expiry(incus, left)).isAfter(Instant.now().plus(Duration.ofHours(23))));
    }

    /** Who waits for the renewal to end has not left it by then. */
    private static void await(CountDownLatch leaving) {
        try {
            leaving.await(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new InFrontOfIncus.Lost();
        }
    }

    private static Instant expiry(Incus incus, StemcellContainer container) {
        return Instant.parse(incus.instance(container.name()).info().config().get(Lease.EXPIRES));
    }

    @Test
    void leavesWhatBelongsToTheLiving() throws Exception {
        StemcellContainer mine = launch();

        sweepInManyProcesses();

        assertThat(mine.exec("true").exitCode()).isZero();
    }

    @Test
    void leavesWhatIsNotOurs() {
        StemcellContainer foreign = launch();
        change(foreign, Map.of(Lease.RUN, "", Lease.PID, "0", Lease.EXPIRES, EXPIRED.get(Lease.EXPIRES)));

        TestMachine.stemcells().connect().close();

        assertThat(foreign.exec("true").exitCode()).isZero();
    }

    @Test
    void leavesWhatItCannotRead() {
        StemcellContainer odd = launch();
        change(odd, Map.of(Lease.EXPIRES, "the day after tomorrow"));

        TestMachine.stemcells().connect().close();

        assertThat(odd.exec("true").exitCode()).isZero();
    }

    @Test
    void leavesWhatIsKeptUntilItsLeaseIsOver() {
        StemcellContainer left = launch();
        kept.add(left.name());
        // Kept by a process that is dead by now.
        change(left, Map.of(Lease.PID, "1", Lease.PID_START_TICKS, "0"));
        left.leaveRunning();

        TestMachine.stemcells().connect().close();
        assertThat(TestMachine.instancesOf(OWNER)).hasSize(1);

        change(left, EXPIRED);
        TestMachine.stemcells().connect().close();
        assertThat(TestMachine.instancesOf(OWNER)).isEmpty();
    }

    private StemcellContainer launch() {
        StemcellContainer container =
                stemcells.launch(TestMachine.spec().toBuilder().owner(OWNER).build());
        started.add(container);
        return container;
    }

    private static void change(StemcellContainer container, Map<String, String> keys) {
        inProject(incus -> incus.instance(container.name()).updateConfig(keys));
    }

    private static void inProject(Consumer<Incus> action) {
        try (Incus incus = Incus.connect()) {
            action.accept(incus.project(Placement.DEFAULT_PROJECT));
        }
    }

    private static List<NetworkInfo> networks() {
        try (Incus incus = Incus.connect()) {
            return incus.networks().list().stream()
                    .filter(network -> OWNER.equals(network.config().get(Lease.OWNER)))
                    .toList();
        }
    }

    private static void sweepInManyProcesses() throws IOException, InterruptedException {
        List<Process> sweepers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sweepers.add(java(Connecting.class));
        }
        for (Process sweeper : sweepers) {
            assertThat(sweeper.waitFor()).isZero();
        }
    }

    private static Process java(Class<?> main) throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        return new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), main.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A process that connects, and so sweeps, and ends well. */
    static final class Connecting {
        public static void main(String... arguments) {
            TestMachine.stemcells().connect().close();
        }
    }

    /** A process that is killed while its container runs on a network of its own. */
    static final class Killed {

        static long pid;

        /** Returns the name of the container. */
        static String run() throws IOException, InterruptedException {
            Process process = java(Killed.class);
            pid = process.pid();
            try (BufferedReader output = process.inputReader()) {
                String name = output.readLine();
                process.destroyForcibly().waitFor();
                return name;
            }
        }

        public static void main(String... arguments) throws IOException {
            Stemcells stemcells = TestMachine.stemcells().connect();
            PrivateNetwork network = stemcells.createNetwork(OWNER);
            ContainerSpec spec = TestMachine.spec().toBuilder()
                    .owner(OWNER)
                    .network(network.name())
                    .build();
            System.out.println(stemcells.launch(spec).name());
            // Until it is killed, or its parent ends.
            System.in.read();
            System.exit(0);
        }
    }
}
