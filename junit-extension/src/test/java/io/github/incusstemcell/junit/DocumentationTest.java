package io.github.incusstemcell.junit;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.xml.sax.InputSource;
import org.yaml.snakeyaml.Yaml;

/**
 * What README and docs show is true: code stands in sources that are compiled and run, links lead somewhere, messages are those of the
 * library.
 */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```(\\w*)\\n(.*?)^ *```$");
    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");
    private static final Pattern MESSAGE = Pattern.compile("(?m)^### `(.+)`$");
    private static final Pattern KEY =
            Pattern.compile("incus\\.stemcell\\.[a-z][a-z0-9.-]*[a-z0-9]|INCUS_STEMCELL_[A-Z0-9_]+[A-Z0-9]");
    private static final Pattern SCRIPT = Pattern.compile("(?<![\\w./-])dev/[a-z][a-z.]*(?![\\w/])");

    /** Samples take their image from a setting, so that they run on replicas as well; a reader is shown where it stands. */
    private static final String PUBLISHED_IMAGE = "(\"ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165\")";

    @TestFactory
    Stream<DynamicTest> codeStandsInACompiledTest() {
        List<String> sources = Stream.of("samples/src/test", "dev/consumers.d")
                .flatMap(folder -> files(folder, name -> name.endsWith(".java") || name.endsWith(".kt")))
                .map(file -> comparable(read(file)))
                .toList();
        return blocks(Set.of("java", "kotlin"))
                .map(block -> DynamicTest.dynamicTest(block.name(), () -> assertThat(
                                sources.stream().filter(source -> hasInOrder(source, block.pieces())))
                        .as("sources of samples and dev/consumers.d that have, whitespace aside:\n%s", block.text())
                        .isNotEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> linksLeadSomewhere() {
        return pages().flatMap(page -> LINK.matcher(withoutBlocks(read(page)))
                .results()
                .map(link -> link.group(1))
                .filter(target -> !target.matches("[a-z]+:.*"))
                .map(target -> DynamicTest.dynamicTest(page + " -> " + target, () -> assertLeads(page, target))));
    }

    private static void assertLeads(Path page, String target) {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        assertThat(file).exists();
        if (parts.length == 2) {
            assertThat(HEADING.matcher(withoutBlocks(read(file))).results().map(DocumentationTest::anchor))
                    .contains(parts[1]);
        }
    }

    /** As GitHub makes them of headings. */
    private static String anchor(MatchResult heading) {
        return heading.group(1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    @TestFactory
    Stream<DynamicTest> xmlIsWellFormedAndNamesThisVersion() {
        return blocks(Set.of("xml"))
                .map(block -> DynamicTest.dynamicTest(block.name(), () -> {
                    // A fragment of a POM has no root of its own.
                    InputSource fragment =
                            new InputSource(new StringReader("<fragment>" + block.text() + "</fragment>"));
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(fragment);
                    assertNamesThisVersion(
                            block.text(),
                            Pattern.compile(
                                    "<artifactId>(incus-stemcell-[a-z-]+)</artifactId>\\s*<version>([^<]+)</version>"));
                }));
    }

    @TestFactory
    Stream<DynamicTest> gradleNamesThisVersion() {
        return blocks(Set.of("kts", "groovy"))
                .map(block -> DynamicTest.dynamicTest(
                        block.name(),
                        () -> assertNamesThisVersion(
                                block.text(), Pattern.compile("io\\.github\\.incusstemcell:([a-z-]+):([^\"']+)"))));
    }

    private static void assertNamesThisVersion(String text, Pattern dependency) {
        Matcher pom = Pattern.compile("<artifactId>incus-stemcell-parent</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(read(ROOT.resolve("pom.xml")));
        assertThat(pom.find()).isTrue();
        dependency.matcher(text).results().forEach(ours -> {
            assertThat(ours.group(1))
                    .isIn("incus-stemcell-core", "incus-stemcell-junit-extension", "incus-stemcell-bom");
            assertThat(ours.group(2)).isEqualTo(pom.group(1));
        });
    }

    @TestFactory
    Stream<DynamicTest> yamlCanBeRead() {
        Stream<DynamicTest> files = Stream.of("docs/ci", ".github/workflows")
                .flatMap(folder -> files(folder, name -> name.endsWith(".yml")))
                .map(file -> DynamicTest.dynamicTest(file.toString(), () -> assertYaml(read(file))));
        return Stream.concat(
                files,
                blocks(Set.of("yaml"))
                        .map(block -> DynamicTest.dynamicTest(block.name(), () -> assertYaml(block.text()))));
    }

    private static void assertYaml(String text) {
        Object read = new Yaml().load(text);
        assertThat(read).isInstanceOfAny(Map.class, List.class);
    }

    /** The nightly workflow shows whether the configuration for GitHub works. */
    @Test
    void workflowForUsersIsTriedByOurOwn() {
        Map<String, String> shown = steps("docs/ci/github-actions.yml", "test");
        Map<String, String> tried = steps(".github/workflows/nightly.yml", "documented");

        assertThat(tried)
                .containsEntry("Install Incus", shown.get("Install Incus"))
                .containsEntry(
                        "Let guests through the firewall of Docker",
                        shown.get("Let guests through the firewall of Docker"));
        assertThat(List.of(shown.get("Test"), tried.get("Test")))
                .allSatisfy(run -> assertThat(run).startsWith("sg incus-admin -c './mvnw"));
    }

    private static Map<String, String> steps(String workflow, String job) {
        Map<?, ?> jobs = (Map<?, ?>)
                new Yaml().<Map<?, ?>>load(read(ROOT.resolve(workflow))).get("jobs");
        return ((List<?>) ((Map<?, ?>) jobs.get(job)).get("steps"))
                .stream()
                        .map(step -> (Map<?, ?>) step)
                        .filter(step -> step.containsKey("name") && step.containsKey("run"))
                        .collect(toMap(step -> "" + step.get("name"), step -> "" + step.get("run")));
    }

    @TestFactory
    Stream<DynamicTest> shellCanBeRead() {
        Stream<DynamicTest> scripts = files("docs/ci", name -> name.endsWith(".sh"))
                .map(file -> DynamicTest.dynamicTest(file.toString(), () -> assertShell(read(file))));
        return Stream.concat(
                scripts,
                blocks(Set.of("sh"))
                        .map(block -> DynamicTest.dynamicTest(block.name(), () -> assertShell(block.text()))));
    }

    private static void assertShell(String script) throws Exception {
        Process bash = new ProcessBuilder("bash", "-n", "-c", script)
                .redirectErrorStream(true)
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
    }

    @Test
    void settingsThatAreNamedExist() {
        Set<String> keys = Arrays.stream(Key.values())
                .flatMap(key -> Stream.of(key.property(), key.variable()))
                .collect(Collectors.toSet());

        assertThat(Stream.concat(
                                pages().filter(page -> !page.endsWith("CONTRIBUTING.md")),
                                files("docs/ci", name -> true))
                        .flatMap(page -> KEY.matcher(read(page)).results().map(MatchResult::group))
                        .distinct())
                .isNotEmpty()
                .allMatch(keys::contains);
    }

    @Test
    void everyPartOfTheOverlayHasARow() {
        String page = read(ROOT.resolve("docs/images.md"));

        assertThat(OverlayPart.values()).allSatisfy(part -> assertThat(page).contains("\n| `" + part.name() + "` |"));
    }

    @Test
    void everyAttributeOfTheAnnotationHasARow() {
        String page = read(ROOT.resolve("docs/tests.md"));

        assertThat(IncusStemcell.class.getDeclaredMethods()).allSatisfy(attribute -> assertThat(page)
                .containsPattern("(?m)^\\| [^|]*`" + attribute.getName() + "`"));
    }

    @Test
    void scriptsThatAreNamedExist() {
        assertThat(pages().flatMap(page -> SCRIPT.matcher(read(page)).results().map(MatchResult::group)))
                .isNotEmpty()
                .allSatisfy(script -> assertThat(ROOT.resolve(script)).exists());
    }

    /** Whoever changes a message is told of the page that explains it. */
    @TestFactory
    Stream<DynamicTest> messagesAreThoseOfTheLibrary() {
        Collection<String> sources = Stream.of("core/src/main/java", "junit-extension/src/main/java")
                .flatMap(folder -> files(folder, name -> name.endsWith(".java")))
                .collect(toMap(file -> file, file -> joined(read(file))))
                .values();
        return MESSAGE.matcher(read(ROOT.resolve("docs/troubleshooting.md")))
                .results()
                .map(message -> message.group(1))
                .map(message -> DynamicTest.dynamicTest(message, () -> assertThat(sources.stream()
                                .filter(source -> hasInOrder(source, List.of(message.split("\\.\\.\\.")))))
                        .as("classes with the strings of: %s", message)
                        .isNotEmpty()));
    }

    /** Strings that are written in several parts, as one. */
    private static String joined(String source) {
        return source.replaceAll("\"\\s*\\+\\s*\"", "");
    }

    private record Block(Path page, int number, String language, String text) {

        String name() {
            return page + ", block " + number + " of " + language;
        }

        /** What is between the lines that stand for left out ones. */
        List<String> pieces() {
            return Arrays.stream(text.split("(?m)^\\s*// \\.\\.\\.$"))
                    .map(DocumentationTest::comparable)
                    .filter(piece -> !piece.isEmpty())
                    .toList();
        }
    }

    private static Stream<Block> blocks(Set<String> languages) {
        return pages().flatMap(page -> {
            int[] number = {0};
            return BLOCK.matcher(read(page))
                    .results()
                    .map(block -> new Block(page, ++number[0], block.group(1), block.group(2)))
                    .filter(block -> languages.contains(block.language()));
        });
    }

    /** Without comments, and without whitespace, since lines of a page are broken elsewhere. */
    private static String comparable(String code) {
        return code.replaceAll("(?m)(^|\\s)//.*$", "")
                .replaceAll("(?s)/\\*\\*.*?\\*/", "")
                .replaceAll("\\s", "")
                // What is compiled only is private, so that nobody runs it.
                .replace("privatestaticclass", "class")
                .replace(PUBLISHED_IMAGE, "");
    }

    private static boolean hasInOrder(String text, List<String> pieces) {
        int from = 0;
        for (String piece : pieces) {
            int at = text.indexOf(piece, from);
            if (at < 0) {
                return false;
            }
            from = at + piece.length();
        }
        return !pieces.isEmpty();
    }

    private static String withoutBlocks(String page) {
        return BLOCK.matcher(page).replaceAll("");
    }

    private static Stream<Path> pages() {
        return Stream.concat(
                Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
                        .map(ROOT::resolve),
                files("docs", name -> name.endsWith(".md")));
    }

    private static Stream<Path> files(String folder, Predicate<String> name) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files
                    .filter(Files::isRegularFile)
                    .filter(file -> name.test(file.getFileName().toString()))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
