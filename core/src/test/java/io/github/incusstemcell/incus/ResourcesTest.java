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
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ResourcesTest {

    @Nested
    class OverTheSocket extends Contract {
        OverTheSocket() {
            super(Way.SOCKET);
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
        void uploadsImagesOfKnownAndUnknownLength() {
            List<Long> heard = new ArrayList<>();
            byte[] rootfs = TestImages.tar(tar -> TestImages.file(tar, "data", 0644, new byte[3_000_000]));
            byte[] metadata = TestImages.metadata("upload " + System.nanoTime());
            Images images = daemon().incus().images();
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
                String alias = daemon().freshName();
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

        private ImageInfo upload(int size, boolean known) {
            byte[] noise = new byte[size];
            new Random().nextBytes(noise);
            byte[] rootfs = TestImages.tar(tar -> TestImages.file(tar, "noise", 0644, noise));
            return daemon().incus()
                    .images()
                    .upload(SplitImage.of(
                            TestImages.metadata("noise"),
                            () -> new ByteArrayInputStream(rootfs),
                            known ? OptionalLong.of(rootfs.length) : OptionalLong.empty()));
        }
    }

    @Nested
    class OverHttps extends Contract {
        OverHttps() {
            super(Way.HTTPS);
        }
    }

    @Nested
    class InARestrictedProject extends Contract {
        InARestrictedProject() {
            super(Way.RESTRICTED_PROJECT);
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
            instance.restart(Duration.ofSeconds(20));
            assertThat(instance.info().isRunning()).isTrue();
            instance.updateConfig(Map.of("user.key", "", "user.other", "x"));
            assertThat(instance.info().config()).doesNotContainKey("user.key").containsEntry("user.other", "x");
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
            assertThat(lives).allSatisfy(life -> assertThat(life.join()).isEqualTo(true));
        }

        @Test
        void keepsAndRestoresSnapshots() {
            Instance instance = daemon.started();
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
        void readsConsoleAndLogs() {
            Instance instance = daemon.started();
            instance.exec(Command.of("true"));
            assertThat(instance.consoleLog()).contains("init is up");
            assertThat(instance.logs()).contains("lxc.log");
            assertThat(instance.log("lxc.log")).isNotNull();
            assertThatThrownBy(() -> instance.log("none.log")).isInstanceOf(IncusException.class);
        }

        @Test
        void seesAndCancelsOperations() throws Exception {
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
        void saysWhatAFailedOperationSaid() {
            Instance instance = daemon.started();
            instance.exec(Command.shell("trap '' PWR; true"));
            Instance none = daemon.incus().instance("it-none");
            assertThatThrownBy(none::start).isInstanceOfSatisfying(IncusException.class, e -> assertThat(e.code())
                    .isEqualTo(404));
            NewInstance wrong = daemon.described().image("0123456789abcdef").build();
            assertThatThrownBy(() -> daemon.incus().instances().create(wrong))
                    .isInstanceOf(IncusException.class)
                    .hasMessageContaining("POST /1.0/instances");
        }
    }
}
