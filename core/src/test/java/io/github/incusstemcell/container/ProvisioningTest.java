package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Provisioning on the real Incus: what the image has of it, and what is left where it fails. */
class ProvisioningTest {

    /** No earlier run has an image of that name. */
    private final String name = "ProvisioningTest#" + UUID.randomUUID();

    private final AtomicInteger runs = new AtomicInteger();
    private final Stemcells stemcells = TestMachine.stemcells().connect();

    @AfterEach
    void removeImages() {
        stemcells.close();
        try (Incus incus = Incus.connect()) {
            Incus project = incus.project(Placement.DEFAULT_PROJECT);
            images(name).forEach(image -> project.images().delete(image.fingerprint()));
        }
        assertThat(TestMachine.instancesOf("provisioning by " + name)).isEmpty();
    }

    @Test
    void startsFreshMachinesWithWhatWasProvisioned() {
        ContainerSpec spec = spec(container -> {
            container.exec("groupadd", "--system", "crew").requireSuccess();
            container
                    .shell("cp /bin/true /opt/raw && setcap cap_net_raw=ep /opt/raw")
                    .requireSuccess();
            container
                    .shell("echo hers > /opt/hers && chown root:crew /opt/hers && chmod 4710 /opt/hers")
                    .requireSuccess();
            container.files().writeString("/opt/machine-id", container.files().readString("/etc/machine-id"));
            container.exec("logger", "said while it was provisioned").requireSuccess();
            container.files().writeString("/var/log/release.log", "installed\n");
            container
                    .shell(
                            "cd /etc/ssh && rm ssh_host_ecdsa_key* && ssh-keygen -q -t ecdsa -N '' -f ssh_host_ecdsa_key")
                    .requireSuccess();
        });

        try (StemcellContainer first = stemcells.launch(spec);
                StemcellContainer second = stemcells.launch(spec)) {
            assertThat(runs).hasValue(1);
            for (StemcellContainer each : List.of(first, second)) {
                assertThat(each.exec("getcap", "/opt/raw").stdout()).isEqualTo("/opt/raw cap_net_raw=ep\n");
                assertThat(each.exec("stat", "--format=%U:%G %a", "/opt/hers").stdout())
                        .isEqualTo("root:crew 4710\n");
                assertThat(each.files().readString("/var/log/release.log")).isEqualTo("installed\n");
                assertThat(each.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
                assertThat(each.exec("hostname").stdout()).isEqualTo(each.name() + "\n");
                assertThat(each.exec("ip", "-4", "-brief", "address", "show", "eth0")
                                .stdout())
                        .contains(each.address().getHostAddress());
                assertThat(each.shell("cat /var/log/syslog /var/log/daemon.log").stdout())
                        .contains(each.name())
                        .doesNotContain("said while it was provisioned");
            }
            TreeSet<String> machineIds = new TreeSet<>(List.of(first.files().readString("/opt/machine-id")));
            TreeSet<String> hostKeys = new TreeSet<>();
            TreeSet<String> fixedHostKeys = new TreeSet<>();
            for (StemcellContainer each : List.of(first, second)) {
                machineIds.add(each.files().readString("/etc/machine-id"));
                hostKeys.add(each.files().readString("/etc/ssh/ssh_host_ed25519_key.pub"));
                fixedHostKeys.add(each.files().readString("/etc/ssh/ssh_host_ecdsa_key.pub"));
            }
            assertThat(machineIds).hasSize(3);
            assertThat(hostKeys).hasSize(2);
            assertThat(fixedHostKeys).hasSize(1);
        }
    }

    @Test
    void isFoundByALaterRunAsItWasBeforeItsFirstBoot() {
        ContainerSpec spec = spec(container -> container.files().writeString("/opt/there", ""));
        StemcellImage made = stemcells.prepare(spec);

        try (Stemcells later = TestMachine.stemcells().connect()) {
            assertThat(later.prepare(spec.toBuilder()
                            .network(ContainerSpec.NO_NETWORK)
                            .owner("another")
                            .build()))
                    .isEqualTo(made);
        }

        assertThat(runs).hasValue(1);
        assertThat(made.source()).isEqualTo(TestMachine.image().toString());
        assertThat(images(name)).extracting(ImageInfo::fingerprint).containsExactly(made.fingerprint());
        assertThat(unbooted(made))
                .isEqualTo(unbooted(stemcells.prepare(TestMachine.spec())))
                .isNotEmpty();
    }

    @Test
    void startsFromAnImageThatIncusHasItself() {
        String base = stemcells.prepare(TestMachine.spec()).alias();
        ContainerSpec spec = ContainerSpec.builder("incus:" + base)
                .network(ContainerSpec.NO_NETWORK)
                .provisioning(
                        Provisioning.of(name, container -> container.files().writeString("/opt/there", "")))
                .build();

        try (StemcellContainer container = stemcells.launch(spec)) {
            assertThat(container.files().exists("/opt/there")).isTrue();
            assertThat(container.image().source()).isEqualTo("incus:" + base);
        }
    }

    @Test
    void leavesNothingOfWhatFailsAndTriesItOncePerRun() {
        ContainerSpec spec = spec(container -> {
            assertThat(runs).as("a failed assertion").hasValue(1);
            container.shell("echo broken >&2; exit 3").requireSuccess();
        });

        Throwable first = catchThrowable(() -> stemcells.launch(spec));
        Throwable second = catchThrowable(() -> stemcells.launch(spec));

        assertThat(runs).hasValue(1);
        assertThat(first)
                .isInstanceOf(ProvisioningException.class)
                .hasMessage(second.getMessage())
                .isNotSameAs(second);
        assertThat(first)
                .hasMessage("Provisioning " + stemcells.prepare(TestMachine.spec()) + " by " + name + " (version 1)"
                        + " failed, so no image of it is kept, and every test that needs it fails; the next run tries"
                        + " again. It failed with " + first.getCause());
        assertThat(first.getCause()).hasMessageContaining("broken");
        Diagnostics diagnostics = ((ProvisioningException) first).diagnostics().orElseThrow();
        assertThat(diagnostics.status()).isEqualTo("Running");
        assertThat(diagnostics.lastCommands().toString()).contains("exit 3");
        assertThat(images(name)).isEmpty();
        assertThat(TestMachine.instancesOf("provisioning by " + name)).isEmpty();
        try (Stemcells later = TestMachine.stemcells().connect()) {
            assertThat(catchThrowable(() -> later.launch(spec)))
                    .isInstanceOf(ProvisioningException.class)
                    .hasCauseInstanceOf(AssertionError.class)
                    .hasMessageContaining("a failed assertion");
        }
        assertThat(runs).hasValue(2);
    }

    @Test
    void isTriedAgainByTheNextWhereTheThreadOfTheFirstWasInterrupted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        ContainerSpec spec = spec(container -> {
            begun.countDown();
            if (runs.get() == 1) {
                container.exec("sleep", "1000");
            }
        });
        FutureTask<StemcellImage> first = new FutureTask<>(() -> stemcells.prepare(spec));
        Thread thread = new Thread(first);
        thread.start();
        begun.await();

        thread.interrupt();

        Throwable interrupted = catchThrowable(first::get).getCause();
        assertThat(interrupted).isInstanceOf(ProvisioningException.class);
        assertThat(interrupted)
                .hasMessage("Provisioning " + stemcells.prepare(TestMachine.spec()) + " by " + name + " (version 1)"
                        + " was interrupted, so no image of it is kept; the next test that needs it tries again. It"
                        + " ended with " + interrupted.getCause());
        assertThat(interrupted).hasRootCauseInstanceOf(InterruptedException.class);
        assertThat(TestMachine.instancesOf("provisioning by " + name)).isEmpty();
        assertThat(images(name)).isEmpty();
        assertThat(stemcells.prepare(spec).fingerprint())
                .isEqualTo(images(name).get(0).fingerprint());
        assertThat(runs).hasValue(2);
    }

    @Test
    void keepsTheImageThoughItsContainerCannotBeRemoved() {
        ContainerSpec spec = spec(container -> inProject(
                incus -> incus.instance(container.name()).updateConfig(Map.of("security.protection.delete", "true"))));
        try (CapturedLog log = new CapturedLog()) {
            StemcellImage image = stemcells.prepare(spec);

            assertThat(images(name)).extracting(ImageInfo::fingerprint).containsExactly(image.fingerprint());
            String left =
                    TestMachine.instancesOf("provisioning by " + name).get(0).name();
            assertThat(log.text())
                    .contains("Provisioned " + stemcells.prepare(TestMachine.spec()) + " by " + name + " (version 1)")
                    .contains("WARN ProvisioningRun - The image " + image.alias()
                            + " is kept, but the container in which it was provisioned is removed only by a later run: DELETE /1.0/instances/"
                            + left
                            + "?project=incus-stemcell failed: ");
        } finally {
            TestMachine.instancesOf("provisioning by " + name)
                    .forEach(left -> inProject(incus -> {
                        incus.instance(left.name()).updateConfig(Map.of("security.protection.delete", ""));
                        incus.instance(left.name()).delete();
                    }));
        }
    }

    private static void inProject(Consumer<Incus> action) {
        try (Incus incus = Incus.connect()) {
            action.accept(incus.project(Placement.DEFAULT_PROJECT));
        }
    }

    @Test
    void saysWhatItWaitsForWhereAnotherDoesIt() throws Exception {
        CountDownLatch waited = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        ContainerSpec spec = spec(container -> {
            begun.countDown();
            assertThat(waited.await(30, TimeUnit.SECONDS))
                    .as("the other says so")
                    .isTrue();
        });
        Progress told = (what, done, total) -> {
            if (what.startsWith("Provisioning ") && what.endsWith(" by " + name + " (version 1)")) {
                waited.countDown();
            }
        };
        FutureTask<StemcellImage> provisioning = new FutureTask<>(() -> stemcells.prepare(spec));
        new Thread(provisioning).start();
        begun.await();

        try (Stemcells other = TestMachine.stemcells().progress(told).connect()) {
            assertThat(other.prepare(spec)).isEqualTo(provisioning.get());
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void endsInOneImageWhenThreadsAndMachinesProvisionAtOnce(@TempDir Path caches) throws Exception {
        List<Process> machines = new ArrayList<>();
        for (String cache : List.of("shared", "shared", "other")) {
            machines.add(ProvisioningMachine.start(name, caches.resolve(cache)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<StemcellImage>> preparations = List.of(
                    () -> stemcells.prepare(ProvisioningMachine.spec(name)),
                    () -> stemcells.prepare(ProvisioningMachine.spec(name)));
            List<Future<StemcellImage>> here = threads.invokeAll(preparations, 120, TimeUnit.SECONDS);
            TreeSet<String> fingerprints = new TreeSet<>();
            for (Future<StemcellImage> image : here) {
                fingerprints.add(image.get().fingerprint());
            }
            for (Process machine : machines) {
                try (BufferedReader output = machine.inputReader()) {
                    fingerprints.add(output.readLine());
                }
                assertThat(machine.waitFor()).isZero();
            }

            assertThat(images(name)).extracting(ImageInfo::fingerprint).containsExactlyElementsOf(fingerprints);
        } finally {
            threads.shutdownNow();
            machines.forEach(Process::destroyForcibly);
        }
    }

    @Test
    void whatAKilledProcessWasProvisioningGoesWithTheNextRun(@TempDir Path cache) throws Exception {
        Process process = ProvisioningMachine.start(name + " for ever", cache);
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("provisioning");
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(TestMachine.instancesOf("provisioning by " + name + " for ever"))
                .hasSize(1);

        TestMachine.stemcells().connect().close();

        assertThat(TestMachine.instancesOf("provisioning by " + name + " for ever"))
                .isEmpty();
        assertThat(images(name + " for ever")).isEmpty();
    }

    private ContainerSpec spec(Provisioner work) {
        return TestMachine.spec().toBuilder()
                .provisioning(Provisioning.of(name, container -> {
                            runs.incrementAndGet();
                            work.provision(container);
                        })
                        .withVersion("1"))
                .build();
    }

    /** How the files are that a boot changes, in a container that was created, but never booted. */
    private static Map<String, String> unbooted(StemcellImage image) {
        Map<String, String> found = new TreeMap<>();
        try (Incus incus = Incus.connect()) {
            Incus project = incus.project(Placement.DEFAULT_PROJECT);
            String pool = Placement.find(incus, Optional.empty(), Optional.empty(), Optional.empty())
                    .pool();
            Instance instance = project.instances()
                    .create(NewInstance.named(
                                    "isc-unbooted-" + image.fingerprint().substring(0, 12))
                            .image(image.fingerprint())
                            .device("root", Map.of("type", "disk", "path", "/", "pool", pool))
                            .build());
            try {
                GuestFiles files = instance.files();
                for (String path : List.of("/etc/machine-id", "/etc/ssh", "/var/log")) {
                    describe(files, files.stat(path), found);
                }
                // The folder itself is systemd's, which makes it where it is missing.
                if (files.exists("/var/lib/systemd/timers")) {
                    files.list("/var/lib/systemd/timers").forEach(stamp -> describe(files, stamp, found));
                }
            } finally {
                instance.delete();
            }
        }
        return found;
    }

    private static void describe(GuestFiles files, FileStat stat, Map<String, String> found) {
        String content = stat.isFile()
                ? stat.size() + " bytes, hash " + Arrays.hashCode(files.readBytes(stat.path()))
                : stat.linkTarget().orElse("");
        found.put(
                stat.path(),
                String.join(
                        " ",
                        stat.type().name(),
                        Integer.toOctalString(stat.mode()),
                        stat.uid() + ":" + stat.gid(),
                        content));
        if (stat.isDirectory()) {
            files.list(stat.path()).forEach(child -> describe(files, child, found));
        }
    }

    private static List<ImageInfo> images(String provisioner) {
        try (Incus incus = Incus.connect()) {
            return incus.project(Placement.DEFAULT_PROJECT).images().list().stream()
                    .filter(image -> provisioner.equals(image.properties().get("incus-stemcell.provisioner")))
                    .toList();
        }
    }
}
