package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.config;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Extensions that are registered by a field. */
class BuiltStemcellsTest {

    /** The machines that the fixtures were given. */
    static final List<StemcellContainer> SEEN = new CopyOnWriteArrayList<>();

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
    }

    @Test
    void anExtensionThatIsBuilt() {
        assertSucceeded(run(Built.class), 2);

        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void anExtensionThatIsBuiltForAClass() {
        assertSucceeded(run(BuiltPerClass.class), 2);

        assertThat(SEEN).hasSize(3);
        assertThat(SEEN.stream().distinct()).hasSize(1);
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
            SEEN.addAll(List.of(stemcell, field));
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
