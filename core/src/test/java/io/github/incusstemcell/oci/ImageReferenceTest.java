package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

    private static final String HEX = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165, ghcr.io, cloudfoundry/ubuntu-noble-stemcell, 1.165",
        "ghcr.io/cloudfoundry/ubuntu-noble-stemcell, ghcr.io, cloudfoundry/ubuntu-noble-stemcell, latest",
        "localhost:5000/stemcell:a_b-C.1, localhost:5000, stemcell, a_b-C.1",
        "localhost/stemcell:1, localhost, stemcell, 1",
        "127.0.0.1:5000/a/b/c:1, 127.0.0.1:5000, a/b/c, 1",
        "[::1]:5000/a:1, [::1]:5000, a, 1",
        "debian:13, docker.io, library/debian, 13",
        "debian, docker.io, library/debian, latest",
        "owner/image:1, docker.io, owner/image, 1",
        "docker.io/debian:13, docker.io, library/debian, 13",
        "index.docker.io/owner/image:1, docker.io, owner/image, 1",
    })
    void readsATagInARegistryAsDockerDoes(String text, String host, String repository, String tag) {
        assertThat(ImageReference.parse(text))
                .isEqualTo(new ImageReference.Registry(host, repository, Optional.of(tag), Optional.empty()))
                .hasToString(host + "/" + repository + ":" + tag);
    }

    @Test
    void readsADigestInARegistry() {
        Digest digest = new Digest("sha256", HEX);
        assertThat(ImageReference.parse("localhost:5000/stemcell@sha256:" + HEX))
                .isEqualTo(new ImageReference.Registry(
                        "localhost:5000", "stemcell", Optional.empty(), Optional.of(digest)))
                .hasToString("localhost:5000/stemcell@sha256:" + HEX);
        assertThat(ImageReference.parse("localhost:5000/stemcell:1@sha256:" + HEX))
                .isEqualTo(new ImageReference.Registry(
                        "localhost:5000", "stemcell", Optional.of("1"), Optional.of(digest)))
                .hasToString("localhost:5000/stemcell:1@sha256:" + HEX);
    }

    @Test
    void readsEveryOtherNotation() {
        assertThat(ImageReference.parse("oci:some/layout:1.165"))
                .isEqualTo(new ImageReference.OciLayout(Path.of("some/layout"), Optional.of("1.165")));
        assertThat(ImageReference.parse("oci:/layout"))
                .isEqualTo(new ImageReference.OciLayout(Path.of("/layout"), Optional.empty()));
        assertThat(ImageReference.parse("oci-archive:image.tar:ghcr.io/a/b:1"))
                .isEqualTo(new ImageReference.OciArchive(Path.of("image.tar"), Optional.of("ghcr.io/a/b:1")));
        assertThat(ImageReference.parse("docker-archive:my image.tar:stemcell:1.165"))
                .isEqualTo(new ImageReference.DockerArchive(Path.of("my image.tar"), Optional.of("stemcell:1.165")));
        assertThat(ImageReference.parse("stemcell:bosh-stemcell.tgz"))
                .isEqualTo(new ImageReference.Stemcell("bosh-stemcell.tgz"));
        assertThat(ImageReference.parse("stemcell:https://bosh.io/d/stemcells/x?v=1.165"))
                .isEqualTo(new ImageReference.Stemcell("https://bosh.io/d/stemcells/x?v=1.165"));
        assertThat(ImageReference.parse("rootfs:rootfs.tar.xz"))
                .isEqualTo(new ImageReference.RootfsTarball("rootfs.tar.xz"));
        assertThat(ImageReference.parse("incus:my-image")).isEqualTo(new ImageReference.Incus("my-image"));
        assertThat(ImageReference.parse("images:debian/13")).isEqualTo(new ImageReference.Simplestreams("debian/13"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "oci:some/layout:1.165",
                "oci:/layout",
                "oci-archive:image.tar:ghcr.io/a/b:1",
                "docker-archive:my image.tar:stemcell:1.165",
                "stemcell:https://bosh.io/d/stemcells/x?v=1.165",
                "rootfs:rootfs.tar.xz",
                "incus:my-image",
                "images:debian/13"
            })
    void givesBackWhatItRead(String text) {
        assertThat(ImageReference.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"|it is empty",
                "ghcr.io/a b:1|it contains white space",
                "ghcr.io/Owner/image:1|'Owner/image' is no repository; expected lower-case letters, digits and single . _ - between slashes",
                "ghcr.io/:1|'' is no repository; expected lower-case letters, digits and single . _ - between slashes",
                "ghcr.io/a//b:1|'a//b' is no repository; expected lower-case letters, digits and single . _ - between slashes",
                "ghcr.io/a/../b:1|'a/../b' is no repository; expected lower-case letters, digits and single . _ - between slashes",
                "ghcr.io/a:|'' is no tag; expected up to 128 letters, digits, '_', '.' and '-'",
                "oci-archve:/image.tar|'oci-archve:' is no host name",
                "ghcr.io/a:1@sha256:12|'12' is no sha256 hash; expected 64 lower-case hexadecimal digits",
                "ghcr.io/a@md5:12|Digest algorithm 'md5' is not supported; expected sha256 or sha512",
                "ghcr.io/a@12|'12' is no digest; expected something like sha256:<64 digits>",
                "docker://ghcr.io/a:1|registry references are written without 'docker://', for example ghcr.io/owner/image:tag",
                "https://ghcr.io/a:1|registry references are written without 'https://', for example ghcr.io/owner/image:tag",
                "oci:|after 'oci:' a path is missing",
                "oci:layout:|after 'oci:layout:' the name of an image after the last colon is missing",
                "stemcell:|after 'stemcell:' a path or an http(s) address is missing",
                "incus:|after 'incus:' an alias or a fingerprint is missing",
                "images:|after 'images:' a name such as debian/13 is missing",
            })
    void saysWhatIsWrongWithAReference(String text, String problem) {
        assertThatThrownBy(() -> ImageReference.parse(text))
                .isInstanceOf(InvalidImageReferenceException.class)
                .hasMessage("'" + text + "' does not name an image: " + problem);
    }

    @Test
    void readsReferencesOfAnyLength() {
        String repository = "a__b-.".replace("-.", "--c.").repeat(20_000) + "d" + "/e".repeat(20_000);
        String host = "a-b.".repeat(20_000) + "example";
        assertThat(ImageReference.parse(host + ":5000/" + repository + ":1"))
                .isEqualTo(new ImageReference.Registry(host + ":5000", repository, Optional.of("1"), Optional.empty()));
        for (String wrong : List.of(repository + "_", repository + "//x", "a___b", "-a", "a..b")) {
            assertThatThrownBy(() -> ImageReference.parse("example.com/" + wrong))
                    .isInstanceOf(InvalidImageReferenceException.class);
        }
        for (String wrong : List.of(host + "-", host + "..x", "-a.b", "a-.b", "a.-b")) {
            assertThatThrownBy(() -> ImageReference.parse(wrong + "/a"))
                    .isInstanceOf(InvalidImageReferenceException.class);
        }
    }
}
