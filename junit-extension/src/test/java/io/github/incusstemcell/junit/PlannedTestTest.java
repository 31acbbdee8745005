package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.StemcellContainer;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which containers are known before their tests ask. */
class PlannedTestTest {

    private final Configuration configuration = new Configuration(key -> Optional.ofNullable(
            Map.of("incus.stemcell.image", "incus:configured").get(key)));

    @Test
    void areThoseOfAParameter() {
        assertThat(known(Plain.class, "parameter"))
                .hasValueSatisfying(spec -> assertThat(spec.owner()).isEqualTo("PlannedTestTest.Plain.parameter"));
        assertThat(known(Plain.class, "none")).isEmpty();
    }

    @Test
    void areThoseOfAField() {
        assertThat(known(WithField.class, "test")).isPresent();
    }

    @Test
    void areThoseOfWhatSurroundsTests() {
        assertThat(known(Surrounded.class, "test")).isPresent();
    }

    @Test
    void haveTheSettingsThatCount() {
        assertThat(known(Plain.class, "ownSettings")).hasValueSatisfying(spec -> {
            assertThat(spec.image()).hasToString("incus:own");
            assertThat(spec.limits().memory()).contains("512MiB");
        });
        assertThat(known(WithField.Inner.class, "test", WithField.class))
                .hasValueSatisfying(spec -> assertThat(spec.image()).hasToString("incus:around"));
    }

    @Test
    void areNoneThatTestsShare() {
        assertThat(known(Shared.class, "test")).isEmpty();
    }

    @Test
    void areNoneOfSeveral() {
        assertThat(known(Plain.class, "several")).isEmpty();
        assertThat(known(Plain.class, "named")).isEmpty();
    }

    @Test
    void areNoneOfTestsThatRunOnceWithEachImage() {
        assertThat(known(Plain.class, "images")).isEmpty();
    }

    @Test
    void areNoneOfTestsThatMayBeSkipped() {
        assertThat(known(Plain.class, "disabled")).isEmpty();
        assertThat(known(Plain.class, "conditional")).isEmpty();
        assertThat(known(Plain.class, "ifIncus")).isPresent();
    }

    @Test
    void areNoneThatTakeWhatATestMayMakeBefore() {
        assertThat(Stream.of(
                                "files",
                                "device",
                                "profile",
                                "address",
                                "network",
                                "project",
                                "pool",
                                "lowLevel",
                                "journal")
                        .filter(method -> known(Plain.class, method).isPresent()))
                .isEmpty();
        assertThat(known(Plain.class, "rootSize")).isPresent();
        assertThat(known(Plain.class, "noNetwork")).isPresent();
    }

    @Test
    void areNoneOfWhatIsBuilt() {
        assertThat(known(Built.class, "test")).isEmpty();
    }

    @Test
    void areNoneOfWhatIsWrong() {
        assertThat(known(Plain.class, "wrong")).isEmpty();
    }

    private Optional<ContainerSpec> known(Class<?> type, String method, Class<?>... around) {
        Predicate<Method> named = candidate -> candidate.getName().equals(method);
        Method found = Arrays.stream(type.getDeclaredMethods())
                .filter(named)
                .findFirst()
                .orElseThrow();
        List<Class<?>> classes =
                Stream.concat(Stream.of(type), Arrays.stream(around)).toList();
        return new PlannedTest(found, classes).container(configuration);
    }

    @IncusStemcell
    static class Plain {

        @Test
        void parameter(StemcellContainer stemcell) {}

        @Test
        void none() {}

        @TestTemplate
        @IncusStemcell(images = {"incus:one", "incus:other"})
        void images(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(value = "incus:own", memory = "512MiB")
        void ownSettings(StemcellContainer stemcell) {}

        @Test
        void several(StemcellContainer stemcell, @Node("db") StemcellContainer db) {}

        @Test
        void named(@Node("db") StemcellContainer db) {}

        @Test
        @Disabled("to be seen in the plan only")
        void disabled(StemcellContainer stemcell) {}

        @Test
        @EnabledOnOs(OS.LINUX)
        void conditional(StemcellContainer stemcell) {}

        @Test
        @EnabledIfIncusAvailable
        void ifIncus(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(files = "/etc/motd=src/test/motd")
        void files(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(devices = "shared,type=disk,source=/srv,path=/srv")
        void device(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(devices = "root,size=5GiB")
        void rootSize(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(profiles = "mine")
        void profile(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(address = "10.78.0.50")
        void address(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(network = "mine")
        void network(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(network = "none")
        void noNetwork(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(project = "mine")
        void project(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(storagePool = "mine")
        void pool(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(config = "raw.lxc=lxc.mount.entry=/srv srv none bind 0 0")
        void lowLevel(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(journal = true)
        void journal(StemcellContainer stemcell) {}

        @Test
        @IncusStemcell(memory = "much")
        void wrong(StemcellContainer stemcell) {}
    }

    @IncusStemcell("incus:around")
    static class WithField {

        StemcellContainer stemcell;

        @Test
        void test() {}

        @Nested
        class Inner {

            @Test
            void test() {}
        }
    }

    @IncusStemcell
    static class Surrounded {

        @BeforeEach
        void before(StemcellContainer stemcell) {}

        @Test
        void test() {}
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class Shared {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    static class Built {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().build();

        @Test
        void test(StemcellContainer stemcell) {}
    }
}
