package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void allPackagesSayWhatMayBeNull() {
        assertThat(new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("io.github.incusstemcell.junit")
                                .stream()
                                .map(JavaClass::getPackage)
                                .distinct())
                .isNotEmpty()
                .allMatch(ours -> ours.isAnnotatedWith(NullMarked.class));
    }
}
