package io.github.incusstemcell.junit.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildFolderTest {

    @Test
    void isTheInnermostAroundATestsClasses() {
        assertThat(BuildFolder.around(Path.of("/home/build/app/target/test-classes")))
                .contains(Path.of("/home/build/app/target"));
        assertThat(BuildFolder.around(Path.of("/src/app/build/classes/java/test")))
                .contains(Path.of("/src/app/build"));
        assertThat(BuildFolder.around(Path.of("/src/app/out/test"))).isEmpty();
        assertThat(BuildFolder.of(BuildFolderTest.class, Path.of("/nowhere"))).endsWith(Path.of("target"));
    }

    @Test
    void isThatOfTheBuildToolWhereTheClassesTellNothing(@TempDir Path project) throws IOException {
        assertThat(BuildFolder.of(String.class, project)).isEqualTo(project.resolve("target"));

        Files.createFile(project.resolve("build.gradle.kts"));

        assertThat(BuildFolder.of(String.class, project)).isEqualTo(project.resolve("build"));
    }
}
