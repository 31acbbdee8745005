package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.ApiExtension;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.incus.Server;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a container can be given, by settings of ours and by Incus's own keys. */
class ContainerSettingsTest extends WithStemcells {

    @Test
    void reachIncusAndTheGuest() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .config("security.nesting", "true")
                .config("raw.lxc", "lxc.mount.entry = tmpfs scratch tmpfs size=16m,create=dir 0 0")
                // A folder of the machine that the daemon sees, which is not always all that we see.
                .device("shared", Map.of("type", "disk", "source", "/usr", "path", "/shared", "readonly", "true"))
                .device(
                        "extra",
                        Map.of("type", "unix-block", "path", "/dev/extra", "major", "7", "minor", "0", "mode", "0600"))
                .build();

        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(stemcell.exec("stat", "-f", "-c", "%T", "/scratch").stdout())
                    .isEqualTo("tmpfs\n");
            assertThat(stemcell.files().exists("/shared/bin")).isTrue();
            assertThat(stemcell.exec("touch", "/shared/x").stderr()).contains("Read-only file system");
            assertThat(stemcell.exec("stat", "-c", "%F %t:%T %a", "/dev/extra").stdout())
                    .isEqualTo("block special file 7:0 600\n");
            assertThat(info(stemcell).config()).containsEntry("security.nesting", "true");
            // Unprivileged: root in the guest is nobody on the machine.
            assertThat(stemcell.exec("cat", "/proc/self/uid_map").stdout()).doesNotContainPattern("^ +0 +0 ");
        }
    }

    @Test
    void canMakeItPrivileged() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec().toBuilder()
                .config("security.privileged", "true")
                .build())) {
            assertThat(stemcell.exec("cat", "/proc/self/uid_map").stdout()).containsPattern("^ +0 +0 +4294967295\n$");
        }
    }

    @Test
    void limitItsDiskAndWhatElseItUses() {
        Limits limits = Limits.NONE.withCpu("1").withMemory("512MiB").withDisk("400MiB");

        try (StemcellContainer stemcell =
                stemcells.launch(TestMachine.spec().toBuilder().limits(limits).build())) {
            assertThat(info(stemcell).config())
                    .containsEntry("limits.cpu", "1")
                    .containsEntry("limits.memory", "512MiB");
            assertThat(info(stemcell).devices().get("root"))
                    .containsEntry("size", "400MiB")
                    .containsEntry("path", "/")
                    .containsKey("pool");
            assertThat(stemcell.shell("head -c 400M /dev/zero >/much").stderr()).contains("Disk quota exceeded");
        }
    }

    @Test
    void giveItASecondNetwork() {
        try (PrivateNetwork network = stemcells.createNetwork("ContainerSettingsTest");
                StemcellContainer stemcell = stemcells.launch(TestMachine.spec().toBuilder()
                        .device("more", Map.of("type", "nic", "name", "eth1", "network", network.name()))
                        .build())) {
            assertThat(stemcell.shell("ip -brief link show eth1")
                            .requireSuccess()
                            .stdout())
                    .startsWith("eth1@");
            assertThat(stemcell.exec("ip", "-4", "-brief", "address", "show", "eth0")
                            .stdout())
                    .contains(stemcell.address().getHostAddress());
        }
    }

    @Test
    void mountATmpfsWhereIncusKnowsThatAsADevice() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .owner("a test")
                .device("scratch", Map.of("type", "disk", "source", "tmpfs:", "path", "/scratch"))
                .build();
        Server server = server();

        if (!server.supports(ApiExtension.CONTAINER_DISK_TMPFS)) {
            assertThat(catchThrowable(() -> stemcells.launch(spec)))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("The device 'scratch' of the container for a test is a tmpfs, which Incus "
                            + server.version() + " on " + TestMachine.endpoint() + " does not know as a device. Use a"
                            + " later one, or have LXC mount it with config = \"raw.lxc=lxc.mount.entry=tmpfs scratch"
                            + " tmpfs size=16m,create=dir 0 0\"");
            return;
        }
        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(stemcell.exec("stat", "-f", "-c", "%T", "/scratch").stdout())
                    .isEqualTo("tmpfs\n");
        }
    }

    @Test
    void takeTheStoragePoolByName() {
        String pool = pools().get(0);

        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec().toBuilder()
                .location(Location.DEFAULT.withStoragePool(pool))
                .build())) {
            assertThat(info(stemcell).devices().get("root")).containsEntry("pool", pool);
        }
    }

    @Test
    void nameAStoragePoolThatIsThere() {
        assertRefused(
                TestMachine.spec().toBuilder()
                        .location(Location.DEFAULT.withStoragePool("floppy"))
                        .build(),
                "The storage pool 'floppy' does not exist on " + TestMachine.endpoint() + ", which has: "
                        + String.join(", ", pools())
                        + ". Name one of these, or create it with: incus storage create floppy btrfs");
    }

    @Test
    void nameNoTargetWhereThereIsNoCluster() {
        assertRefused(
                TestMachine.spec().toBuilder()
                        .owner("WebTest.test")
                        .location(Location.DEFAULT.withTarget("node2"))
                        .build(),
                "The target 'node2' of the container for WebTest.test would be a member of a cluster, but "
                        + TestMachine.endpoint()
                        + " is none. Remove it, or name a member of the cluster with incus.stemcell.endpoint");
    }

    @Test
    void areNotGivenTwice() {
        assertRefused(
                TestMachine.spec().toBuilder()
                        .owner("WebTest.test")
                        .limits(Limits.NONE.withMemory("1GiB"))
                        .config("limits.memory", "2GiB")
                        .build(),
                "'limits.memory' of the container for WebTest.test is set twice: to '1GiB' by a setting of its own, and"
                        + " to '2GiB' among the options of Incus. Remove one of them");
        assertRefused(
                TestMachine.spec().toBuilder()
                        .device("eth0", Map.of("ipv4.address", "10.1.2.3"))
                        .build(),
                "The device 'eth0' of the container has the option 'ipv4.address', but the address has to be known"
                        + " before the guest boots. Write address = \"...\" instead");
    }

    @Test
    void areRefusedWhereIncusWouldNotTakeThem() {
        assertThatThrownBy(() -> Limits.NONE.withCpu("0"))
                .hasMessage("'0' is no number of CPUs; write for example 2, or 0-1 for the first two");
        assertThatThrownBy(() -> Limits.NONE.withMemory("512 MB"))
                .hasMessage("'512 MB' is no limit of memory; write for example 512MiB, or 25%");
        assertThatThrownBy(() -> Limits.NONE.withDisk("3"))
                .hasMessage(
                        "'3' is too little for a size of a root disk, it is a number of bytes; did you mean 3GiB, or 3MiB?");
        assertThatThrownBy(() -> Limits.NONE.withMemory("511KiB"))
                .hasMessage(
                        "'511KiB' is too little for a limit of memory, it is less than 1MiB; did you mean 511GiB, or 511MiB?");
        assertThatThrownBy(() -> Limits.NONE.withDisk("25%"))
                .hasMessage("'25%' is no size of a root disk; write for example 3GiB");
        assertThat(Limits.NONE.withCpu("0-1,3").withMemory("25%").withDisk("1000000"))
                .hasToString(
                        "Limits[cpu=Optional[0-1,3], memory=Optional[25%], disk=Optional[1000000], agentData=Optional.empty]");
    }

    private static void assertRefused(ContainerSpec spec, String message) {
        assertThat(catchThrowable(() -> stemcells.launch(spec)))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage(message);
    }

    private static Server server() {
        try (Incus incus = Incus.connect()) {
            return incus.server();
        }
    }

    private static List<String> pools() {
        try (Incus incus = Incus.connect()) {
            return incus.storagePools().list().stream().map(pool -> pool.name()).toList();
        }
    }

    private static InstanceInfo info(StemcellContainer stemcell) {
        try (Incus incus = Incus.connect()) {
            return incus.project(Placement.DEFAULT_PROJECT)
                    .instance(stemcell.name())
                    .info();
        }
    }

    @Test
    void namesAProfileThatIsNotThere() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .owner("a test")
                .profiles(List.of("default", "defualt"))
                .build();

        try (Stemcells own = TestMachine.stemcells().connect()) {
            assertThatThrownBy(() -> own.launch(spec))
                    .hasMessageStartingWith(
                            "The profile 'defualt' of the container for a test does not exist in the project"
                                    + " 'incus-stemcell' of ")
                    .hasMessageContaining(". There is default");
        }
    }
}
