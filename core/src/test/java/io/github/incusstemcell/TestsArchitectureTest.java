package io.github.incusstemcell;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What no test does. */
class TestsArchitectureTest {

    private static final Set<String> UNINTERRUPTIBLE = Set.of("join", "acquireUninterruptibly");

    /** JUnit ends a test that takes too long by an interrupt; one that does not hear it holds up the whole suite. */
    @Test
    void noTestWaitsUninterruptibly() {
        noClasses()
                .should()
                .accessTargetWhere(
                        describe("wait without hearing an interrupt", TestsArchitectureTest::isUninterruptible))
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                        .importPackages("io.github.incusstemcell"));
    }

    private static boolean isUninterruptible(JavaAccess<?> access) {
        return access.getTargetOwner().getPackageName().equals(CompletableFuture.class.getPackageName())
                && UNINTERRUPTIBLE.contains(access.getName());
    }
}
