package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.ClusterMember;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.incus.MemberLostException;
import io.github.incusstemcell.incus.NoQuorumException;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.Waiting;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** On the cluster of three that dev/test --cluster sets up: no test finds it by its name. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OnCluster {

    private static Stemcells stemcells;
    private static Incus incus;

    @BeforeAll
    static void connect() {
        stemcells = TestMachine.stemcells().connect();
        incus = Incus.connect();
    }

    @AfterAll
    static void close() {
        stemcells.close();
        incus.close();
    }

    @Test
    void spreadsContainersOverMembersByWhatAllHave() throws Exception {
        List<StemcellContainer> started = launchAtOnce(3, spec());
        try {
            assertThat(started).map(OnCluster::member).containsExactlyInAnyOrder("m1", "m2", "m3");
            assertThat(stemcells.processors())
                    .isEqualTo(3 * Runtime.getRuntime().availableProcessors());
            for (StemcellContainer stemcell : started) {
                assertThat(stemcell.open().info().expandedDevices().get("eth0")).containsEntry("network", "guests");
                assertThat(stemcell.isRoutable()).isFalse();
                try (Socket ssh = new Socket(
                        stemcell.forward(22).getAddress(), stemcell.forward(22).getPort())) {
                    assertThat(ssh.getInputStream().readNBytes(4)).asString().isEqualTo("SSH-");
                }
            }
        } finally {
            started.forEach(StemcellContainer::close);
        }
    }

    @Test
    void sharesMembersOutBetweenRunsWithOneLimit() throws Exception {
        List<StemcellContainer> started = new ArrayList<>();
        try (Stemcells first = TestMachine.stemcells().machines(3).connect();
                Stemcells second = TestMachine.stemcells().machines(3).connect()) {
            try {
                for (Stemcells run : List.of(first, second, first)) {
                    started.add(run.launch(spec()));
                }
                assertThat(started).map(OnCluster::member).containsExactlyInAnyOrder("m1", "m2", "m3");
            } finally {
                started.forEach(StemcellContainer::close);
            }
        }
        assertThat(incus.project(Placement.DEFAULT_PROJECT).profiles().names()).noneMatch(MemberPlaces::isPlace);
    }

    @Test
    @Timeout(60)
    void hasMembersUnpackAnImageBeforeTestsComeThere() throws Exception {
        Incus project = incus.project(Placement.DEFAULT_PROJECT);
        project.images().list().stream().map(ImageInfo::fingerprint).forEach(project.images()::delete);
        try (Stemcells fresh = TestMachine.stemcells().connect();
                StemcellContainer first = fresh.launch(spec())) {
            // By way of m1 the image came.
            assertThat(member(first)).isEqualTo("m1");
            String image = first.image().fingerprint();
            while (project.storagePools().imageLocations("default", image).size() < 3) {
                Thread.sleep(50);
            }
        }
        // Nothing is left of how that was done, and others know of it.
        assertThat(project.instances().list()).isEmpty();
        try (Stemcells later = TestMachine.stemcells().connect()) {
            List<StemcellContainer> started = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    started.add(later.launch(spec()));
                }
                assertThat(started).map(OnCluster::member).containsExactlyInAnyOrder("m1", "m2", "m3");
            } finally {
                started.forEach(StemcellContainer::close);
            }
        }
    }

    @Test
    void placesWhereTheTargetSays() throws Exception {
        ContainerSpec some = at("m1, m3");
        List<StemcellContainer> started = launchAtOnce(2, some);
        started.add(stemcells.launch(at("@default")));
        try {
            assertThat(started.subList(0, 2)).map(OnCluster::member).containsExactlyInAnyOrder("m1", "m3");
        } finally {
            started.forEach(StemcellContainer::close);
        }
        assertThatThrownBy(() -> stemcells.launch(at("m9")))
                .hasMessage("The target 'm9' of the container for OnCluster is no member of the cluster of "
                        + incus.endpoint() + ", whose members are m1, m2, m3");
        assertThatThrownBy(() -> stemcells.launch(at("@fast")))
                .hasMessage("No member of the cluster of " + incus.endpoint() + " is in the group 'fast', the target of"
                        + " the container for OnCluster; there is default");
    }

    @Test
    void leavesOutWhatIsEvacuated() throws Exception {
        TestMachine.run("incus", "cluster", "evacuate", "m3", "--force");
        try {
            List<StemcellContainer> started = launchAtOnce(3, spec());
            started.forEach(StemcellContainer::close);
            assertThat(started).extracting(StemcellContainer::name).hasSize(3);
            assertThatThrownBy(() -> stemcells.launch(at("m3")))
                    .hasMessageStartingWith(
                            "No member of the cluster of " + incus.endpoint()
                                    + " can take the container for OnCluster, whose target is m3. They are: m1 (x86_64) is Online:")
                    .hasMessageContaining("m3 (x86_64) is Evacuated: ")
                    .hasMessageEndingWith(". Look at: incus cluster list");
        } finally {
            TestMachine.run("incus", "cluster", "restore", "m3", "--force");
        }
    }

    @Test
    void refusesAPendingNetworkAndAPendingPool() throws Exception {
        incus.networks().createPending("unfinished", "m1");
        try {
            assertThatThrownBy(() -> stemcells.launch(
                            spec().toBuilder().network("unfinished").build()))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("The network 'unfinished' on " + incus.endpoint() + " is pending: of the members of the"
                            + " cluster, it is not on m2, m3. Make it there with: incus network create unfinished"
                            + " --target MEMBER, for each of them, and then without --target");
        } finally {
            incus.networks().delete("unfinished");
        }
        TestMachine.run("sh", "-c", "incus storage create unfinished dir --target m2 </dev/null");
        try {
            assertThatThrownBy(() -> stemcells.launch(spec().toBuilder()
                            .location(Location.DEFAULT.withStoragePool("unfinished"))
                            .build()))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage(
                            "The storage pool 'unfinished' on " + incus.endpoint() + " is pending: of the members of"
                                    + " the cluster, it is not on m1, m3. Make it there with: incus storage create unfinished dir"
                                    + " --target MEMBER, for each of them, and then without --target");
        } finally {
            incus.storagePools().delete("unfinished");
        }
    }

    @Test
    void startsMachinesThatShareANetworkOnOneMember() throws Exception {
        try (PrivateNetwork network = stemcells.createNetwork("OnCluster")) {
            List<StemcellContainer> started =
                    launchAtOnce(2, spec().toBuilder().network(network.name()).build());
            try {
                assertThat(started).map(OnCluster::member).satisfies(members -> assertThat(Set.copyOf(members))
                        .hasSize(1));
                started.get(0)
                        .exec("ping", "-c", "1", started.get(1).address().getHostAddress())
                        .requireSuccess();
            } finally {
                started.forEach(StemcellContainer::close);
            }
        }
    }

    @Test
    void runsByHttpsWithoutARouteToGuests() throws Exception {
        Endpoint remote = Endpoint.parse(System.getenv("INCUS_STEMCELL_DEV_HTTPS"));
        try (Stemcells there = TestMachine.stemcells().endpoint(remote).connect();
                StemcellContainer stemcell = there.launch(at("m3"))) {
            assertThat(stemcell.isRoutable()).isFalse();
            assertThat(stemcell.exec("hostname").stdout()).isEqualTo(stemcell.name() + "\n");
            assertThat(stemcell.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
            try (Socket ssh = new Socket(
                    stemcell.forward(22).getAddress(), stemcell.forward(22).getPort())) {
                assertThat(ssh.getInputStream().readNBytes(4)).asString().isEqualTo("SSH-");
            }
        }
    }

    @Test
    @Order(Integer.MAX_VALUE - 3)
    void saysThatAMemberWasLostWhileAContainerStartedThereOrStartsItElsewhere() throws Exception {
        String owner = "starting on a lost member";
        ContainerSpec slow = spec().toBuilder()
                .owner(owner)
                .file(new BootFile.Text(
                        "/etc/systemd/system/cron.service.d/slow.conf",
                        "[Service]\nExecStartPre=/bin/sleep 20\n",
                        0644))
                .build();
        CompletableFuture<StemcellContainer> there = later(() -> stemcells.launch(
                slow.toBuilder().location(Location.DEFAULT.withTarget("m2")).build()));
        CompletableFuture<StemcellContainer> anywhere = later(() -> stemcells.launch(
                slow.toBuilder().location(Location.DEFAULT.withTarget("m2, m3")).build()));
        try {
            while (TestMachine.instancesOf(owner).stream()
                            .filter(InstanceInfo::isRunning)
                            .count()
                    < 2) {
                Thread.sleep(100);
            }
            kill("m2");

            assertThatThrownBy(() -> Waiting.on(there))
                    .cause()
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith(
                            "No member of the cluster of " + incus.endpoint() + " can take the container for " + owner
                                    + ", whose target is m2. They are: m1 (x86_64) is Online")
                    .hasMessageContaining(": lost while a container was started; m3 (x86_64) is Online");
            try (StemcellContainer elsewhere = Waiting.on(anywhere)) {
                assertThat(member(elsewhere)).isEqualTo("m3");
            }
        } finally {
            bringAllBack();
            stemcells.sweep();
        }
    }

    /** As a power cut does it: nothing resets a connection. */
    @Test
    @Order(Integer.MAX_VALUE)
    void endsWhatWaitsForALostMemberAndGoesOnElsewhere() throws Exception {
        StemcellContainer lost = stemcells.launch(at("m2"));
        RunningCommand running = lost.start(Command.of("sleep", "300"));
        kill("m2");

        // Without the watch over members, it would never end.
        assertThatThrownBy(running::waitFor)
                .isInstanceOf(MemberLostException.class)
                // By its silence, or by a relay that is refused, or cut off, at the moment of the kill.
                .hasMessageMatching(
                        "\\S.* failed: \\QThe member 'm2' of the cluster of " + incus.endpoint() + "\\E is lost: "
                                + "(it has not answered for 7 s|.*Unable to connect to: .*|Get \"https://\\S+:8443/1\\.0/\\S+\": .*)");
        assertThatThrownBy(() -> lost.exec("true")).isInstanceOf(MemberLostException.class);
        lost.close();

        List<StemcellContainer> others = launchAtOnce(3, spec());
        assertThat(others).map(OnCluster::member).containsOnly("m1", "m3");
        others.forEach(StemcellContainer::close);

        bringAllBack();
        stemcells.removeAll();
        assertThat(incus.project(Placement.DEFAULT_PROJECT).instances().list()).isEmpty();
    }

    /** Prepared by way of m2, and not yet on other members when that is lost. */
    @Test
    @Order(Integer.MAX_VALUE - 2)
    void saysThatAnImageIsOnLostMembersOnly() throws Exception {
        TestMachine.run("incus", "config", "set", "cluster.images_minimal_replica=1");
        Path socket = Path.of(System.getenv("INCUS_SOCKET"))
                .resolve("../../../m2/incus/unix.socket")
                .normalize();
        StemcellImage image;
        try (Stemcells there = TestMachine.stemcells()
                .endpoint(Endpoint.parse(socket.toString()))
                .connect()) {
            image = there.prepare(TestMachine.plainImage(), GuestOverlay.standard());
        }
        try {
            kill("m2");
            await(members -> members.stream().anyMatch(member -> !member.isOnline()));

            assertThatThrownBy(() -> stemcells.launch(ContainerSpec.of(TestMachine.plainImage())))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith("Cannot create a container of " + image.source() + ": the image "
                            + image.fingerprint() + " is only on members of the cluster that are away. ");
        } finally {
            bringAllBack();
            TestMachine.run("incus", "config", "unset", "cluster.images_minimal_replica");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void saysThatThereIsNoQuorum() throws Exception {
        kill("m2");
        kill("m3");
        try {
            assertThatThrownBy(() -> {
                        // The one that is left leads for some seconds more.
                        while (true) {
                            incus.clusterMembers();
                            Thread.sleep(200);
                        }
                    })
                    .isInstanceOf(NoQuorumException.class)
                    .hasMessageContaining(". Its cluster has no quorum: ");
            assertThatThrownBy(() -> stemcells.launch(spec())).isInstanceOf(NoQuorumException.class);
            assertThatThrownBy(() -> TestMachine.stemcells().connect()).isInstanceOf(NoQuorumException.class);
        } finally {
            bringAllBack();
        }
    }

    private static void kill(String member) throws Exception {
        TestMachine.run("sh", "-c", System.getenv("INCUS_STEMCELL_DEV_KILL_MEMBER") + " " + member);
    }

    private static void bringAllBack() throws Exception {
        TestMachine.run("sh", "-c", System.getenv("INCUS_STEMCELL_DEV_START_MEMBERS") + " 3");
        await(members -> members.stream().allMatch(ClusterMember::isOnline));
        // A member that was away for less than it takes to be offline is online all the time, and yet not to be reached
        // at once.
        TestMachine.run(
                "sh",
                "-c",
                "for member in m1 m2 m3; do until incus query \"/1.0?target=$member\" >/dev/null; do sleep 0.2; done; done");
    }

    private static void await(Predicate<List<ClusterMember>> holds) throws InterruptedException {
        while (!holds.test(incus.clusterMembers())) {
            Thread.sleep(200);
        }
    }

    private static ContainerSpec spec() {
        return TestMachine.spec().toBuilder().owner("OnCluster").build();
    }

    private static ContainerSpec at(String target) {
        return spec().toBuilder().location(Location.DEFAULT.withTarget(target)).build();
    }

    private static String member(StemcellContainer stemcell) {
        return stemcell.open().info().location();
    }

    private static List<StemcellContainer> launchAtOnce(int number, ContainerSpec spec) throws Exception {
        List<CompletableFuture<StemcellContainer>> starting = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            starting.add(later(() -> stemcells.launch(spec)));
        }
        List<StemcellContainer> started = new ArrayList<>();
        for (CompletableFuture<StemcellContainer> one : starting) {
            started.add(Waiting.on(one));
        }
        return started;
    }

    private static <T> CompletableFuture<T> later(java.util.function.Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
    }
}
