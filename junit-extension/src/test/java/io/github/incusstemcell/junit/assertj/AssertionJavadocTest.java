package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.junit.assertj.AssertionJavadoc.Statement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each assertion says what it verifies, and shows one that passes and one that fails; {@link JavadocExamplesTest} runs them. */
class AssertionJavadocTest {

    /** What is wrong with it, by its name; nothing where it is in the form of all. */
    private static Stream<String> misses(AssertionJavadoc javadoc) {
        List<String> misses = new ArrayList<>();
        if (!javadoc.text().contains("@return this assertion object")) {
            misses.add("does not say that it returns this assertion object");
        }
        if (javadoc.text().startsWith("Verifies as {@link #")) {
            return misses.stream().map(miss -> javadoc + " " + miss);
        }
        if (!javadoc.text().startsWith("Verifies that ")) {
            misses.add("does not begin by \"Verifies that\"");
        }
        if (javadoc.blocks().size() != 1) {
            misses.add("has " + javadoc.blocks().size() + " blocks of examples");
        }
        Set<String> markers = javadoc.blocks().stream()
                .flatMap(block -> Statement.of(block).stream())
                .map(Statement::marker)
                .collect(Collectors.toSet());
        if (markers.stream().noneMatch(marker -> marker.matches("passes( with .+)?"))) {
            misses.add("has no example that passes");
        }
        if (markers.stream().noneMatch(marker -> marker.matches("fails( with .+)?"))) {
            misses.add("has no example that fails");
        }
        return misses.stream().map(miss -> javadoc + " " + miss);
    }

    @Test
    void eachAssertionSaysWhatItVerifiesAndShowsIt() throws IOException {
        List<AssertionJavadoc> all = AssertionJavadoc.all();

        assertThat(all).hasSizeGreaterThan(200);
        assertThat(all.stream().flatMap(AssertionJavadocTest::misses)).isEmpty();
    }

    @Test
    void findsWhatEveryAssertionFinds() throws IOException {
        Set<String> documented = AssertionJavadoc.all().stream()
                .map(javadoc -> javadoc.type() + "." + javadoc.signature().replaceAll("\\(.*", ""))
                .collect(Collectors.toSet());

        assertThat(documented)
                .contains(
                        "GuestAssert.satisfies",
                        "GuestListAssert.hasSize",
                        "FileAssert.hasMode",
                        "FileContentAssert.contains",
                        "StemcellAssert.satisfies",
                        "UnitAssert.isActive")
                .doesNotContain("FileAssert.followingLinks", "StemcellAssert.within", "FirewallAssert.ofTable");
    }
}
