package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs know of each other by profiles that stand in the daemon. */
class OtherRunsTest {

    private static final String RUN = "fedcba987654";

    private Incus incus;
    private OtherRuns others;

    @BeforeEach
    void connect() {
        TestMachine.stemcells().connect().close();
        incus = Incus.connect();
        others = new OtherRuns(project(), Lease.ofThisProcess(), "0123456789ab", MachineLimit.TERM);
    }

    @AfterEach
    void nothingIsLeft() {
        project().profiles().names().stream()
                .filter(MachineLimit::isProfile)
                .forEach(project().profiles()::delete);
        incus.close();
    }

    private Incus project() {
        return incus.project(Placement.DEFAULT_PROJECT);
    }

    private static Lease elsewhere(Instant expires) {
        return new Lease(RUN + "3210", "elsewhere", "", "another boot", "", 1, "", "", false, expires);
    }

    @Test
    void livesForAsLongAsItSaysSomethingWhateverItsFirstLeaseSaid() {
        MachineShare share = new MachineShare(RUN, 7, 2, 0, 0, 0);
        project().profiles().create(share.name(), elsewhere(Instant.EPOCH).keys(), Map.of(), "");

        others.look();

        assertThat(others.running()).isEqualTo(2);
        assertThat(project().profiles().names()).contains(share.name());
    }

    @Test
    void hearsOfOneThatWasNotToldThatItsShareIsWritten() {
        Lease lease = elsewhere(Instant.MAX);
        WrittenShare written = new WrittenShare(project(), lease, RUN);
        MachineShare first = new MachineShare(RUN, 1, 1, 0, 0, 0);
        project().profiles().create(first.name(), lease.keys(), Map.of(), "Whose answer was lost");

        assertThatThrownBy(() -> written.write(version -> new MachineShare(RUN, version, 1, 0, 0, 0)))
                .isInstanceOf(IncusException.class);
        written.write(version -> new MachineShare(RUN, version, 1, 0, 0, 0));

        assertThat(project().profiles().names())
                .contains(new MachineShare(RUN, 2, 1, 0, 0, 0).name())
                .doesNotContain(first.name());
    }
}
