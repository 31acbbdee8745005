package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.incusstemcell.container.FarmSimulation.Costs;
import io.github.incusstemcell.container.FarmSimulation.Farm;
import io.github.incusstemcell.container.FarmSimulation.Load;
import io.github.incusstemcell.container.FarmSimulation.Result;
import org.junit.jupiter.api.Test;

/** What can be computed by hand, the simulation finds. */
class FarmSimulationTest {

    private static final Costs COSTS = new Costs(0.1, 0.4, 1, 3, 0.5);

    @Test
    void addsUpWhereOneRunsAfterTheOther() {
        Result result = FarmSimulation.run(new Farm(1, 4, false, 1), new Load(2, 5, 1), COSTS);

        assertThat(result.seconds()).isCloseTo(10 * (0.1 + 0.4 + 1 + 3 + 0.5), within(1e-6));
        assertThat(result.running()).isEqualTo(1);
        assertThat(result.busy()).isCloseTo(1.5 / 5 / 4, within(1e-6));
    }

    @Test
    void hasThoseWhoNeedAProcessorShareIt() {
        Result result = FarmSimulation.run(new Farm(2, 1, true, 2), new Load(1, 2, 2), COSTS);

        // Boots and deletions of two on one processor.
        assertThat(result.seconds()).isCloseTo(0.1 + 0.4 + 2 + 3 + 1, within(1e-6));
        assertThat(result.median()).isCloseTo(2.5, within(1e-6));
    }

    @Test
    void startsNoMoreOnAMemberThanItHasProcessors() {
        Result result = FarmSimulation.run(new Farm(2, 3, false, 100), new Load(10, 10, 10), COSTS);

        assertThat(result.starting()).isEqualTo(3);
        assertThat(result.running()).isEqualTo(100);
    }

    @Test
    void goesOnWhereAllMachinesEndAtOnce() {
        Result result = FarmSimulation.run(new Farm(1, 2, false, 2), new Load(2, 3, 1), COSTS);

        assertThat(result.seconds()).isCloseTo(3 * 5, within(1e-6));
    }
}
