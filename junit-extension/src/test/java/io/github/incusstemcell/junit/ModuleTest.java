package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.TestExecutionListener;

/** What the module shows. That it works as one is shown by dev/consumers, with the jar. */
class ModuleTest {

    private static final String BASE = "io.github.incusstemcell.junit";

    /** What no user is to see, though Java calls it public. */
    private static final Set<String> INTERNAL = Set.of(BASE + ".bytecode", BASE + ".report");

    private static final Path CLASSES = classes();

    private static final ModuleDescriptor DESCRIPTOR = descriptor();

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void exportsAllOfTheApiAndNothingElse() {
        assertThat(DESCRIPTOR.exports()).noneMatch(Exports::isQualified);
        assertThat(Stream.concat(DESCRIPTOR.exports().stream().map(Exports::source), INTERNAL.stream()))
                .as("packages that are exported, and those that are internal")
                .containsExactlyInAnyOrderElementsOf(
                        OURS.stream().map(JavaClass::getPackageName).distinct().toList());
    }

    @Test
    void opensToJUnitWhatOurAnnotationsHaveItMake() {
        List<String> made = OURS.stream()
                .filter(ours -> ours.isAnnotatedWith(ExtendWith.class))
                .map(ours ->
                        ours.getAnnotationOfType(ExtendWith.class.getName()).get("value"))
                // Not as classes: one cannot be loaded without a later JUnit.
                .flatMap(extensions -> Arrays.stream((JavaClass[]) extensions.orElseThrow()))
                .map(JavaClass::getPackageName)
                .distinct()
                .toList();

        assertThat(DESCRIPTOR.isOpen()).isFalse();
        assertThat(DESCRIPTOR.opens()).singleElement().satisfies(opens -> {
            assertThat(opens.targets()).containsExactly("org.junit.platform.commons");
            assertThat(made).containsExactly(opens.source());
        });
    }

    @Test
    void providesAsAModuleWhatTheJarProvidesOnTheClassPath() throws Exception {
        Path services = CLASSES.resolve("META-INF/services");
        try (Stream<Path> files = Files.list(services)) {
            assertThat(files).extracting(Path::getFileName).hasSize(1);
        }

        assertThat(DESCRIPTOR.provides()).singleElement().satisfies(provides -> {
            assertThat(provides.service()).isEqualTo(TestExecutionListener.class.getName());
            assertThat(services.resolve(provides.service()))
                    .content()
                    .isEqualToIgnoringNewLines(provides.providers().get(0));
        });
    }

    private static Path classes() {
        try {
            return Path.of(IncusStemcell.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (Exception e) {
            throw new AssertionError("The folder of the classes is not found", e);
        }
    }

    private static ModuleDescriptor descriptor() {
        try (InputStream descriptor = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
            return ModuleDescriptor.read(descriptor);
        } catch (Exception e) {
            throw new AssertionError("The descriptor of the module cannot be read", e);
        }
    }
}
