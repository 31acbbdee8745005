package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that come as files, or from a web server. */
class FileSourcesTest {

    private static final byte[] ROOTFS = new TestTar()
            .directory("./", 0755)
            .file("./etc/os-release", "ID=test")
            .bytes();
    private static final byte[] LAYER = TestTar.gzip(ROOTFS);
    private static final byte[] UPPER = new TestTar().file("etc/hostname", "x").bytes();

    @TempDir
    Path folder;

    private OciImages images;

    @BeforeEach
    void start() {
        images = newProcess();
    }

    @AfterEach
    void stop() {
        images.close();
    }

    @Test
    void readsALayoutInAFolder() throws IOException {
        Path layout = layout().folder();

        SourceImage image = resolve("oci:" + layout + ":one");

        assertThat(image.architecture()).isEqualTo("amd64");
        assertThat(image.created()).contains(Instant.parse("2026-01-02T03:04:05Z"));
        assertThat(image.labels()).containsExactly(Map.entry("key", "value"));
        assertThat(image.rootfs().digest()).contains(Digest.sha256(LAYER));
        assertThat(read(image)).isEqualTo(LAYER);
        assertThat(entries(read(resolve("oci:" + layout + ":two")))).contains("./etc/os-release", "./etc/hostname");
    }

    @Test
    void readsALayoutInATarFilePlainOrCompressed() throws IOException {
        Path layout = layout().folder();
        Path plain = folder.resolve("layout.tar");
        Path compressed = folder.resolve("layout.tar.gz");
        Unpacked.run("tar", "-C", layout.toString(), "-cf", plain.toString(), ".");
        Unpacked.run("tar", "-C", layout.toString(), "-czf", compressed.toString(), ".");
        for (Path archive : List.of(plain, compressed)) {
            assertThat(read(resolve("oci-archive:" + archive + ":one"))).isEqualTo(LAYER);
            assertThat(entries(read(resolve("oci-archive:" + archive + ":two"))))
                    .contains("./etc/hostname");
            assertThat(resolve("oci-archive:" + archive + ":one").digest())
                    .isEqualTo(resolve("oci:" + layout + ":one").digest());
        }
    }

    @Test
    void asksWhichImageOfALayout() throws IOException {
        Path layout = layout().folder();
        assertThatThrownBy(() -> resolve("oci:" + layout))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage("Which image of oci:%1$s? The layout has one, two; say oci:%1$s:<name>.", layout);
        assertThatThrownBy(() -> resolve("oci:" + layout + ":three"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage("There is no image oci:%s:three: the layout has one, two.", layout);
    }

    @Test
    void refusesALayoutThatIsDamaged() throws IOException {
        Path layout = layout().folder();
        Path blob = layout.resolve("blobs/sha256").resolve(Digest.sha256(LAYER).hex());
        byte[] damaged = LAYER.clone();
        damaged[20] ^= 1;
        Files.write(blob, damaged);
        assertThatThrownBy(() -> resolve("oci:" + layout + ":one").rootfs())
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "oci:%s:one is damaged: its layer %s of %d bytes has in fact the digest %s and %d bytes."
                                + " Get the image again.",
                        layout, Digest.sha256(LAYER), LAYER.length, Digest.sha256(damaged), LAYER.length);
        Files.delete(blob);
        assertThatThrownBy(() -> resolve("oci:" + layout + ":one").rootfs())
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "oci:%s:one is damaged: its blob %s is missing. Get the image again.",
                        layout, Digest.sha256(LAYER));
    }

    @Test
    void refusesASingleLayerWhoseDiffIdIsAnother() throws IOException {
        Digest wrong = Digest.sha256(new byte[1]);
        TestLayout layout = new TestLayout(folder.resolve("wrong")).image("one", List.of(LAYER), List.of(wrong));
        assertThatThrownBy(() -> resolve("oci:" + layout.folder()).rootfs())
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "oci:%s is damaged: its layer %s does not have the diff_id %s that its configuration says, but %s.",
                        layout.folder(), Digest.sha256(LAYER), wrong, Digest.sha256(ROOTFS));
    }

    @Test
    void readsWhatDockerSaves() throws IOException {
        Path saved = Files.createDirectories(folder.resolve("saved"));
        String config = "{\"architecture\":\"amd64\",\"rootfs\":{\"diff_ids\":[\"%s\",\"%s\",\"%s\"]}}"
                .formatted(Digest.sha256(ROOTFS), Digest.sha256(UPPER), Digest.sha256(UPPER));
        String single =
                "{\"architecture\":\"amd64\",\"rootfs\":{\"diff_ids\":[\"%s\"]}}".formatted(Digest.sha256(ROOTFS));
        String configName = Digest.sha256(config.getBytes()).hex() + ".json";
        Files.writeString(saved.resolve(configName), config);
        Files.writeString(saved.resolve("single.json"), single);
        for (String layer : List.of("a", "b", "c")) {
            Files.createDirectories(saved.resolve(layer));
        }
        Files.write(saved.resolve("a/layer.tar"), ROOTFS);
        Files.write(saved.resolve("b/layer.tar"), UPPER);
        Files.createSymbolicLink(saved.resolve("c/layer.tar"), Path.of("../b/layer.tar"));
        Files.writeString(saved.resolve("manifest.json"), """
                [{"Config":"%s","RepoTags":["stemcell:1.165"],"Layers":["a/layer.tar","b/layer.tar","c/layer.tar"]},
                 {"Config":"single.json","RepoTags":["docker.io/library/single:1"],"Layers":["a/layer.tar"]}]
                """.formatted(configName));
        Path archive = folder.resolve("saved.tar");
        Unpacked.run("tar", "-C", saved.toString(), "-cf", archive.toString(), ".");

        SourceImage image = resolve("docker-archive:" + archive + ":stemcell:1.165");
        assertThat(image.digest()).isEqualTo(Digest.sha256(config.getBytes()));
        assertThat(entries(read(image))).contains("./etc/os-release", "./etc/hostname");
        SourceImage one = resolve("docker-archive:" + archive + ":single:1");
        assertThat(read(one)).isEqualTo(ROOTFS);
        assertThat(one.rootfs().digest()).contains(Digest.sha256(ROOTFS));
        assertThatThrownBy(() -> resolve("docker-archive:" + archive))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage(
                        "Which image of docker-archive:%1$s? The archive has stemcell:1.165, docker.io/library/single:1;"
                                + " say docker-archive:%1$s:<name>.",
                        archive);
        assertThatThrownBy(() -> resolve("docker-archive:" + archive + ":other:1"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage(
                        "There is no image docker-archive:%s:other:1: the archive has stemcell:1.165,"
                                + " docker.io/library/single:1.",
                        archive);
    }

    @Test
    void readsAWardenStemcellOnceForAllProcesses() throws IOException {
        Path stemcell = stemcell(warden(sha1(LAYER)), LAYER);

        SourceImage image = resolve("stemcell:" + stemcell);

        assertThat(image.digest()).isEqualTo(Digest.sha256(LAYER));
        assertThat(image.architecture()).isEqualTo("amd64");
        assertThat(image.labels())
                .containsOnly(
                        Map.entry("name", "bosh-warden-boshlite-ubuntu-noble"),
                        Map.entry("version", "1.165"),
                        Map.entry("operating_system", "ubuntu-noble"),
                        Map.entry("api_version", "3"));
        assertThat(image.rootfs().digest()).contains(Digest.sha256(LAYER));
        assertThat(read(image)).isEqualTo(LAYER);
        try (OciImages other = newProcess()) {
            SourceImage again = other.resolve(ImageReference.parse("stemcell:" + stemcell));
            assertThat(again.digest()).isEqualTo(image.digest());
            try (Stream<Path> blobs = Files.list(folder.resolve("cache/blobs/sha256"))) {
                for (Path blob : blobs.toList()) {
                    Files.delete(blob);
                }
            }
            assertThat(read(again)).isEqualTo(LAYER);
        }
    }

    @Test
    void refusesAStemcellWhoseImageIsNotTheOneOfItsManifest() throws IOException {
        Path stemcell = stemcell(warden(sha1(ROOTFS)), LAYER);
        assertThatThrownBy(() -> resolve("stemcell:" + stemcell))
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "stemcell:%s is damaged: its image has the sha1 %s, but its stemcell.MF says %s. Get the stemcell again.",
                        stemcell, sha1(LAYER), sha1(ROOTFS));
        assertThat(folder.resolve("cache/blobs")).doesNotExist();
    }

    @Test
    void checksEveryHashOfAStemcell() throws IOException {
        String sha256 = Digest.sha256(LAYER).toString();
        assertThat(read(resolve("stemcell:" + stemcell(warden(sha1(LAYER) + ";" + sha256), LAYER))))
                .isEqualTo(LAYER);
        String wrong = sha1(LAYER) + ";" + Digest.sha256(ROOTFS);
        assertThatThrownBy(() -> resolve("stemcell:" + stemcell(warden(wrong), LAYER)))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageContaining(
                        "its image has the sha256 " + Digest.sha256(LAYER).hex());
    }

    @Test
    void refusesStemcellsThatHoldNoRootFileSystem() throws IOException {
        String openstack = warden(sha1(LAYER)).replace("warden-tar", "openstack-raw");
        assertThatThrownBy(() -> resolve("stemcell:" + stemcell(openstack, LAYER)))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageEndingWith(": it is made for [openstack-raw], so its image is no tar of a root file system."
                        + " Take the one for warden-boshlite.");
        assertThatThrownBy(() -> resolve("stemcell:" + stemcell(warden(sha1(new byte[0])), new byte[0])))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageEndingWith(
                        ": its image is empty, as in a light stemcell, but its stemcell.MF names no image_reference.");
        Path other = folder.resolve("other.tgz");
        Files.write(other, LAYER);
        assertThatThrownBy(() -> resolve("stemcell:" + other))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageStartingWith(
                        "Cannot use stemcell:%s: there is no stemcell.MF in it, so it is no BOSH stemcell.", other);
    }

    @Test
    void followsALightStemcellToItsRegistry() throws IOException {
        try (FaultyRegistry registry = new FaultyRegistry()) {
            registry.image("stemcell", "1.165", List.of(LAYER), List.of(Digest.sha256(ROOTFS)));
            Digest digest = withInsecure(registry)
                    .resolve(ImageReference.parse(registry.host() + "/stemcell:1.165"))
                    .digest();
            registry.on("/v2/stemcell/manifests/1.165", FaultyRegistry.status(500));
            String manifest = """
                    name: light
                    version: "1.165"
                    stemcell_formats: [docker-light]
                    cloud_properties:
                      image_reference: "%s/stemcell:1.165"
                      digest: %s
                    """.formatted(registry.host(), digest);
            Path stemcell = stemcell(manifest, new byte[0]);

            SourceImage image = withInsecure(registry).resolve(ImageReference.parse("stemcell:" + stemcell));

            assertThat(image.reference()).hasToString(registry.host() + "/stemcell:1.165@" + digest);
            assertThat(image.digest()).isEqualTo(digest);
            assertThat(read(image)).isEqualTo(LAYER);
        }
    }

    @Test
    void getsAStemcellFromAWebServerOnceForEachOfItsVersions() throws IOException {
        byte[] stemcell = Files.readAllBytes(stemcell(warden(sha1(LAYER)), LAYER));
        try (FaultyRegistry server = new FaultyRegistry()) {
            FaultyRegistry.Answer whole = exchange -> {
                exchange.getResponseHeaders().set("ETag", "\"v1\"");
                if ("\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                    FaultyRegistry.status(304).send(exchange);
                } else {
                    FaultyRegistry.whole(stemcell).send(exchange);
                }
            };
            server.on("/stemcell.tgz", whole);
            String reference = "stemcell:" + server.url("/stemcell.tgz");
            assertThat(read(resolve(reference))).isEqualTo(LAYER);
            try (OciImages other = newProcess()) {
                assertThat(read(other.resolve(ImageReference.parse(reference)))).isEqualTo(LAYER);
            }
            assertThat(server.seen()).hasSize(2);
            assertThat(server.seen().get(1).header("If-none-match")).isEqualTo("\"v1\"");
        }
    }

    @Test
    void takesTheImageOutOfADownloadedStemcellAgainWhereTheCacheLostBoth() throws IOException {
        byte[] stemcell = Files.readAllBytes(stemcell(warden(sha1(LAYER)), LAYER));
        try (FaultyRegistry server = new FaultyRegistry()) {
            server.on("/stemcell.tgz", FaultyRegistry.whole(stemcell));
            SourceImage image = resolve("stemcell:" + server.url("/stemcell.tgz"));
            try (Stream<Path> blobs = Files.list(folder.resolve("cache/blobs/sha256"))) {
                for (Path blob : blobs.toList()) {
                    Files.delete(blob);
                }
            }
            assertThat(read(image)).isEqualTo(LAYER);
            assertThat(server.seen()).hasSize(2);
        }
    }

    @Test
    void goesOnWithADownloadFromAWebServerOnlyWhereItIsStillTheSame() throws IOException {
        byte[] rootfs = new byte[300_000];
        System.arraycopy(ROOTFS, 0, rootfs, 0, ROOTFS.length);
        try (FaultyRegistry server = new FaultyRegistry()) {
            server.on("/same.tar", exchange -> {
                exchange.getResponseHeaders().set("ETag", "\"v1\"");
                FaultyRegistry.brokenAfter(rootfs, 100_000).send(exchange);
            });
            assertThat(read(resolve("rootfs:" + server.url("/same.tar")))).isEqualTo(rootfs);
            assertThat(server.seen("/same.tar").get(1).header("If-range")).isEqualTo("\"v1\"");

            int[] version = {0};
            server.on("/other.tar", exchange -> {
                exchange.getResponseHeaders().set("ETag", "\"v" + ++version[0] + "\"");
                FaultyRegistry.brokenAfter(rootfs, 100_000).send(exchange);
            });
            assertThatThrownBy(() -> resolve("rootfs:" + server.url("/other.tar")))
                    .isInstanceOf(CorruptImageException.class)
                    .hasMessageContaining("has something else there by now");
        }
    }

    @Test
    void startsAgainWhereAWebServerHasSomethingElseOrRefusesRanges() throws IOException {
        byte[] before = new byte[300_000];
        byte[] now = new byte[ROOTFS.length + 50_000];
        System.arraycopy(ROOTFS, 0, now, 0, ROOTFS.length);
        for (int status : List.of(200, 206, 416)) {
            try (FaultyRegistry server = new FaultyRegistry()) {
                server.on(
                        "/rootfs.tar",
                        FaultyRegistry.inTurn(
                                tagged("\"v1\"", FaultyRegistry.brokenAfter(before, 100_000)), exchange -> {
                                    boolean ranged =
                                            exchange.getRequestHeaders().containsKey("Range");
                                    tagged(
                                                    "\"v2\"",
                                                    ranged && status == 206
                                                            ? FaultyRegistry.brokenAfter(before, 10)
                                                            : ranged && status == 416
                                                                    ? FaultyRegistry.status(416)
                                                                    : FaultyRegistry.unranged(now))
                                            .send(exchange);
                                }));
                assertThat(read(resolve("rootfs:" + server.url("/rootfs.tar"))))
                        .as("" + status)
                        .isEqualTo(now);
            }
        }
    }

    @Test
    void endsAPullFromAWebServerThatCannotBeGoneOnWith() throws IOException {
        byte[] rootfs = new byte[300_000];
        try (FaultyRegistry server = new FaultyRegistry()) {
            server.on("/rootfs.tar", FaultyRegistry.brokenAfter(rootfs, 100_000));
            assertThatThrownBy(() -> resolve("rootfs:" + server.url("/rootfs.tar")))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("broke off after 100000 of 300000 bytes, 1 times")
                    .hasMessageEndingWith(". Run again.");
        }
    }

    private static FaultyRegistry.Answer tagged(String tag, FaultyRegistry.Answer answer) {
        return exchange -> {
            exchange.getResponseHeaders().set("ETag", tag);
            answer.send(exchange);
        };
    }

    @Test
    void saysWhatAWebServerSaid() throws IOException {
        try (FaultyRegistry server = new FaultyRegistry()) {
            server.on("/private.tgz", FaultyRegistry.status(403));
            assertThatThrownBy(() -> resolve("stemcell:" + server.url("/missing.tgz")))
                    .isInstanceOf(ImageNotFoundException.class)
                    .hasMessage(
                            "Cannot get stemcell:%1$s: %2$s answered HTTP 404 to %1$s. Check the address.",
                            server.url("/missing.tgz"), server.host());
            assertThatThrownBy(() -> resolve("stemcell:" + server.url("/private.tgz")))
                    .isInstanceOf(RegistryAuthenticationException.class);
        }
    }

    @Test
    void takesATarballAsItIsAndNoticesItsChange() throws IOException {
        Path tarball = folder.resolve("rootfs.tar.gz");
        Files.write(tarball, LAYER);

        SourceImage image = resolve("rootfs:" + tarball);

        assertThat(image.digest()).isEqualTo(Digest.sha256(LAYER));
        assertThat(read(image)).isEqualTo(LAYER);
        byte[] other = LAYER.clone();
        other[9] ^= 1;
        Files.write(tarball, other);
        assertThatThrownBy(() -> image.rootfs().open())
                .isInstanceOf(IOException.class)
                .hasMessage("rootfs:" + tarball + " changed since it was resolved");
        assertThat(resolve("rootfs:" + tarball).digest()).isEqualTo(Digest.sha256(other));
    }

    @Test
    void refusesATarballThatIsNone() throws IOException {
        Path file = folder.resolve("rootfs.squashfs");
        Files.write(file, "hsqs".repeat(1000).getBytes());
        assertThatThrownBy(() -> resolve("rootfs:" + file))
                .isInstanceOf(CorruptImageException.class)
                .hasMessage("Cannot use rootfs:" + file
                        + ": it is no tar, neither plain nor compressed by gzip, bzip2, xz, lz4 or zstd.");
    }

    @Test
    void saysWhichFileIsMissing() {
        Path missing = folder.resolve("missing");
        for (String kind : List.of("oci-archive", "docker-archive", "stemcell", "rootfs")) {
            assertThatThrownBy(() -> resolve(kind + ":" + missing))
                    .isInstanceOf(ImageNotFoundException.class)
                    .hasMessage("Cannot use " + kind + ":" + missing + ": no such file: " + missing + ".");
        }
        assertThatThrownBy(() -> resolve("oci:" + missing))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage("Cannot use oci:" + missing + ": no such folder: " + missing + ".");
    }

    @Test
    void leavesIncusImagesToTheDaemon() {
        assertThatThrownBy(() -> resolve("images:debian/13"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("images:debian/13 names an image that only an Incus daemon can resolve");
    }

    private TestLayout layout() throws IOException {
        return new TestLayout(folder.resolve("layout"))
                .image("one", List.of(ROOTFS))
                .image("two", List.of(ROOTFS, UPPER));
    }

    private static String warden(String sha1) {
        return """
                ---
                name: bosh-warden-boshlite-ubuntu-noble
                version: '1.165'
                api_version: 3
                bosh_protocol: 1
                sha1: %s
                operating_system: ubuntu-noble # as released
                stemcell_formats:
                - warden-tar
                cloud_properties:
                  name: bosh-warden-boshlite-ubuntu-noble
                  version: "1.165"
                  infrastructure: warden
                  disk: 3072
                  architecture: x86_64
                  root_device_name: "/dev/sda1"
                """.formatted(sha1);
    }

    private Path stemcell(String manifest, byte[] image) throws IOException {
        Path stemcell = Files.createTempFile(folder, "stemcell", ".tgz");
        return Files.write(
                stemcell,
                TestTar.gzip(new TestTar()
                        .file("stemcell.MF", manifest)
                        .file("packages.txt", "bash")
                        .file("image", image)
                        .bytes()));
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private OciImages newProcess() {
        return OciImages.builder()
                .settings(RegistrySettings.builder()
                        .cacheFolder(folder.resolve("cache"))
                        .architecture("amd64")
                        .build())
                .build();
    }

    private OciImages withInsecure(FaultyRegistry registry) {
        return OciImages.builder()
                .settings(RegistrySettings.builder()
                        .cacheFolder(folder.resolve("cache"))
                        .insecureHost(registry.host())
                        .architecture("amd64")
                        .build())
                .build();
    }

    private SourceImage resolve(String reference) {
        return images.resolve(ImageReference.parse(reference));
    }

    private static byte[] read(SourceImage image) throws IOException {
        try (InputStream in = image.rootfs().open()) {
            return in.readAllBytes();
        }
    }

    private List<String> entries(byte[] tar) throws IOException {
        Path file = Files.createTempFile(folder, "entries", ".tar");
        Files.write(file, tar);
        return Unpacked.run("tar", "-tf", file.toString()).lines().toList();
    }
}
