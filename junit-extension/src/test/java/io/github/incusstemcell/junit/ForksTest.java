package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.inOurProject;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.InstanceInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several JVMs with tests on one daemon, as Surefire and Gradle fork them, and JVMs that are ended in the middle of a test. */
class ForksTest {

    static final String READY = "the containers are there";

    private final List<Fork> forks = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        forks.forEach(fork -> fork.process().destroyForcibly());
        assertThat(ownInstances()).isEmpty();
    }

    @Test
    void convertOnceBesideEachOtherAndLeaveNothing() throws Exception {
        inOurProject(incus ->
                incus.images().list().stream().map(ImageInfo::fingerprint).forEach(incus.images()::delete));

        for (int i = 0; i < 3; i++) {
            fork(Passing.class);
        }

        for (Fork fork : forks) {
            assertThat(fork.process().waitFor()).as(fork::log).isZero();
            assertThat(fork.instances()).isEmpty();
        }
        assertThat(forks.stream().flatMap(fork -> fork.log().lines()))
                .filteredOn(line -> line.contains("converted in"))
                .hasSize(1);
        assertThat(Kit.images()).hasSize(1);
    }

    @Test
    void removeWhatAKilledOneLeftAndNothingOfTheLiving(@TempDir Path folder) throws Exception {
        Fork killed = fork(Waiting.class);
        killed.awaitReady();
        Fork living = fork(Waiting.class);
        living.awaitReady();

        killed.process().destroyForcibly().waitFor();
        assertThat(killed.instances()).hasSize(2);
        assertThat(killed.networks()).hasSize(1);
        List<String> left = killed.instances().stream().map(InstanceInfo::name).toList();
        assertSucceeded(run(Map.of("incus.stemcell.diagnostics.dir", folder.toString()), Passing.class), 2);

        String page = Files.readString(MessagesTest.pageIn(folder));
        assertThat(left).allSatisfy(name -> assertThat(page)
                .containsPattern("<p>Removed, left by a run that died: " + name + " of process "
                        + killed.process().pid() + " on .*: ForksTest\\.Waiting\\.test</p>"));
        assertThat(killed.instances()).isEmpty();
        assertThat(killed.networks()).isEmpty();
        assertThat(living.instances()).hasSize(2).allMatch(InstanceInfo::isRunning);
        living.terminate();
    }

    @Test
    void removeTheirOwnWhenTheyAreTerminated() throws Exception {
        Fork terminated = fork(Waiting.class);
        terminated.awaitReady();
        List<String> names =
                terminated.instances().stream().map(InstanceInfo::name).toList();
        assertThat(names).hasSize(2);

        terminated.terminate();

        assertThat(terminated.instances()).as(terminated::log).isEmpty();
        assertThat(terminated.networks()).as(terminated::log).isEmpty();
        long pid = terminated.process().pid();
        String log = terminated.log();
        assertThat(names).allSatisfy(name -> assertThat(log)
                .contains("Removing " + name + " of process " + pid + " on ")
                .contains(": ForksTest.Waiting.test"));
    }

    @Test
    void sayThatSomethingIsLeftWhenTheyAreTerminatedAndIncusIsOutOfReach(@TempDir Path folder) throws Exception {
        Path way = folder.resolve("unix.socket");
        inOurProject(incus -> link(way, ((Endpoint.UnixSocket) incus.endpoint()).path()));
        Fork terminated = fork(Waiting.class, "-Dincus.stemcell.endpoint=" + way);
        terminated.awaitReady();

        Files.delete(way);
        terminated.terminate();

        assertThat(terminated.log())
                .contains(
                        "WARN io.github.incusstemcell.junit.Suite - This run ends early, and what it created is left to the next run on this machine\n"
                                + "io.github.incusstemcell.incus.IncusConnectionException: ");
        assertThat(terminated.instances()).hasSize(2);
        assertSucceeded(run(Passing.class), 2);
        assertThat(terminated.instances()).isEmpty();
    }

    private static void link(Path link, Path target) {
        try {
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Fork fork(Class<?> fixture, String... options) throws IOException {
        Fork fork = Fork.of(READY, fixture, options);
        forks.add(fork);
        return fork;
    }

    @IncusStemcell
    static class Passing {

        @RepeatedTest(2)
        void test(StemcellContainer stemcell) {
            assertThat(stemcell.exec("hostname").stdout()).isEqualTo(stemcell.name() + "\n");
        }
    }

    @IncusStemcell
    static class Waiting {

        @Test
        void test(@Node("db") StemcellContainer db, @Node("web") StemcellContainer web) {
            System.out.println(READY);
            db.exec("sleep", "infinity");
        }
    }
}
