package io.github.incusstemcell;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The lines between the packages: what may know what, and what users may see. */
class ArchitectureTest {

    private static final String BASE = "io.github.incusstemcell";

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void theBaseKnowsNoPackageBelowIt() {
        noClasses()
                .that()
                .resideInAPackage(BASE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE + ".*..")
                .check(OURS);
    }

    @Test
    void theClientOfIncusKnowsNeitherImagesNorStemcells() {
        knowsOnly("incus");
    }

    @Test
    void theSourcesOfImagesKnowNoIncus() {
        knowsOnly("oci");
    }

    @Test
    void theStemcellJoinsSourcesAndIncus() {
        knowsOnly("stemcell", "incus", "oci");
    }

    @Test
    void systemdIsReadThroughIncus() {
        knowsOnly("systemd", "incus");
    }

    @Test
    void theContainerStandsOnTopOfAll() {
        knowsOnly("container", "stemcell", "incus", "oci", "systemd");
    }

    @Test
    void usersSeeNoTypeOfALibraryBelowOurs() {
        methods()
                .that()
                .arePublic()
                .or()
                .areProtected()
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should(haveOnlyTypesOfOursOrTheJdks())
                .check(OURS);
    }

    private static void knowsOnly(String name, String... others) {
        String[] allowed = Stream.concat(
                        Stream.of(BASE, BASE + "." + name + ".."),
                        Stream.of(others).map(other -> BASE + "." + other + ".."))
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(BASE + "." + name + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(BASE + "..").and(resideOutsideOfPackages(allowed)))
                .check(OURS);
    }

    private static ArchCondition<JavaMethod> haveOnlyTypesOfOursOrTheJdks() {
        return new ArchCondition<>("have only types of ours or the JDK's in their signatures") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                Stream.concat(
                                method.getParameterTypes().stream(),
                                Stream.concat(Stream.of(method.getReturnType()), method.getExceptionTypes().stream()))
                        .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getBaseComponentType)
                        .filter(type -> !type.isPrimitive())
                        .filter(resideInAnyPackage("java..", BASE + "..").negate())
                        .filter(type -> method.getOwner()
                                .getModifiers()
                                .contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
                        .forEach(type -> events.add(SimpleConditionEvent.violated(
                                method, method.getFullName() + " shows " + type.getName() + " to users")));
            }
        };
    }
}
