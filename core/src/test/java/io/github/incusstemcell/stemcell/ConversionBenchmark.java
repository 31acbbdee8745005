package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.github.incusstemcell.incus.ApiExtension;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What it costs to make an image of a stemcell, in turn with others and each from an empty project: {@code dev/bench ConversionBenchmark}.
 * Seconds of the processor are those of the whole machine.
 */
class ConversionBenchmark {

    private static final int ROUNDS = 3;

    @TempDir
    private Path folder;

    /**
     * Beside curl, which does nothing but download the layer and upload it; no digest is verified, and nothing kept for another time. The
     * layers are 70 % as large as what is in them.
     */
    @ParameterizedTest
    @ValueSource(longs = {200_000_000L, 1_230_000_000L})
    void conversionBesideCurl(long size) throws Exception {
        RepositoryOfNoise repository = RepositoryOfNoise.push(folder, size);
        Path metadata = Files.write(folder.resolve("metadata.tar"), repository.metadata());
        Cost[] ours = new Cost[ROUNDS];
        Cost[] theirs = new Cost[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            theirs[round] = cost(project -> repository.downloadAndUpload(metadata, project.name()));
            ours[round] = cost(project -> convert(project, repository.image()));
            System.out.printf("round %d: ours %s, curl %s%n", round + 1, ours[round], theirs[round]);
        }
        System.out.printf(
                "conversion of a layer of %.2f GB, %.2f GB compressed: %.2f (%s) of what curl takes down and up, medians of %d: ours %s, curl %s%n",
                size / 1e9,
                repository.blobSize() / 1e9,
                median(ours).wall() / median(theirs).wall(),
                IntStream.range(0, ROUNDS)
                        .mapToObj(round -> "%.2f".formatted(ours[round].wall() / theirs[round].wall()))
                        .collect(Collectors.joining(", ")),
                ROUNDS,
                median(ours),
                median(theirs));
    }

    private record Cost(double wall, double cpu, double jvm) {
        @Override
        public String toString() {
            return "%.2f s (processor %.2f s, of that this JVM %.2f s)".formatted(wall, cpu, jvm);
        }
    }

    private static Cost median(Cost[] costs) {
        Cost[] sorted = costs.clone();
        Arrays.sort(sorted, Comparator.comparing(Cost::wall));
        return sorted[sorted.length / 2];
    }

    private static Cost cost(Work work) throws Exception {
        OperatingSystemMXBean jvm = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double[] before = {busy(), jvm.getProcessCpuTime() / 1e9};
        double wall = inNewProject(work);
        return new Cost(wall, busy() - before[0], jvm.getProcessCpuTime() / 1e9 - before[1]);
    }

    /** All but idle and waiting for disks, of all processors since the boot, which proc_stat(5) counts in hundredths. */
    private static double busy() throws IOException {
        String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        return IntStream.of(1, 2, 3, 6, 7)
                        .mapToLong(i -> Long.parseLong(ticks[i]))
                        .sum()
                / 100.0;
    }

    /** Beside the {@code incus} command, which pulls it as an OCI image; then it creates a container, deletes its resolv.conf, and publishes it. */
    @Tag("incus7")
    @Test
    void conversionOfTheReplica() throws Exception {
        double[] ours = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            ours[round] = inNewProject(project -> convert(project, TestProject.image()));
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
            long begin = System.nanoTime();
            work.in(project);
            double seconds = (System.nanoTime() - begin) / 1e9;
            assertThat(project.images()).extracting(ImageInfo::type).contains("container");
            return seconds;
        }
    }

    /** From an empty cache, as the daemon has none either. */
    private void convert(TestProject project, ImageReference image) throws Exception {
        try (OciImages sources = TestProject.sources(Files.createTempDirectory(folder, "cache"))) {
            TestProject.imagesOf(project.incus(), sources).prepare(image, GuestOverlay.standard());
        }
    }

    private static void convertByCommand(TestProject project) throws Exception {
        assertThat(project.incus().supports(ApiExtension.INSTANCE_OCI))
                .as("a daemon that pulls OCI images: dev/bench --incus 7")
                .isTrue();
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
