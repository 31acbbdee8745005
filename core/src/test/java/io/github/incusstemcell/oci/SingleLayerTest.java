package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Incus would refuse or lose of an image of one layer is found before it gets it, from wherever the image comes. */
class SingleLayerTest {

    private static final byte[] FILES = new TestTar()
            .file("a", "x".repeat(1000))
            .file("b", "y".repeat(1000))
            .bytesWithoutEnd();

    @TempDir
    Path folder;

    private OciImages images;

    @BeforeEach
    void start() {
        images = OciImages.builder()
                .settings(RegistrySettings.builder()
                        .cacheFolder(folder.resolve("cache"))
                        .architecture("amd64")
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        images.close();
    }

    /** In a header, GNU tar takes it for the end, without a word. */
    @Test
    void refusesATarThatEndsInTheMiddleOfAnEntry() throws IOException {
        byte[] inHeader = TestTar.gzip(Arrays.copyOf(FILES, 1536 + 100));
        byte[] inData = TestTar.gzip(Arrays.copyOf(FILES, 2048 + 512));
        assertRefused(
                inHeader, "is damaged: at byte 1536 of its tar stream there is the end in the middle of an entry");
        assertRefused(inData, "is damaged: at byte 1536 of its tar stream there is an entry, b, whose data is cut off");
    }

    @Test
    void refusesWhatTarWouldLoseBehindASingleBlockOfZeros() throws IOException {
        byte[] tar =
                new TestTar().file("a", "x").raw(new byte[512]).file("b", "y").bytes();
        assertRefused(
                TestTar.gzip(tar),
                "is damaged: at byte 1024 of its tar stream there is a single block of zeros, with more behind it");
    }

    @Test
    void saysThatCompressedDataIsCutOff() throws IOException {
        byte[] gzip = TestTar.gzip(FILES);
        assertRefused(Arrays.copyOf(gzip, gzip.length - 12), "is damaged: its compressed data is cut off");
        assertRefused(Arrays.copyOf(gzip, 5), "is damaged: its compressed data is cut off");
    }

    @Test
    void refusesNamesThatTarRefuses() throws IOException {
        assertRefused(
                TestTar.gzip(new TestTar().file("etc/../../passwd", "x").bytes()),
                "tar, with which Incus unpacks it, would refuse its layer %s: etc/../../passwd has '..' in its name."
                        + " Make the image again without that.");
    }

    @Test
    void refusesHardLinksToNothing() throws IOException {
        assertRefused(
                TestTar.gzip(new TestTar().hardLink("a", "b").file("b", "x").bytes()),
                "tar, with which Incus unpacks it, would refuse its layer %s: a is a hard link to b, which is not there"
                        + " by then. Make the image again without that.");
    }

    @Test
    void looksAtImagesThatSayNoDiffId() throws IOException {
        byte[] layer = TestTar.gzip(Arrays.copyOf(FILES, 1536 + 100));
        TestLayout layout = new TestLayout(folder.resolve("layout")).image("one", List.of(layer), List.of());
        assertThatThrownBy(() -> rootfs("oci:" + layout.folder()))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageContaining("the end in the middle of an entry");
    }

    @Test
    void looksAtLayersOfARegistryEachTime() throws IOException {
        byte[] tar = Arrays.copyOf(FILES, 1536 + 100);
        byte[] layer = TestTar.gzip(tar);
        try (FaultyRegistry registry = new FaultyRegistry()) {
            registry.image("cut", "1", List.of(layer), List.of(Digest.sha256(tar)));
            try (OciImages pulled = registry.images(folder.resolve("cache"))) {
                for (int run = 0; run < 2; run++) {
                    assertThatThrownBy(() -> pulled.resolve(ImageReference.parse(registry.host() + "/cut:1"))
                                    .rootfs())
                            .isInstanceOf(CorruptImageException.class)
                            .hasMessageEndingWith("its layer " + Digest.sha256(layer)
                                    + " is damaged: at byte 1536 of its tar stream there is the end in the middle of an"
                                    + " entry");
                }
            }
        }
    }

    @Test
    void looksAtPlainTarballsAndIntoStemcells() throws IOException {
        byte[] cut = TestTar.gzip(Arrays.copyOf(FILES, 1536 + 100));
        Path tarball = Files.write(folder.resolve("rootfs.tar.gz"), cut);
        for (int run = 0; run < 2; run++) {
            assertThatThrownBy(() -> rootfs("rootfs:" + tarball))
                    .isInstanceOf(CorruptImageException.class)
                    .hasMessageContaining("the end in the middle of an entry");
        }
        String manifest =
                "name: x\nversion: \"1\"\nsha1: sha256:" + Digest.sha256(cut).hex() + "\n";
        Path stemcell = Files.write(
                folder.resolve("stemcell.tgz"),
                TestTar.gzip(new TestTar()
                        .file("stemcell.MF", manifest)
                        .file("image", cut)
                        .bytes()));
        assertThatThrownBy(() -> rootfs("stemcell:" + stemcell))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageContaining("the end in the middle of an entry");
    }

    @Test
    void handsOnWhatTarUnpacksByteForByte() throws IOException {
        byte[] odd = TestTar.gzip(new TestTar()
                .file("/absolute", "x")
                .symbolicLink("lib", "usr/lib")
                .directory("usr/lib/", 0755)
                .file("lib/through-a-link", "x")
                .hardLink("hard", "../../lib/through-a-link")
                .bytesWithoutEnd());
        TestLayout layout = new TestLayout(folder.resolve("layout")).image("one", List.of(odd), List.of());
        try (InputStream in = rootfs("oci:" + layout.folder()).open()) {
            assertThat(in.readAllBytes()).isEqualTo(odd);
        }
    }

    /** A layer below has nothing for them to remove, and they are no files of the image. */
    @Test
    void takesOutWhiteoutsAndNotesOfAufs() throws IOException {
        byte[] layer = TestTar.gzip(new TestTar()
                .file(".wh..wh.aufs", "")
                .directory(".wh..wh.plnk/", 0700)
                .file(".wh..wh.plnk/1.2", "shared")
                .directory("etc/", 0755)
                .file("etc/.wh..wh..opq", "")
                .file("etc/.wh.gone", "")
                .hardLink("etc/kept", ".wh..wh.plnk/1.2")
                .bytes());
        try (FaultyRegistry registry = new FaultyRegistry()) {
            registry.image("marked", "1", List.of(layer), List.of());
            try (OciImages pulled = registry.images(folder.resolve("cache"))) {
                // From the cache, too.
                for (int run = 0; run < 2; run++) {
                    Path root = folder.resolve("unpacked-" + run);
                    try (Rootfs rootfs = pulled.resolve(ImageReference.parse(registry.host() + "/marked:1"))
                                    .rootfs();
                            InputStream in = rootfs.open()) {
                        Unpacked.byTar(in, root);
                    }
                    assertThat(root.resolve("etc/kept")).hasContent("shared");
                    assertThat(root.toFile().list()).containsExactly("etc");
                    assertThat(root.resolve("etc").toFile().list()).containsExactly("kept");
                }
            }
        }
    }

    /** In a tarball of a root file system they are files as others are. */
    @Test
    void leavesPlainTarballsAsTheyAre() throws IOException {
        byte[] tar = TestTar.gzip(new TestTar().file(".wh.file", "x").bytes());
        Path tarball = Files.write(folder.resolve("rootfs.tar.gz"), tar);
        try (InputStream in = rootfs("rootfs:" + tarball).open()) {
            assertThat(in.readAllBytes()).isEqualTo(tar);
        }
    }

    @Test
    void refusesAnImageForAnotherOperatingSystem() throws IOException {
        byte[] tar = new TestTar().file("a", "x").bytes();
        TestLayout layout =
                new TestLayout(folder.resolve("layout")).os("windows").image("one", List.of(tar));
        assertThatThrownBy(() -> images.resolve(ImageReference.parse("oci:" + layout.folder())))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage(
                        "oci:%s has no image for linux, only for windows/amd64. Check the reference.", layout.folder());
        String config = "{\"os\":\"freebsd\",\"rootfs\":{\"diff_ids\":[\"" + Digest.sha256(tar) + "\"]}}";
        Path archive = Files.write(
                folder.resolve("saved.tar"),
                new TestTar()
                        .file("manifest.json", "[{\"Config\":\"config.json\",\"Layers\":[\"layer.tar\"]}]")
                        .file("config.json", config)
                        .file("layer.tar", tar)
                        .bytes());
        assertThatThrownBy(() -> images.resolve(ImageReference.parse("docker-archive:" + archive)))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("only for freebsd/an unnamed architecture");
    }

    @Test
    void refusesAnArchiveWhoseRootIsALink() throws IOException {
        byte[] tar = new TestTar()
                .symbolicLink("./", "/etc")
                .file("manifest.json", "[]")
                .bytes();
        Path archive = Files.write(folder.resolve("archive.tar"), tar);
        for (String kind : List.of("docker-archive:", "oci-archive:", "stemcell:")) {
            assertThatThrownBy(() -> images.resolve(ImageReference.parse(kind + archive)))
                    .isInstanceOf(CorruptImageException.class)
                    .hasMessage(
                            "Cannot use %s%s: in its tar stream, ./ is no directory, though it stands for all that is"
                                    + " in it.",
                            kind, archive);
        }
    }

    @Test
    void saysThatALayerIsNotDistributed() throws IOException {
        String type = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
        byte[] layer = TestTar.gzip(FILES);
        TestLayout layout = new TestLayout(folder.resolve("layout"))
                .layerType(type)
                .image("one", List.of(layer), List.of(Digest.sha256(FILES)));
        String blob = "blobs/sha256/" + Digest.sha256(layer).hex();
        assertThat(rootfs("oci:" + layout.folder()).digest())
                .contains(Digest.sha256(layer)); // Some have it all the same.
        Files.delete(layout.folder().resolve(blob));
        assertWithheld("oci:" + layout.folder(), "the layout", Digest.sha256(layer), type, images);

        try (FaultyRegistry registry = new FaultyRegistry()) {
            registry.image("foreign", "1", List.of(layer), List.of(Digest.sha256(FILES)));
            String foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
            registry.retype("foreign", "1", foreign);
            registry.blob("foreign", layer, FaultyRegistry.status(404));
            try (OciImages pulled = registry.images(folder.resolve("other-cache"))) {
                assertWithheld(registry.host() + "/foreign:1", registry.host(), Digest.sha256(layer), foreign, pulled);
            }
        }
    }

    private static void assertWithheld(String image, String where, Digest layer, String type, OciImages images) {
        assertThatThrownBy(() -> images.resolve(ImageReference.parse(image)).rootfs())
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage(
                        "Cannot use %s: %s does not have its layer %s, which is of the type '%s': such layers are not"
                                + " distributed with images. Take an image without one, or have its publisher push this"
                                + " one with all of its layers.",
                        image, where, layer, type);
    }

    private void assertRefused(byte[] layer, String problem) throws IOException {
        Path here = Files.createTempDirectory(folder, "layout");
        TestLayout layout = new TestLayout(here).image("one", List.of(layer), List.of());
        String subject = problem.startsWith("tar,") ? "" : "its layer " + Digest.sha256(layer) + " ";
        assertThatThrownBy(() -> rootfs("oci:" + here))
                .isInstanceOf(CorruptImageException.class)
                .hasMessage("Cannot use oci:" + layout.folder() + ": " + subject
                        + problem.replace("%s", Digest.sha256(layer).toString()));
    }

    private Rootfs rootfs(String reference) {
        return images.resolve(ImageReference.parse(reference)).rootfs();
    }
}
