package io.github.incusstemcell.junit.assertj;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class AssertionErrorsTest {

    @Test
    void showNoEscapeSequencesOfAGuest() {
        assertThat(AssertionErrors.of("but the file says \u001b[2J")).hasMessage("but the file says \\x1b[2J");
        assertThat(AssertionErrors.of("\u001b]0;title\u0007", new IllegalStateException()))
                .hasMessage("\\x1b]0;title\\x07");
    }

    @Test
    void areShortWhateverAGuestSays() {
        assertThat(AssertionErrors.of("x".repeat(3_000_000)).getMessage()).hasSizeLessThan(20_000);
    }

    @Test
    void areMadeInOnePlace() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(AssertionErrors.class)
                .should()
                .callConstructor(AssertionError.class, Object.class)
                .orShould()
                .callConstructor(AssertionError.class, String.class, Throwable.class)
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.github.incusstemcell.junit"));
    }
}
