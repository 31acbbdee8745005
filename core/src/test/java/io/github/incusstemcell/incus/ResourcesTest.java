package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.StoragePools.StoragePool;
import io.github.incusstemcell.incus.TestDaemon.Way;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ResourcesTest {

    @Nested
    class OverTheSocket extends Administrators {
        OverTheSocket() {
            super(Way.SOCKET);
        }
    }

    @Nested
    class OverHttps extends Administrators {
        OverHttps() {
            super(Way.HTTPS);
        }
    }

    @Nested
    class AsAMemberOfGroupIncus extends Contract {
        AsAMemberOfGroupIncus() {
            super(Way.GROUP_INCUS);
        }

        @Test
        void seesItsProjectWithThePoolAndTheNetworkThatItMayUse() {
            Incus incus = daemon().incus();
            Projects.Project project = incus.projects().find(incus.project()).orElseThrow();

            assertThat(incus.projects().list()).containsExactly(project);
            assertThat(project.isRestricted()).isTrue();
            assertThat(incus.networks().list())
                    .filteredOn(NetworkInfo::isManaged)
                    .extracting(NetworkInfo::name)
                    .containsExactly(project.config().get("restricted.networks.access"));
            assertThat(incus.profiles().list()).singleElement().satisfies(profile -> assertThat(incus.storagePools()
                            .find(profile.devices().get("root").get("pool")))
                    .isPresent());
        }

        @Test
        void isToldWhatIsForbidden() {
            Incus incus = daemon().incus();
            Instance instance = daemon().stopped();

            assertForbidden(
                    () -> instance.snapshot("s"),
                    500,
                    "POST /1.0/instances/" + instance + "/snapshots?project=" + incus.project() + " failed: Project \""
                            + incus.project() + "\" doesn't allow for snapshot creation (500)");
            assertForbidden(
                    () -> incus.networks()
                            .create("itn", Map.of("ipv4.address", "10.251.3.1/24", "ipv6.address", "none"), ""),
                    403,
                    "POST /1.0/networks?project=" + incus.project()
                            + " failed: User does not have permission for project \"default\" (403)");
            assertForbidden(
                    () -> incus.projects().create("it", Map.of(), ""),
                    403,
                    "POST /1.0/projects?project=" + incus.project() + " failed: Certificate is restricted (403)");
            assertForbidden(
                    () -> incus.storagePools().create("it", "dir", Map.of(), ""),
                    403,
                    "POST /1.0/storage-pools?project=" + incus.project() + " failed: Certificate is restricted (403)");
            assertForbidden(
                    () -> incus.certificates().createToken("it", List.of()),
                    403,
                    "POST /1.0/certificates?project=" + incus.project() + " failed: not authorized (403)");
            assertForbidden(
                    () -> incus.project("default").profiles().find("default"),
                    403,
                    "GET /1.0/profiles/default?project=default failed: User does not have permission for project"
                            + " \"default\" (403)");
        }

        @Test
        void isToldWhichInstancesAreForbidden() {
            String lowLevel =
                    "Use of low-level config \"raw.lxc\" on container \"NAME\" of project \"PROJECT\" is forbidden";
            assertForbidden(daemon().described().config("raw.lxc", "lxc.environment = A=b"), lowLevel);
            assertForbidden(
                    daemon().described().config("security.privileged", "true"),
                    "Invalid value \"true\" for config \"security.privileged\" on container \"NAME\" of project"
                            + " \"PROJECT\": Privileged containers are forbidden");
            assertForbidden(
                    daemon().described().device("d", Map.of("type", "disk", "source", "/etc", "path", "/mnt")),
                    "Invalid device \"d\" on container \"NAME\" of project \"PROJECT\": Disk source path \"/etc\" not"
                            + " allowed");
            assertForbidden(
                    daemon().described()
                            .device(
                                    "d",
                                    Map.of("type", "proxy", "listen", "tcp:127.0.0.1:1", "connect", "tcp:127.0.0.1:1")),
                    "Invalid device \"d\" on container \"NAME\" of project \"PROJECT\": Proxy devices are forbidden");
        }

        private void assertForbidden(NewInstance.Builder described, String why) {
            NewInstance request = described.build();
            String project = daemon().incus().project();
            assertForbidden(
                    () -> daemon().incus().instances().create(request),
                    500,
                    "POST /1.0/instances?project=" + project + " failed: Failed checking if instance creation allowed: "
                            + why.replace("NAME", request.name()).replace("PROJECT", project) + " (500)");
        }

        private static void assertForbidden(ThrowingCallable call, int code, String message) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            IncusException.class, e -> assertThat(e.code()).isEqualTo(code))
                    .hasMessage(message);
        }
    }

    /** What only those may do who may do everything. */
    abstract static class Administrators extends Contract {

        Administrators(Way way) {
            super(way);
        }

        @Test
        void managesNetworks() {
            Networks networks = daemon().incus().networks();
            String name = "itn" + System.nanoTime() % 1_000_000;
            String subnet = "10.251." + (System.nanoTime() % 200 + 20) + ".1/24";
            try {
                NetworkInfo network = networks.create(
                        name, Map.of("ipv4.address", subnet, "ipv6.address", "none", "ipv4.nat", "false"), "a network");
                assertThat(network.config()).containsEntry("ipv4.address", subnet);
                assertThat(network.description()).isEqualTo("a network");
                assertThat(network.isManaged()).isTrue();
                assertThat(networks.list()).extracting(NetworkInfo::name).contains(name);
                assertThat(networks.addresses(name)).contains(subnet);
                assertThat(networks.leases(name)).isNotNull();
            } finally {
                networks.delete(name);
            }
            networks.delete(name);
            assertThat(networks.find(name)).isEmpty();
        }

        @Test
        void managesStoragePoolsAndTellsHowFarUnpackingIs() {
            StoragePools pools = daemon().incus().storagePools();
            String name = daemon().freshName();
            StoragePool pool = pools.create(name, "dir", Map.of(), "a pool");
            String image = null;
            NewInstance.Builder described = daemon().described();
            try {
                assertThat(pool.driver()).isEqualTo("dir");
                assertThat(pools.find(name)).contains(pool);
                assertThat(pools.room(name).totalBytes()).isPositive();
                image = upload(60 << 20, true).fingerprint();
                List<Long> heard = Collections.synchronizedList(new ArrayList<>());
                Instance instance = daemon().incus()
                        .instances()
                        .create(
                                described
                                        .image(image)
                                        .device("root", Map.of("type", "disk", "path", "/", "pool", name))
                                        .build(),
                                (what, done, total) -> heard.add(done));
                assertThat(heard).isNotEmpty().allMatch(percent -> percent >= 0 && percent <= 100);
                instance.delete();
            } finally {
                if (image != null) {
                    daemon().incus().images().delete(image);
                }
                pools.delete(name);
            }
            pools.delete(name);
            assertThat(pools.find(name)).isEmpty();
        }

        @Test
        void managesProjectsAndProfiles() {
            String name = daemon().freshName();
            Projects projects = daemon().admin().projects();
            projects.create(name, Map.of("features.images", "false"), "a project");
            try {
                assertThat(projects.find(name).orElseThrow().isRestricted()).isFalse();
                Profiles profiles = daemon().admin().project(name).profiles();
                profiles.create("p", Map.of("user.x", "1"), Map.of("n", Map.of("type", "none")), "a profile");
                assertThat(profiles.find("p").orElseThrow().config()).containsEntry("user.x", "1");
                assertThat(profiles.list()).hasSize(2);
                profiles.delete("p");
                profiles.delete("p");
            } finally {
                projects.delete(name);
            }
            projects.delete(name);
            assertThat(projects.find(name)).isEmpty();
            assertThat(projects.list()).extracting(Projects.Project::name).contains("default");
        }

        @Test
        void keepsAndRestoresSnapshots() {
            Instance instance = daemon().started();
            instance.files().writeString("/root/file", "before");
            instance.snapshot("s1");
            instance.files().writeString("/root/file", "after");
            instance.snapshot("s2");
            assertThat(instance.snapshots()).containsExactly("s1", "s2");
            instance.restore("s1");
            assertThat(instance.state().isRunning()).isTrue();
            assertThat(instance.files().readString("/root/file")).isEqualTo("before");
            instance.deleteSnapshot("s2");
            instance.deleteSnapshot("s2");
            assertThat(instance.snapshots()).containsExactly("s1");
        }

        @Test
        void givesAnOperationUp() {
            Operations operations = daemon().incus().operations();
            List<String> before = operations.list().stream().map(Operation::id).toList();
            String token = daemon().incus().certificates().createToken(daemon().freshName(), List.of());
            Operation waiting = operations.list().stream()
                    .filter(operation -> operation.mayCancel() && !before.contains(operation.id()))
                    .findFirst()
                    .orElseThrow();
            assertThat(waiting.hasEnded()).isFalse();

            operations.cancel(waiting.id());

            assertThat(operations.await(waiting.id(), Duration.ofSeconds(20)).map(Operation::status))
                    .isIn(Optional.empty(), Optional.of("Cancelled"));
            assertThatThrownBy(() -> Incus.join(token, ClientIdentity.generate("late")))
                    .isInstanceOf(IncusException.class);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract {

        private final TestDaemon daemon;

        Contract(Way way) {
            daemon = new TestDaemon(way);
        }

        TestDaemon daemon() {
            return daemon;
        }

        @AfterAll
        void delete() {
            daemon.close();
        }

        /** Until it hears SIGPWR, by which a container is shut down; it gets lost before. */
        private static void awaitInit(Instance instance) {
            assertThat(instance.exec(Command.of(
                                            "sh",
                                            "-c",
                                            "until grep -q '^SigCgt:.*[2367abef].......$' /proc/1/status; do :; done")
                                    .timeout(Duration.ofSeconds(60)))
                            .exitCode())
                    .isZero();
        }

        @Test
        void takesAnInstanceThroughItsLife() {
            Instance instance = daemon.incus()
                    .instances()
                    .create(daemon.described()
                            .config("user.key", "value")
                            .description("a test")
                            .build());
            assertThat(instance.info().status()).isEqualTo("Stopped");
            assertThat(instance.info().config()).containsEntry("user.key", "value");
            assertThat(instance.info().description()).isEqualTo("a test");
            assertThat(instance.info().createdAt()).isPresent();
            assertThat(instance.info().lastUsedAt()).isEmpty();
            instance.start();
            assertThat(instance.state().isRunning()).isTrue();
            assertThat(instance.state().pid()).isPositive();
            assertThat(instance.state().network()).isNotNull();
            assertThatThrownBy(instance::start)
                    .isInstanceOf(IncusException.class)
                    .hasMessageContaining("already running");
            instance.freeze();
            assertThat(instance.state().status()).isEqualTo("Frozen");
            instance.unfreeze();
            awaitInit(instance);
            instance.restart(Duration.ofSeconds(20));
            assertThat(instance.info().isRunning()).isTrue();
            instance.updateConfig(Map.of("user.key", "", "user.other", "x"));
            assertThat(instance.info().config()).doesNotContainKey("user.key").containsEntry("user.other", "x");
            awaitInit(instance);
            instance.stop(Duration.ofSeconds(20));
            instance.stop(Duration.ofSeconds(20));
            instance.stopNow();
            assertThat(instance.info().status()).isEqualTo("Stopped");
            assertThat(daemon.incus().instances().list())
                    .extracting(InstanceInfo::name)
                    .contains(instance.name());
            instance.delete();
            instance.delete();
            assertThat(daemon.incus().instances().find(instance.name())).isEmpty();
        }

        @Test
        void refusesASecondInstanceOfTheSameName() {
            NewInstance described = daemon.described().build();
            daemon.incus().instances().create(described);
            assertThatThrownBy(() -> daemon.incus().instances().create(described))
                    .isInstanceOf(IncusException.class)
                    .hasMessageStartingWith(
                            "POST /1.0/instances?project=" + daemon.incus().project() + " failed: ");
        }

        @Test
        void deletesEphemeralInstancesThatRunManyAtOnce() {
            List<CompletableFuture<Object>> lives = IntStream.range(0, 6)
                    .mapToObj(number -> IncusTest.inAThread(() -> {
                        Instance instance = daemon.incus()
                                .instances()
                                .create(daemon.described().ephemeral().start().build());
                        instance.delete();
                        return daemon.incus().instances().find(instance.name()).isEmpty();
                    }))
                    .toList();
            assertThat(lives).allSatisfy(life -> assertThat(life.get(2, TimeUnit.MINUTES))
                    .isEqualTo(true));
        }

        @Test
        void readsConsoleAndLogs() {
            Instance instance = daemon.started();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            String console = instance.consoleLog();
            while (!console.contains("init is up") && System.nanoTime() < deadline) {
                console = instance.consoleLog();
            }
            assertThat(console).contains("init is up");
            assertThat(instance.logs()).contains("lxc.log");
            assertThat(instance.log("lxc.log")).isNotNull();
            assertThatThrownBy(() -> instance.log("none.log")).isInstanceOf(IncusException.class);
        }

        @Test
        void seesOperations() throws Exception {
            Instance instance = daemon.started();
            try (RunningCommand running = instance.start(Command.of("sleep", "1000"))) {
                Operation exec = daemon.incus().operations().list().stream()
                        .filter(operation ->
                                operation.description().equals("Executing command") && !operation.hasEnded())
                        .findFirst()
                        .orElseThrow();
                assertThat(daemon.incus().operations().await(exec.id(), Duration.ofSeconds(1)))
                        .hasValueSatisfying(
                                operation -> assertThat(operation.hasEnded()).isFalse());
                running.kill();
            }
            assertThat(daemon.incus().operations().find("00000000-0000-0000-0000-000000000000"))
                    .isEmpty();
            assertThat(daemon.incus().operations().await("00000000-0000-0000-0000-000000000000", Duration.ofSeconds(1)))
                    .isEmpty();
        }

        @Test
        void saysThatTheOutcomeOfAForgottenOperationIsUnknown() {
            String id = "00000000-0000-0000-0000-000000000000";
            try (Connection connection = new Connection(daemon.incus().endpoint())) {
                Operations operations =
                        new Operations(new Api(connection, daemon.incus().project()));

                assertThatThrownBy(() -> operations.await(ApiRequest.put("instances", "c", "state"), id))
                        .isInstanceOfSatisfying(
                                IncusException.class, e -> assertThat(e.code()).isEqualTo(404))
                        .hasMessage(
                                "PUT /1.0/instances/c/state failed: its outcome is unknown, the daemon has forgotten"
                                        + " operation " + id + ", as one that was restarted does (404)");
            }
        }

        @Test
        void saysWhatAFailedOperationSaid() {
            Instance none = daemon.incus().instance("it-none");
            assertThatThrownBy(none::start).isInstanceOfSatisfying(IncusException.class, e -> assertThat(e.code())
                    .isEqualTo(404));
            NewInstance wrong = daemon.described().image("0123456789abcdef").build();
            assertThatThrownBy(() -> daemon.incus().instances().create(wrong))
                    .isInstanceOf(IncusException.class)
                    .hasMessageContaining("POST /1.0/instances");
        }

        @Test
        void uploadsImagesOfKnownAndUnknownLength() {
            List<Long> heard = new ArrayList<>();
            byte[] rootfs = TestImages.tar(tar -> TestImages.file(tar, "data", 0644, new byte[3_000_000]));
            byte[] metadata = TestImages.metadata("upload " + System.nanoTime());
            Images images = daemon.incus().images();
            SplitImage image = SplitImage.of(
                            metadata, () -> new ByteArrayInputStream(rootfs), OptionalLong.of(rootfs.length))
                    .reporting((what, done, total) -> {
                        assertThat(total).isEqualTo(rootfs.length);
                        heard.add(done);
                    });
            ImageInfo uploaded = images.upload(image);
            try {
                assertThat(heard).isSorted().endsWith((long) rootfs.length);
                assertThat(uploaded.properties()).containsEntry("os", "test");
                assertThat(uploaded.createdAt()).contains(Instant.ofEpochSecond(1_700_000_000));
                assertThatThrownBy(() -> images.upload(image))
                        .isInstanceOf(IncusException.class)
                        .hasMessageContaining("Image with same fingerprint already exists");
                String alias = daemon.freshName();
                images.createAlias(alias, uploaded.fingerprint(), "");
                assertThat(images.find(alias).orElseThrow().fingerprint()).isEqualTo(uploaded.fingerprint());
                assertThat(images.find(uploaded.fingerprint().substring(0, 12))).isPresent();
                images.updateProperties(uploaded.fingerprint(), Map.of("user.key", "value"));
                assertThat(images.find(alias).orElseThrow().properties())
                        .containsEntry("user.key", "value")
                        .containsEntry("os", "test");
                images.deleteAlias(alias);
                images.deleteAlias(alias);
                assertThat(images.find(alias)).isEmpty();
            } finally {
                images.delete(uploaded.fingerprint());
            }
            images.delete(uploaded.fingerprint());
            assertThat(images.find(uploaded.fingerprint())).isEmpty();
            ImageInfo again = upload(1000, false);
            images.delete(again.fingerprint());
        }

        ImageInfo upload(int size, boolean known) {
            byte[] noise = new byte[size];
            new Random().nextBytes(noise);
            byte[] rootfs = TestImages.tar(tar -> TestImages.file(tar, "noise", 0644, noise));
            return daemon.incus()
                    .images()
                    .upload(SplitImage.of(
                            TestImages.metadata("noise"),
                            () -> new ByteArrayInputStream(rootfs),
                            known ? OptionalLong.of(rootfs.length) : OptionalLong.empty()));
        }
    }
}
