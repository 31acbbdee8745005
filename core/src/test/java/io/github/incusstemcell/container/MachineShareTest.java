package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is, and how that is written down. */
class MachineShareTest {

    private static final MachineShare FIRST = share("aaaaaaaaaaaa", 2, 1, 100);

    @Test
    void isReadFromItsName() {
        MachineShare largest =
                new MachineShare("0123456789ab", 999_999_999, 99_999, 99_999, 99_999, 9_999_999_999_999L);

        assertThat(MachineShare.of(largest.name())).contains(largest);
        // The longest name that Incus takes.
        assertThat(largest.name()).hasSizeLessThanOrEqualTo(64);
        assertThat(MachineShare.of("default")).isEmpty();
        assertThat(MachineShare.of(largest.name() + "-1")).isEmpty();
    }

    @Test
    void letsTheRunWithTheFewestMachinesGoFirst() {
        MachineShare fewer = share("cccccccccccc", 1, 1, 900);

        assertThat(FIRST.before(List.of(fewer))).isEqualTo(1);
        assertThat(fewer.before(List.of(FIRST))).isZero();
    }

    @Test
    void letsAmongEqualsTheOneGoFirstThatHasWaitedForLongest() {
        MachineShare later = share("bbbbbbbbbbbb", 2, 1, 200);

        assertThat(FIRST.before(List.of(later))).isZero();
        assertThat(later.before(List.of(FIRST))).isEqualTo(1);
    }

    @Test
    void countsNobodyWhoWaitsForNothing() {
        assertThat(FIRST.before(List.of(share("bbbbbbbbbbbb", 0, 0, 1)))).isZero();
    }

    @Test
    void givesARunThatComesLateWhatOthersHaveMore() {
        MachineShare late = share("dddddddddddd", 0, 9, 999);
        MachineShare early = share("eeeeeeeeeeee", 3, 9, 1);

        // Up to as many as the other has.
        assertThat(early.before(List.of(late))).isEqualTo(3);
    }

    @Test
    void hasAllRunsAgreeOnOneOrder() {
        List<MachineShare> all = List.of(
                FIRST,
                share("bbbbbbbbbbbb", 0, 1, 300),
                share("cccccccccccc", 2, 1, 100),
                share("dddddddddddd", 1, 1, 50));
        List<Integer> places = new ArrayList<>();
        for (MachineShare one : all) {
            places.add(one.before(all.stream().filter(other -> other != one).toList()));
        }
        assertThat(places).containsExactly(2, 0, 3, 1);
    }

    private static MachineShare share(String run, int running, int waiting, long since) {
        return new MachineShare(run, 1, running, waiting, 0, since);
    }
}
