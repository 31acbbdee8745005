package io.github.incusstemcell.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.agent.JobSpec;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole path of one container, on the real Incus, with the stemcell that stands in the registry. */
class StemcellsTest extends WithStemcells {

    @Test
    void bootsAStemcellWithSystemdAsPid1() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            assertThat(stemcell.exec("cat", "/proc/1/comm").stdout()).isEqualTo("systemd\n");
            assertThat(stemcell.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        }
    }

    @Test
    void uploadsTheLayerByteForByte(@TempDir Path folder) throws Exception {
        StemcellImage image = stemcells.prepare(TestMachine.image(), GuestOverlay.standard());
        String layer = TestMachine.sources()
                .resolve(TestMachine.image())
                .layers()
                .get(0)
                .digest()
                .hex();

        TestMachine.run(
                "incus", "image", "export", "--project", "incus-stemcell", image.fingerprint(), folder + "/image");

        assertThat(sha256(folder.resolve("image.root"))).isEqualTo(layer);
    }

    @Test
    void preparesAnImageOnceForAllThreads() throws Exception {
        GuestOverlay overlay = GuestOverlay.standard();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Stemcells others = TestMachine.stemcells().connect()) {
            List<Callable<StemcellImage>> preparations = IntStream.range(0, 4)
                    .<Callable<StemcellImage>>mapToObj(
                            i -> () -> (i % 2 == 0 ? stemcells : others).prepare(TestMachine.image(), overlay))
                    .toList();

            List<Future<StemcellImage>> prepared = threads.invokeAll(preparations, 60, SECONDS);

            assertThat(prepared).extracting(Future::get).containsOnly(stemcells.prepare(TestMachine.image(), overlay));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void hasAnAddressBeforePid1AndIsReachableFromHere() throws IOException {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec());
                Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(stemcell.address(), 22), 5_000);

            assertThat(stemcell.exec("ip", "-4", "-brief", "address", "show", "eth0")
                            .stdout())
                    .contains(stemcell.address().getHostAddress());
        }
    }

    @Test
    void asksForAnAddressWhereItMayNotBeGivenAndStartsTheAgentAllTheSame() {
        try (Incus incus = Incus.connect()) {
            String project = "isc-test-restricted";
            incus.projects()
                    .create(
                            project,
                            Map.of("features.images", "true", "features.profiles", "true", "restricted", "true"),
                            "A project in which raw.lxc is forbidden");
            try (Stemcells restricted = TestMachine.stemcells().project(project).connect();
                    StemcellContainer stemcell = restricted.launch(
                            TestMachine.spec().toBuilder().agent().build())) {
                assertThat(stemcell.exec("ip", "-4", "-brief", "address", "show", "eth0")
                                .stdout())
                        .contains(stemcell.address().getHostAddress());
                JobSpec web = JobSpec.rendered(Path.of("src/test/resources/jobs/web"));
                assertThat(stemcell.agent().deploy(web).words()).isEqualTo("running, with web running");
            } finally {
                Incus restricted = incus.project(project);
                restricted.images().list().forEach(image -> restricted.images().delete(image.fingerprint()));
                incus.projects().delete(project);
            }
        }
    }

    @Test
    void resolvesNames() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec());
                StemcellContainer other = stemcells.launch(TestMachine.spec())) {
            // Incus's own DNS server knows the containers of the network; what lies beyond is up to the host's
            // resolver.
            assertThat(stemcell.exec("getent", "ahostsv4", other.name() + ".incus")
                            .stdout())
                    .contains(other.address().getHostAddress());
        }
    }

    @Test
    void hasNoNetworkWhereNoneIsWanted() {
        try (StemcellContainer stemcell = stemcells.launch(
                TestMachine.spec().toBuilder().network(ContainerSpec.NO_NETWORK).build())) {
            assertThat(stemcell.exec("ls", "/sys/class/net").stdout()).isEqualTo("lo\n");
            assertThat(catchThrowable(stemcell::address))
                    .hasMessage("The container '" + stemcell.name() + "' was started without a network, so it has no"
                            + " address");
        }
    }

    @Test
    void survivesARebootAStopAndAStart() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.files().writeString("/root/kept", "yes");

            stemcell.restart();
            assertThat(stemcell.files().readString("/root/kept")).isEqualTo("yes");

            stemcell.stop();
            assertThat(stemcell.files().readString("/root/kept")).isEqualTo("yes");

            stemcell.boot();
            assertThat(stemcell.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        }
    }

    @Test
    void givesUpACommandWhoseProcessesCannotBeFound() throws Exception {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.files().writeString("/usr/local/bin/grep", "#!/bin/sh\nexec sleep 54329\n");
            stemcell.files().setPermissions("/usr/local/bin/grep", 0755);

            CompletableFuture<ExecResult> pending = CompletableFuture.supplyAsync(
                    () -> stemcell.exec(Command.of("sleep", "54328").timeout(Duration.ofMillis(500))),
                    task -> new Thread(task).start());

            assertThat(pending.get(1, TimeUnit.MINUTES).timedOut()).isTrue();
        }
    }

    @Test
    void hasAllItsTimeForABootHoweverLongTheShutdownTook() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .startupTimeout(Duration.ofSeconds(15))
                .build();
        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            stemcell.exec("systemd-run", "-p", "ExecStop=/bin/sleep 16", "-p", "TimeoutStopSec=60", "sleep", "1000")
                    .requireSuccess();

            stemcell.restart();

            assertThat(stemcell.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        }
    }

    @Test
    void goesBackToASnapshot() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            stemcell.snapshot("clean");
            stemcell.files().writeString("/root/dirt", "yes");

            stemcell.restore("clean");

            assertThat(stemcell.files().exists("/root/dirt")).isFalse();
            assertThat(stemcell.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        }
    }

    @Test
    void saysWhoseItIs() {
        try (StemcellContainer stemcell = stemcells.launch(
                        TestMachine.spec().toBuilder().owner("StemcellsTest").build());
                Incus incus = Incus.connect()) {
            InstanceInfo info =
                    incus.project("incus-stemcell").instance(stemcell.name()).info();

            assertThat(info.config())
                    .containsEntry("user.incus-stemcell.owner", "StemcellsTest")
                    .containsEntry(
                            "user.incus-stemcell.pid",
                            Long.toString(ProcessHandle.current().pid()))
                    .containsKeys("user.incus-stemcell.run", "user.incus-stemcell.expires");
        }
    }

    @Test
    void leavesNothingOfAContainerThatDoesNotBootInTime() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .owner("too slow")
                .startupTimeout(Duration.ofMillis(300))
                .build();

        assertThat(catchThrowable(() -> stemcells.launch(spec)))
                .isInstanceOf(StartupTimeoutException.class)
                .hasMessageContaining("did not finish booting within 0.3s");

        assertThat(TestMachine.instancesOf("too slow")).isEmpty();
    }

    @Test
    void leavesNothingOfAContainerWhoseStartIsInterrupted() throws Exception {
        String owner = "interrupted";
        FutureTask<StemcellContainer> launch = new FutureTask<>(() ->
                stemcells.launch(TestMachine.spec().toBuilder().owner(owner).build(), diagnostics -> {}));
        Thread thread = new Thread(launch);
        thread.start();
        while (!launch.isDone() && TestMachine.instancesOf(owner).stream().noneMatch(InstanceInfo::isRunning)) {
            Thread.sleep(10);
        }

        thread.interrupt();

        assertThat(catchThrowable(launch::get)).hasRootCauseInstanceOf(InterruptedException.class);
        assertThat(TestMachine.instancesOf(owner)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /1.0/instances", "GET /1.0/operations/"})
    void leavesNothingOfAContainerWhoseCreationIsInterrupted(String request, @TempDir Path folder) throws Exception {
        String owner = "interrupted at " + request;
        AtomicReference<Thread> launching = new AtomicReference<>();
        Consumer<String> interrupting = seen -> {
            if (seen.startsWith(request)) {
                Optional.ofNullable(launching.getAndSet(null)).ifPresent(Thread::interrupt);
            }
        };
        try (InFrontOfIncus front = new InFrontOfIncus(folder, interrupting);
                Stemcells there =
                        TestMachine.stemcells().endpoint(front.endpoint()).connect()) {
            there.prepare(TestMachine.spec());
            FutureTask<StemcellContainer> launch = new FutureTask<>(() -> {
                launching.set(Thread.currentThread());
                return there.launch(TestMachine.spec().toBuilder().owner(owner).build());
            });
            new Thread(launch).start();

            assertThat(catchThrowable(launch::get)).hasRootCauseInstanceOf(InterruptedException.class);
        }
        assertThat(TestMachine.instancesOf(owner)).isEmpty();
    }

    @Test
    void deletesAContainerThatAnInterruptedThreadCloses() {
        StemcellContainer stemcell =
                stemcells.launch(TestMachine.spec().toBuilder().owner("closed").build());

        Thread.currentThread().interrupt();
        stemcell.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(TestMachine.instancesOf("closed")).isEmpty();
    }

    @Test
    void deletesANetworkOnceNobodyIsOnItAlsoWhereTheThreadWasInterrupted() {
        PrivateNetwork network = stemcells.createNetwork("closed");
        try (Incus incus = Incus.connect()) {
            try (StemcellContainer stemcell = stemcells.launch(
                    TestMachine.spec().toBuilder().network(network.name()).build())) {
                network.close();

                assertThat(incus.networks().find(network.name()))
                        .as("the network of %s", stemcell)
                        .isPresent();
            }
            Thread.currentThread().interrupt();
            network.close();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(incus.networks().find(network.name())).isEmpty();
        }
    }

    @Test
    void leavesNothingOfAContainerThatCannotBeDiagnosed() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .owner("undiagnosed")
                .startupTimeout(Duration.ofMillis(300))
                .build();

        assertThat(catchThrowable(() -> stemcells.launch(spec, diagnostics -> {
                    throw new IllegalStateException("the listener is broken");
                })))
                .isInstanceOf(StartupTimeoutException.class)
                .hasSuppressedException(new IllegalStateException("the listener is broken"));

        assertThat(TestMachine.instancesOf("undiagnosed")).isEmpty();
    }

    /** Who ends a JVM kills it if it does not end soon. */
    @Test
    void removesItsContainersAtTheSameTime(@TempDir Path folder) throws Exception {
        ContainerSpec spec =
                TestMachine.spec().toBuilder().owner("at the same time").build();
        CountDownLatch deletions = new CountDownLatch(3);
        List<Boolean> met = new CopyOnWriteArrayList<>();
        Consumer<String> meeting = request -> {
            if (request.startsWith("DELETE /1.0/instances/")) {
                deletions.countDown();
                met.add(awaited(deletions));
            }
        };
        try (InFrontOfIncus front = new InFrontOfIncus(folder, meeting);
                Stemcells own =
                        TestMachine.stemcells().endpoint(front.endpoint()).connect()) {
            for (int i = 0; i < 3; i++) {
                own.launch(spec);
            }

            own.removeAll();
        }
        assertThat(TestMachine.instancesOf("at the same time")).isEmpty();
        assertThat(met).containsExactly(true, true, true);
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(20, SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void removesAllThatIsItsOwnThoughAnotherProjectIsGone() {
        String project = "isc-gone-" + UUID.randomUUID().toString().substring(0, 8);
        ContainerSpec spec = TestMachine.spec().toBuilder().owner("all").build();
        ContainerSpec refused = spec.toBuilder()
                .location(Location.DEFAULT.withProject(project))
                .file(new BootFile.Copy("/etc/motd", Path.of("/nonexistent")))
                .build();
        try (Incus incus = Incus.connect();
                Stemcells own = TestMachine.stemcells().connect()) {
            incus.projects().create(project, Map.of("features.images", "true"), "A test");
            assertThat(catchThrowable(() -> own.launch(refused))).hasMessageContaining("/nonexistent");
            incus.projects().delete(project);
            own.launch(spec);

            own.removeAll();

            assertThat(TestMachine.instancesOf("all")).isEmpty();
        }
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        try (InputStream stream = new DigestInputStream(Files.newInputStream(file), sha256)) {
            stream.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
