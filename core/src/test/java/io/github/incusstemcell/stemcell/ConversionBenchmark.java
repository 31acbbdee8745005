package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.bench.Comparison;
import io.github.incusstemcell.bench.Program;
import io.github.incusstemcell.incus.ApiExtension;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What it takes to make an image of a stemcell, each time in an empty project and from an empty cache, as others keep nothing either. */
class ConversionBenchmark {

    private static final int ROUNDS = 3;
    private static final long SMALL = 200_000_000;
    private static final long LARGE = 1_230_000_000;
    private static final int LAYERS = 20;

    @TempDir
    private static Path folder;

    /** What cannot be undercut is curl, which does nothing but download the layers and upload as much; no digest is verified, and nothing kept. */
    @Test
    void conversionBesideCurl() throws Exception {
        Comparison small = besideCurl("conversion of 0.2 GB", RepositoryOfNoise.push(folder, SMALL, 1))
                .run(1, ROUNDS);
        RepositoryOfNoise noise = RepositoryOfNoise.push(folder, LARGE, 1);
        Comparison large = besideCurl("conversion of 1.23 GB", noise)
                .variant(
                        "ours in its own JVM",
                        round -> inNewProject(
                                round,
                                project -> round.program(Program.java(getClass(), project.name(), noise.image() + ""))))
                .run(ROUNDS);
        large.slope("per further GiB of a layer", small, (double) (LARGE - SMALL) / (1 << 30));
        besideCurl("conversion of 20 layers of 0.2 GB in all", RepositoryOfNoise.push(folder, SMALL, LAYERS))
                .run(ROUNDS)
                .slope("per further layer", small, LAYERS - 1);
    }

    private Comparison besideCurl(String row, RepositoryOfNoise repository) throws Exception {
        Path metadata = Files.write(folder.resolve("metadata.tar"), repository.metadata());
        return new Comparison(getClass(), row)
                .variant("ours", round -> inNewProject(round, project -> convert(project.incus(), repository.image())))
                .variant(
                        "curl",
                        round ->
                                inNewProject(round, project -> repository.downloadAndUpload(metadata, project.name())));
    }

    /** Converts an image in a JVM whose memory is only for that: takes the project and the image. */
    public static void main(String... arguments) throws Exception {
        folder = Files.createTempDirectory("conversion");
        try (Incus incus = Incus.connect()) {
            convert(incus.project(arguments[0]), ImageReference.parse(arguments[1]));
        }
        Program.printPeaks();
        Program.run("rm", "-r", folder.toString());
    }

    /** The {@code incus} command pulls it as an OCI image; then it creates a container, deletes its resolv.conf, and publishes it. */
    @Tag("incus7")
    @Test
    void conversionOfTheReplica() throws Exception {
        new Comparison(getClass(), "conversion of the replica")
                .variant("ours", round -> inNewProject(round, project -> convert(project.incus(), TestProject.image())))
                .variant("incus", round -> inNewProject(round, ConversionBenchmark::convertByCommand))
                .run(ROUNDS);
    }

    private interface Work {
        void in(TestProject project) throws Exception;
    }

    private static void inNewProject(Comparison.Round round, Work work) throws Exception {
        try (TestProject project = new TestProject()) {
            round.begin();
            work.in(project);
            round.end();
            assertThat(project.images()).extracting(ImageInfo::type).contains("container");
        }
    }

    private static void convert(Incus project, ImageReference image) throws Exception {
        try (OciImages sources = TestProject.sources(Files.createTempDirectory(folder, "cache"))) {
            TestProject.imagesOf(project, sources).prepare(image, GuestOverlay.standard());
        }
    }

    private static void convertByCommand(TestProject project) throws Exception {
        assertThat(project.incus().supports(ApiExtension.INSTANCE_OCI))
                .as("a daemon that pulls OCI images: dev/bench --incus 7")
                .isTrue();
        ImageReference.Registry image = (ImageReference.Registry) TestProject.image();
        String name = image.repository() + ":" + image.tag().orElseThrow();
        Program.run("sh", "-ec", """
                incus remote add %1$s https://%2$s --protocol=oci --public
                trap 'incus remote remove %1$s' EXIT
                incus image copy %1$s:%3$s local: --target-project %1$s --alias oci
                incus init oci c --project %1$s --no-profiles --storage %4$s
                incus file delete c/etc/resolv.conf --project %1$s
                incus publish c --project %1$s --alias converted
                """.formatted(project.name(), image.host(), name, project.pool()));
    }
}
