package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a test does to a machine that others share ends with it. */
class UndoneFaultsTest {

    @RegisterExtension
    static final Seen SEEN = new Seen();

    @Test
    void withATestOfTheClass() {
        assertSucceeded(run(PerClass.class), 2);

        SEEN.assertSame(2);
    }

    @Test
    void withATestOfTheRun() {
        assertSucceeded(run(One.class, Other.class), 2);

        SEEN.assertSame(2);
    }

    private static boolean isCutOff(StemcellContainer stemcell) {
        return stemcell.exec("nft", "list", "ruleset").stdout().contains("incus_stemcell_faults");
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class PerClass {

        @Test
        @Order(1)
        void cuts(StemcellContainer stemcell) {
            stemcell.network().cut();
            assertThat(isCutOff(stemcell)).isTrue();
            SEEN.add(stemcell);
        }

        @Test
        @Order(2)
        void finds(StemcellContainer stemcell) {
            assertThat(isCutOff(stemcell)).isFalse();
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_SUITE)
    static class One {

        @Test
        void test(StemcellContainer stemcell) {
            assertThat(isCutOff(stemcell)).isFalse();
            stemcell.network().cut();
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(scope = Scope.PER_SUITE)
    static class Other {

        @Test
        void test(StemcellContainer stemcell) {
            assertThat(isCutOff(stemcell)).isFalse();
            stemcell.network().cut();
            SEEN.add(stemcell);
        }
    }
}
