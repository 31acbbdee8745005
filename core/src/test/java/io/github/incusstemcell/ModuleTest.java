package io.github.incusstemcell;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the module shows. That it works as one is shown by dev/consumers, with the jar. */
class ModuleTest {

    private static final ModuleDescriptor DESCRIPTOR = descriptor();

    @Test
    void exportsAllOfTheApiAndNothingElse() {
        assertThat(DESCRIPTOR.exports().stream()
                        .filter(exports -> !exports.isQualified())
                        .map(Exports::source))
                .as(
                        "packages that are exported to all, each of which is either the API or one of ArchitectureTest.ENGINES")
                .containsExactlyInAnyOrderElementsOf(packages().toList());
    }

    @Test
    void exportsEnginesToTheExtensionOnly() {
        assertThat(DESCRIPTOR.exports().stream().filter(Exports::isQualified)).allSatisfy(exports -> {
            assertThat(exports.targets()).containsExactly("io.github.incusstemcell.junit");
            assertThat(packages()).doesNotContain(exports.source());
        });
    }

    @Test
    void opensNothing() {
        assertThat(DESCRIPTOR.isOpen()).isFalse();
        assertThat(DESCRIPTOR.opens()).isEmpty();
    }

    /** Those that are the API. */
    private static Stream<String> packages() {
        return ArchitectureTest.OURS.stream()
                .filter(resideInAnyPackage(ArchitectureTest.ENGINES).negate())
                .map(JavaClass::getPackageName)
                .distinct();
    }

    private static ModuleDescriptor descriptor() {
        try {
            Path classes = Path.of(IncusStemcellException.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (InputStream descriptor = Files.newInputStream(classes.resolve("module-info.class"))) {
                return ModuleDescriptor.read(descriptor);
            }
        } catch (Exception e) {
            throw new AssertionError("The descriptor of the module cannot be read", e);
        }
    }
}
