package io.github.incusstemcell.junit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Attaches files as they are attached at the end of a test. */
class FilePublisherTest {

    private static final ByteArrayOutputStream STDOUT = new ByteArrayOutputStream();
    private static Diagnosis diagnosis;
    private static boolean jenkins;

    @BeforeEach
    void aFolder(@TempDir Path folder) throws IOException {
        STDOUT.reset();
        Files.writeString(folder.resolve("summary.txt"), "summary");
        Files.writeString(folder.resolve("journal.txt"), "journal");
        diagnosis = new Diagnosis(
                "ic-1",
                folder,
                "summary",
                List.of(
                        new Diagnosis.Entry("journal.txt", "Journal", 7, Optional.empty()),
                        new Diagnosis.Entry("boot.svg", "Boot", 0, Optional.of("no answer"))),
                List.of(),
                "");
    }

    @Test
    void writeTheLinesThatJenkinsLooksFor() {
        jenkins = true;

        run();

        assertThat(STDOUT.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "[[ATTACHMENT|" + diagnosis.folder() + "/summary.txt]]",
                        "[[ATTACHMENT|" + diagnosis.folder() + "/journal.txt]]");
    }

    @Test
    void writeNoneWithoutJenkins() {
        jenkins = false;

        run();

        assertThat(STDOUT.size()).isZero();
    }

    private static void run() {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Fixture.class))
                .execute()
                .testEvents()
                .assertStatistics(stats -> stats.succeeded(1));
    }

    static class Fixture {

        @RegisterExtension
        AfterEachCallback attach =
                context -> new FilePublisher(new PrintStream(STDOUT, true, StandardCharsets.UTF_8), jenkins)
                        .attach(context, diagnosis);

        @Test
        void test() {}
    }
}
