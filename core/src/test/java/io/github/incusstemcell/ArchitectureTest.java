package io.github.incusstemcell;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.properties.HasTypeParameters;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.oci.CorruptImageException;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.RegistryAuthenticationException;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import io.github.incusstemcell.systemd.SystemdException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Headers;
import okhttp3.Response;
import okio.Buffer;
import okio.ByteString;
import okio.ForwardingSink;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The lines between the packages: what may know what, and what users may see. */
class ArchitectureTest {

    private static final String BASE = "io.github.incusstemcell";

    static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    /** What other packages of ours are made of, and no user is to see, though Java calls it public. */
    static final String[] ENGINES = {
        BASE + ".internal..",
        BASE + ".incus.files..",
        BASE + ".oci.registry..",
        BASE + ".oci.tar..",
        BASE + ".systemd.dbus..",
        BASE + ".systemd.properties.."
    };

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

    /** In some the digits are others, which no guest and no daemon reads as numbers. */
    @Test
    void nothingIsWrittenInTheLanguageOfTheUser() {
        noClasses()
                .should()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "formatted", Object[].class)
                .check(OURS);
    }

    @Test
    void allPackagesSayWhatMayBeNull() {
        assertThat(OURS.stream().map(JavaClass::getPackage).distinct())
                .allMatch(ours -> ours.isAnnotatedWith(NullMarked.class));
    }

    @Test
    void whatAllAreMadeOfKnowsNoneOfThem() {
        knowsOnly("internal");
    }

    @Test
    void theClientOfIncusKnowsNeitherImagesNorStemcells() {
        knowsOnly("incus");
    }

    @Test
    void filesAreKnownByWhatUsersSeeOfThemOnly() {
        knowsOfItsPackageOnly("incus.files", FileType.class, GuestFileException.Reason.class);
    }

    @Test
    void theSourcesOfImagesKnowNoIncus() {
        knowsOnly("oci");
    }

    @Test
    void registriesAreSpokenToWithoutKnowingWhatAnImageIs() {
        knowsOfItsPackageOnly(
                "oci.registry",
                Digest.class,
                CorruptImageException.class,
                ImageNotFoundException.class,
                RegistryAuthenticationException.class,
                RegistryUnavailableException.class);
    }

    @Test
    void tarIsReadAndWrittenWithoutKnowingWhatItIsFor() {
        knowsOnly("oci.tar");
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
    void theBusIsReadAndWrittenWithoutKnowingWhatSpeaksByIt() {
        knowsOnly("systemd.dbus");
    }

    @Test
    void propertiesAreReadWithoutKnowingWhoseTheyAre() {
        knowsOfItsPackageOnly("systemd.properties", SystemdException.class);
    }

    @Test
    void theAgentIsSpokenToOfAnInstance() {
        knowsOnly("agent", "incus");
    }

    @Test
    void theContainerStandsOnTopOfAll() {
        knowsOnly("container", "agent", "stemcell", "incus", "oci", "systemd");
    }

    @Test
    void usersSeeNoTypeOfALibraryOrAnEngineBelowOurs() {
        classes()
                .that(describe("are seen by users", ArchitectureTest::isSeen))
                .should(showOnlyTypesOfOursOrTheJdks())
                .check(OURS);
    }

    @Test
    void aTypeOfALibraryIsFoundWhereverUsersCouldSeeIt() {
        JavaClasses showing = new ClassFileImporter().importClasses(Showing.class);

        assertThat(seen(showing.get(Showing.class)))
                .filteredOn(NEITHER_OURS_NOR_THE_JDKS)
                .extracting(JavaClass::getSimpleName)
                .containsOnly("ForwardingSink", "Source", "Headers", "ByteString", "Buffer", "Call", "Callback");
    }

    /** Shows a type of a library in each place that there is. */
    public static class Showing<T extends Call> extends ForwardingSink {

        public final Map<String, List<ByteString>> field = Map.of();

        protected Showing(Source parameter) {
            super(Okio.blackhole());
        }

        public Headers result() {
            return Headers.of();
        }

        public void parameter(Buffer[] parameter) {
            // only its signature matters
        }

        public <C extends Callback> void bound(C parameter) {
            // only its signature matters
        }

        void unseen(Response parameter) {
            // only its signature matters
        }
    }

    private static void knowsOnly(String name, String... others) {
        String[] allowed = Stream.concat(
                        Stream.of(BASE, BASE + ".internal..", BASE + "." + name + ".."),
                        Stream.of(others).map(other -> BASE + "." + other + ".."))
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(BASE + "." + name + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(BASE + "..").and(resideOutsideOfPackages(allowed)))
                .check(OURS);
    }

    /** An engine has no other arrows back to the package that it is part of than to these. */
    private static void knowsOfItsPackageOnly(String engine, Class<?>... shared) {
        DescribedPredicate<JavaClass> allowed = resideInAnyPackage(BASE, BASE + ".internal..", BASE + "." + engine)
                .or(belongToAnyOf(shared));
        noClasses()
                .that()
                .resideInAPackage(BASE + "." + engine)
                .should()
                .dependOnClassesThat(resideInAPackage(BASE + "..").and(not(allowed)))
                .check(OURS);
    }

    private static final Predicate<JavaClass> NEITHER_OURS_NOR_THE_JDKS =
            resideInAnyPackage("java..", BASE + "..").negate();

    private static final Predicate<JavaClass> NOT_FOR_USERS = NEITHER_OURS_NOR_THE_JDKS.or(resideInAnyPackage(ENGINES));

    private static ArchCondition<JavaClass> showOnlyTypesOfOursOrTheJdks() {
        return new ArchCondition<>("show users only types of ours or the JDK's") {
            @Override
            public void check(JavaClass shown, ConditionEvents events) {
                seen(shown)
                        .filter(NOT_FOR_USERS)
                        .distinct()
                        .forEach(type -> events.add(SimpleConditionEvent.violated(
                                shown, shown.getName() + " shows " + type.getName() + " to users")));
            }
        };
    }

    /** The types in what users see of a class: what it stands on, its fields, and the signatures of what they can call. */
    private static Stream<JavaClass> seen(JavaClass shown) {
        Stream<JavaType> above = Stream.concat(shown.getSuperclass().stream(), shown.getInterfaces().stream());
        Stream<JavaType> fields =
                shown.getFields().stream().filter(ArchitectureTest::isSeen).map(JavaField::getType);
        Stream<JavaType> calls =
                shown.getCodeUnits().stream().filter(ArchitectureTest::isSeen).flatMap(ArchitectureTest::signature);
        return Stream.of(above, bounds(shown), fields, calls)
                .flatMap(types -> types)
                .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                .map(JavaClass::getBaseComponentType)
                .filter(type -> !type.isPrimitive());
    }

    private static Stream<JavaType> signature(JavaCodeUnit call) {
        return Stream.of(
                        Stream.of(call.getReturnType()),
                        call.getParameterTypes().stream(),
                        call.getExceptionTypes().stream(),
                        bounds(call))
                .flatMap(types -> types);
    }

    private static Stream<JavaType> bounds(HasTypeParameters<?> generic) {
        return generic.getTypeParameters().stream().flatMap(parameter -> parameter.getUpperBounds().stream());
    }

    private static boolean isSeen(JavaClass type) {
        return !resideInAnyPackage(ENGINES).test(type)
                && type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isSeen).orElse(true);
    }

    private static boolean isSeen(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }
}
