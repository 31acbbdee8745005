package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of references that name something else than they say, or nothing: what was probably meant. */
class MisnamedImageTest {

    private static final byte[] ROOTFS = new TestTar()
            .directory("./", 0755)
            .directory("./etc/", 0755)
            .file("./etc/os-release", "ID=test")
            .bytes();
    private static final byte[] STEMCELL = TestTar.gzip(new TestTar()
            .file("image", TestTar.gzip(ROOTFS))
            .file("packages.txt", "")
            .file("stemcell.MF", "name: bosh-stemcell")
            .bytes());

    @TempDir
    private Path folder;

    private OciImages images;

    @BeforeEach
    void start() {
        images = OciImages.builder()
                .settings(RegistrySettings.builder()
                        .cacheFolder(folder.resolve("cache"))
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        images.close();
    }

    @Test
    void aFileOrAFolderWithoutWhatItIs() {
        for (String path :
                List.of("image.tar", "build/rootfs.tgz", "./layout", "../x", "/srv/x", "~/x", "a.tar.gz:1")) {
            assertThat(message(path))
                    .isEqualTo("'" + path
                            + "' does not name an image: it looks like a path on this machine; say what is"
                            + " there: rootfs:" + path + " for a tarball of a root file system, stemcell:" + path
                            + " for a BOSH stemcell, oci-archive:" + path + " or docker-archive:" + path
                            + " for an image in a tar file, oci:" + path + " for an OCI layout in a folder");
        }
        assertThat(message("file:rootfs.tar")).contains("rootfs:rootfs.tar for", "stemcell:rootfs.tar for");
        assertThat(message("file:///srv/x.tgz")).contains("rootfs:/srv/x.tgz for");
        assertThat(message("bosh-stemcell-1.165-warden-boshlite-ubuntu-noble.tgz"))
                .endsWith("write stemcell:bosh-stemcell-1.165-warden-boshlite-ubuntu-noble.tgz");
        assertThat(ImageReference.parse("ghcr.io/owner/image.tar:1")).isInstanceOf(ImageReference.Registry.class);
    }

    @Test
    void anImageOfADaemonsStore() {
        assertThat(message("docker-daemon:stemcell:1"))
                .isEqualTo(
                        "'docker-daemon:stemcell:1' does not name an image: what Docker or Podman has in its store is"
                                + " not read; write it to a file with 'docker save stemcell:1 > image.tar', and name"
                                + " docker-archive:image.tar");
    }

    @Test
    void aStemcellThatIsTakenForARootFileSystem() throws IOException {
        Path file = file("stemcell.tgz", STEMCELL);

        assertThat(message("rootfs:" + file))
                .isEqualTo("Cannot use rootfs:" + file + ": it is a BOSH stemcell. Write stemcell:" + file + ".");
    }

    @Test
    void aSavedImageThatIsTakenForARootFileSystem() throws IOException {
        Path file = file("image.tar", new TestTar().file("manifest.json", "[]").bytes());

        assertThat(message("rootfs:" + file))
                .endsWith("it is what docker save writes. Write docker-archive:" + file + ".");
    }

    @Test
    void aRootFileSystemThatIsTakenForAnotherArchive() throws IOException {
        Path file = file("rootfs.tar", ROOTFS);

        assertThat(message("stemcell:" + file))
                .isEqualTo("Cannot use stemcell:" + file + ": there is no stemcell.MF in it, so it is no BOSH stemcell."
                        + " It is a tarball of a root file system. Write rootfs:" + file + ".");
        assertThat(message("oci-archive:" + file)).endsWith(" Write rootfs:" + file + ".");
        assertThat(message("docker-archive:" + file)).endsWith(" Write rootfs:" + file + ".");
    }

    @Test
    void aStemcellThatIsNone() throws IOException {
        Path file = file("stemcell.tgz", "404 Not Found".repeat(100).getBytes());

        assertThat(message("stemcell:" + file))
                .isEqualTo("Cannot use stemcell:" + file
                        + ": it is no tar, neither plain nor compressed by gzip, bzip2, xz, lz4 or zstd.");
    }

    @Test
    void aFileThatIsNotThere() throws IOException {
        assertThat(message("stemcell:ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165"))
                .startsWith("Cannot use stemcell:ghcr.io/")
                .endsWith(". For an image in a registry write ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165.");
        assertThat(message("stemcell:" + folder))
                .isEqualTo("Cannot use stemcell:" + folder + ": it is a folder, and no file.");
        Path archive = file("layout.tar", ROOTFS);
        assertThat(message("oci:" + archive))
                .isEqualTo(
                        "Cannot use oci:" + archive + ": it is a file, and no folder. For an OCI layout in a tar file"
                                + " write oci-archive:" + archive + ".");
    }

    @Test
    void aFileThatHasLostItsEnd() throws IOException {
        Path rootfs = file("rootfs.tar.gz", half(TestTar.gzip(noise())));
        Path plain = file("rootfs.tar", half(noise()));
        Path stemcell = file("stemcell.tgz", half(STEMCELL));
        String advice = ". Was it downloaded to its end? Get it again.";

        assertThat(message("rootfs:" + rootfs)).endsWith(" is damaged: its compressed data is cut off" + advice);
        assertThat(message("rootfs:" + plain)).endsWith(" whose data is cut off" + advice);
        assertThat(message("stemcell:" + stemcell)).endsWith(": its compressed data is cut off" + advice);
    }

    private static byte[] noise() {
        byte[] noise = new byte[100_000];
        new java.util.Random(1).nextBytes(noise);
        return new TestTar()
                .directory("./etc/", 0755)
                .file("./etc/noise", noise)
                .bytes();
    }

    private static byte[] half(byte[] whole) {
        return Arrays.copyOf(whole, whole.length / 2);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private String message(String reference) {
        Throwable failure = catchThrowable(() -> images.resolve(ImageReference.parse(reference)));
        assertThat(failure).isInstanceOf(io.github.incusstemcell.IncusStemcellException.class);
        return failure.getMessage();
    }
}
