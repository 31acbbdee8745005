package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.MemberPlaces.Taken;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.internal.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs take of members that no daemon has to have for it, as it is written into names of profiles only. */
class MemberPlacesTest {

    private Incus incus;
    private MemberPlaces ours;
    private MemberPlaces theirs;

    @BeforeEach
    void connect() {
        TestMachine.stemcells().connect().close();
        incus = Incus.connect();
        ours = new MemberPlaces(project(), Lease.ofThisProcess(), 5);
        theirs = new MemberPlaces(project(), Lease.ofThisProcess(), 5);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(ours.taken().names()).isEmpty();
        incus.close();
    }

    private Incus project() {
        return incus.project(Placement.DEFAULT_PROJECT);
    }

    @Test
    void countForAllRuns() {
        Runnable first = ours.take("m1", ours.taken()).orElseThrow();
        Runnable second = theirs.take("m1", theirs.taken()).orElseThrow();
        Runnable third = theirs.take("m2", theirs.taken()).orElseThrow();
        Taken taken = ours.taken();

        assertThat(List.of(taken.on("m1"), taken.on("m2"), taken.on("m3"))).containsExactly(2, 1, 0);
        first.run();
        assertThat(theirs.taken().on("m1")).isEqualTo(1);

        second.run();
        third.run();
    }

    @Test
    void goToOneOfThoseThatTakeThemAtOnce() throws Exception {
        Taken none = ours.taken();
        List<CompletableFuture<Optional<Runnable>>> tries = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> (i % 2 == 0 ? ours : theirs).take("m1", none), task -> new Thread(task).start()))
                .toList();
        List<Runnable> given = new ArrayList<>();
        for (CompletableFuture<Optional<Runnable>> one : tries) {
            Waiting.on(one).ifPresent(given::add);
        }

        assertThat(given).hasSize(1);
        assertThat(ours.taken().on("m1")).isEqualTo(1);
        given.forEach(Runnable::run);
    }

    @Test
    void areLeftToWhoHasThemNow() {
        Runnable stale = ours.take("m1", ours.taken()).orElseThrow();
        project().profiles().delete(ours.taken().names().iterator().next());
        Runnable theirPlace = theirs.take("m1", theirs.taken()).orElseThrow();

        stale.run();

        assertThat(theirs.taken().on("m1")).isEqualTo(1);
        theirPlace.run();
    }

    @Test
    void areRefusedWithTheWordsOfTheDaemon() {
        MemberPlaces nowhere = new MemberPlaces(incus.project("no-such-project"), Lease.ofThisProcess(), 1);

        assertThatThrownBy(() -> nowhere.take("m1", ours.taken()))
                .isInstanceOf(IncusException.class)
                .hasMessageContaining("no-such-project");
    }

    @Test
    void ofAProcessThatHasDiedAreSweptByTheNextRun() {
        Lease here = Lease.ofThisProcess();
        Lease dead = new Lease(
                here.run(),
                here.host(),
                here.machine(),
                here.bootId(),
                here.pidNamespace(),
                here.pid(),
                "1",
                "",
                false,
                Instant.MAX);
        new MemberPlaces(project(), dead, 5).take("m1", ours.taken()).orElseThrow();

        TestMachine.stemcells().connect().close();

        assertThat(ours.taken().on("m1")).isZero();
    }

    @Test
    void ofARunThatSaysNothingOfItselfAnyMoreAreSwept() {
        Lease elsewhere =
                new Lease("fedcba98-7654-3210", "elsewhere", "", "another boot", "", 1, "", "", false, Instant.MAX);
        new MemberPlaces(project(), elsewhere, 5).take("m1", ours.taken()).orElseThrow();

        TestMachine.stemcells().connect().close();

        assertThat(ours.taken().on("m1")).isZero();
    }

    @Test
    void endWithTheLimit() {
        MachineLimit limit =
                MachineLimit.of(project(), Lease.ofThisProcess(), 5, MachineLimit.TERM, MachineLimit.PATIENCE);
        limit.enter("a container that is kept");
        limit.places().take("m1", ours.taken()).orElseThrow();
        Runnable theirPlace = theirs.take("m1", theirs.taken()).orElseThrow();

        limit.close();

        assertThat(ours.taken().on("m1")).isEqualTo(1);
        theirPlace.run();
    }

    @Test
    void areSharedOutByProcessorsAndRoundedUp() {
        assertThat(ours.bound(2, 6)).isEqualTo(2);
        assertThat(ours.bound(4, 6)).isEqualTo(4);
        assertThat(ours.bound(1, 100)).isEqualTo(1);
    }
}
