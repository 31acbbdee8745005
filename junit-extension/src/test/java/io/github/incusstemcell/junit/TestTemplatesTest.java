package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.InstanceInfo;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods that are several tests. */
class TestTemplatesTest {

    @RegisterExtension
    static final Seen SEEN = new Seen();

    @Test
    void aTestTemplateOfTheUsersOwn() {
        assertSucceeded(run(Templated.class), 2);

        SEEN.assertDifferent(2);
    }

    @Test
    void parameterizedTestsBesideOtherExtensions() {
        assertSucceeded(run(Parameterized.class), 2);

        SEEN.assertDifferent(2);
    }

    @Test
    void dynamicTestsWithOneContainerForTheirFactory() {
        run(Dynamic.class)
                .testEvents()
                .assertStatistics(stats -> stats.started(2).succeeded(1).failed(1));

        SEEN.assertSame(2);
        assertThat(ownInstances())
                .extracting(InstanceInfo::name)
                .containsExactly(SEEN.all().get(0).name());
        Kit.deleteOwnInstances();
    }

    @IncusStemcell
    @ExtendWith(Twice.class)
    static class Templated {

        @TestTemplate
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
        }
    }

    static final class Twice implements TestTemplateInvocationContextProvider {

        @Override
        public boolean supportsTestTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
            return Stream.of(new TestTemplateInvocationContext() {}, new TestTemplateInvocationContext() {});
        }
    }

    @IncusStemcell
    static class Parameterized {

        @ParameterizedTest
        @ValueSource(strings = {"a", "b"})
        void test(String text, @TempDir Path folder, StemcellContainer stemcell) {
            assertThat(folder).isDirectory();
            assertThat(stemcell.exec("echo", text).stdout()).isEqualTo(text + "\n");
            SEEN.add(stemcell);
        }
    }

    @IncusStemcell(cleanup = Cleanup.ON_SUCCESS)
    static class Dynamic {

        @TestFactory
        Stream<DynamicTest> tests(StemcellContainer stemcell) {
            return Stream.of(
                    DynamicTest.dynamicTest("one", () -> SEEN.add(stemcell)), DynamicTest.dynamicTest("other", () -> {
                        SEEN.add(stemcell);
                        throw new AssertionError("on purpose");
                    }));
        }
    }
}
