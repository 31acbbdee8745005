package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When what a run created is needed by nobody any more. */
class LeaseTest {

    private static final Instant NOW = Instant.now();
    private static final Lease HERE = lease("host", "machine", "boot", "namespace");

    @Test
    void isOverWhereItsProcessIsDeadWhateverTheHostIsCalledNow() {
        assertThat(lease("host", "machine", "boot", "namespace").isOver(HERE, true, NOW))
                .isTrue();
        assertThat(lease("renamed", "", "boot", "namespace").isOver(HERE, true, NOW))
                .isTrue();
    }

    @Test
    void isNotOverWhereItsProcessIsOfANamespaceThatCannotBeSeen() {
        assertThat(lease("host", "machine", "boot", "another").isOver(HERE, true, NOW))
                .isFalse();
    }

    @Test
    void isOverWhereTheMachineWasBootedAgain() {
        assertThat(lease("host", "machine", "earlier", "namespace").isOver(HERE, true, NOW))
                .isTrue();
    }

    @Test
    void isNotOverWhereAnotherMachineHasTheNameOrTheId() {
        assertThat(lease("host", "other", "earlier", "namespace").isOver(HERE, true, NOW))
                .isFalse();
        assertThat(lease("other", "machine", "earlier", "namespace").isOver(HERE, true, NOW))
                .isFalse();
        assertThat(lease("host", "machine", "earlier", "namespace").isOver(HERE, false, NOW))
                .isFalse();
    }

    @Test
    void isOverForAnybodyOnceItIsNoLongerRenewed() {
        Lease renewed = lease("other", "other", "other", "other").renewedOf("a test");

        assertThat(renewed.isOver(HERE, false, NOW.plus(Duration.ofMinutes(60))))
                .isFalse();
        assertThat(renewed.isOver(HERE, false, NOW.plus(Duration.ofMinutes(91))))
                .isTrue();
    }

    /** Of a process that there never was: the largest number that Linux gives has seven digits. */
    private static Lease lease(String host, String machine, String boot, String namespace) {
        return new Lease(
                "run", host, machine, boot, namespace, 99_999_999, "1", "a test", false, NOW.plus(Duration.ofHours(1)));
    }
}
