package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.config;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Extensions that are registered by a field. */
class BuiltStemcellsTest {

    @RegisterExtension
    static final Seen SEEN = new Seen();

    @Test
    void anExtensionThatIsBuilt() {
        assertSucceeded(run(Built.class), 2);

        SEEN.assertDifferent(2);
    }

    @Test
    void anExtensionThatIsBuiltForAClass() {
        assertSucceeded(run(BuiltPerClass.class), 2);

        SEEN.assertSame(3);
    }

    static class Built {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().config("user.fixture", "built").build();

        @Test
        void test(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "built");
            SEEN.add(stemcell);
        }

        @Test
        @IncusStemcell(config = "user.fixture=method")
        void overridden(StemcellContainer stemcell) {
            assertThat(config(stemcell)).containsEntry("user.fixture", "method");
            SEEN.add(stemcell);
        }
    }

    static class BuiltPerClass {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().scope(Scope.PER_CLASS).build();

        private static StemcellContainer field;

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell, field);
        }

        @Nested
        class Inner {

            @Test
            void test(StemcellContainer stemcell) {
                SEEN.add(stemcell);
            }
        }
    }
}
