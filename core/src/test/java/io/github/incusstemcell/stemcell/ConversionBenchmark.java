package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.ApiExtension;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What it costs to make an image of a stemcell, beside the way by the {@code incus} command, in turn and each from an empty project: pull it
 * from the registry as an OCI image, create a container, delete its resolv.conf, publish it. {@code dev/bench --incus 7 ConversionBenchmark}.
 */
@Tag("incus7")
class ConversionBenchmark {

    private static final int ROUNDS = 3;

    @TempDir
    private Path folder;

    @Test
    void conversionOfTheReplica() throws Exception {
        double[] ours = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            ours[round] = inNewProject(this::convert);
            theirs[round] = inNewProject(ConversionBenchmark::convertByCommand);
            System.out.printf(
                    "round %d: ours %.2f s, by the incus command %.2f s%n", round + 1, ours[round], theirs[round]);
        }
        Arrays.sort(ours);
        Arrays.sort(theirs);
        double our = ours[ROUNDS / 2];
        double their = theirs[ROUNDS / 2];
        System.out.printf(
                "conversion of the replica, median of %d: ours %.2f s, by the incus command %.2f s: %.1f times as fast%n",
                ROUNDS, our, their, their / our);
    }

    private interface Work {
        void in(TestProject project) throws Exception;
    }

    private static double inNewProject(Work work) throws Exception {
        try (TestProject project = new TestProject()) {
            assertThat(project.incus().supports(ApiExtension.INSTANCE_OCI))
                    .as("a daemon that pulls OCI images: dev/bench --incus 7")
                    .isTrue();
            long begin = System.nanoTime();
            work.in(project);
            double seconds = (System.nanoTime() - begin) / 1e9;
            assertThat(project.images()).extracting(ImageInfo::type).contains("container");
            return seconds;
        }
    }

    /** From an empty cache, as the daemon has none either. */
    private void convert(TestProject project) throws Exception {
        try (OciImages sources = TestProject.sources(Files.createTempDirectory(folder, "cache"))) {
            TestProject.imagesOf(project.incus(), sources).prepare(TestProject.image(), GuestOverlay.standard());
        }
    }

    private static void convertByCommand(TestProject project) throws Exception {
        ImageReference.Registry image = (ImageReference.Registry) TestProject.image();
        String remote = project.name();
        incus("remote", "add", remote, "https://" + image.host(), "--protocol=oci", "--public");
        try {
            String name = image.repository() + ":" + image.tag().orElseThrow();
            incus("image", "copy", remote + ":" + name, "local:", "--target-project", project.name(), "--alias", "oci");
            incus("init", "oci", "c", "--project", project.name(), "--no-profiles", "--storage", project.pool());
            incus("file", "delete", "c/etc/resolv.conf", "--project", project.name());
            incus("publish", "c", "--project", project.name(), "--alias", "converted");
        } finally {
            incus("remote", "remove", remote);
        }
    }

    private static void incus(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("incus"));
        command.addAll(List.of(arguments));
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + output)
                .isZero();
        System.out.printf(
                "  %s: %.2f s%n",
                Arrays.stream(arguments).limit(2).collect(Collectors.joining(" ")), (System.nanoTime() - begin) / 1e9);
    }
}
