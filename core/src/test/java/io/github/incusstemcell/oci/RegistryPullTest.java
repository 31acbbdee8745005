package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a real registry. */
class RegistryPullTest {

    private final DevRegistry registry = new DevRegistry();
    private final byte[] layer = randomBytes(3_000_000);

    @TempDir
    Path cache;

    private OciImages images;

    @BeforeEach
    void start() {
        images = images("amd64");
    }

    @AfterEach
    void stop() {
        images.close();
    }

    @Test
    void pullsTheOnlyLayerUntouchedByTag() throws IOException {
        Digest manifest = registry.push("oci-test/single", "1.165", List.of(layer), List.of());

        SourceImage image = resolve("oci-test/single:1.165");

        assertThat(image.digest()).isEqualTo(manifest);
        assertThat(image.architecture()).isEqualTo("amd64");
        assertThat(image.layers()).singleElement().satisfies(l -> {
            assertThat(l.digest()).isEqualTo(Digest.sha256(layer));
            assertThat(l.size()).isEqualTo(layer.length);
        });
        Rootfs rootfs = image.rootfs();
        assertThat(rootfs.digest()).contains(Digest.sha256(layer));
        assertThat(rootfs.size()).hasValue(layer.length);
        assertThat(read(rootfs)).isEqualTo(layer);
        assertThat(read(rootfs)).isEqualTo(layer);
    }

    @Test
    void pullsByDigest() throws IOException {
        Digest manifest = registry.push("oci-test/single", "1.165", List.of(layer), List.of());

        SourceImage image = resolve("oci-test/single@" + manifest);

        assertThat(image.digest()).isEqualTo(manifest);
        assertThat(read(image.rootfs())).isEqualTo(layer);
    }

    @Test
    void choosesFromAnIndexByArchitecture() throws IOException {
        byte[] other = randomBytes(1000);
        byte[] amd64 = registry.manifest("oci-test/index", List.of(layer), List.of());
        byte[] arm64 = registry.manifest("oci-test/index", List.of(other), List.of());
        ObjectNode index =
                new ObjectMapper().createObjectNode().put("schemaVersion", 2).put("mediaType", TestLayout.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        manifests.add(platform(arm64, "arm64"));
        manifests.add(platform(amd64, "amd64"));
        registry.pushManifest("oci-test/index", "1", DevRegistry.bytes(index), TestLayout.OCI_INDEX);

        assertThat(read(resolve("oci-test/index:1").rootfs())).isEqualTo(layer);
        try (OciImages onArm = images("arm64")) {
            assertThat(read(onArm.resolve(reference("oci-test/index:1")).rootfs()))
                    .isEqualTo(other);
        }
        try (OciImages onRiscv = images("riscv64")) {
            assertThatThrownBy(() -> onRiscv.resolve(reference("oci-test/index:1")))
                    .isInstanceOf(ImageNotFoundException.class)
                    .hasMessage(registry.host() + "/oci-test/index:1 has no image for linux/riscv64, only for"
                            + " [linux/arm64, linux/amd64]. Set incus.stemcell.architecture to one of these.");
        }
    }

    private ObjectNode platform(byte[] manifest, String architecture) {
        registry.pushManifest(
                "oci-test/index", Digest.sha256(manifest).toString(), manifest, TestLayout.DOCKER_MANIFEST);
        ObjectNode descriptor =
                DevRegistry.descriptor(TestLayout.DOCKER_MANIFEST, Digest.sha256(manifest), manifest.length);
        descriptor.putObject("platform").put("os", "linux").put("architecture", architecture);
        return descriptor;
    }

    @Test
    void namesTheTagsThereAreInsteadOfTheOneThatIsNot() {
        registry.push("oci-test/tags", "1.164", List.of(layer), List.of());
        registry.push("oci-test/tags", "1.165", List.of(layer), List.of());

        assertThatThrownBy(() -> resolve("oci-test/tags:1.166"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageStartingWith(
                        "Cannot pull %1$s/oci-test/tags:1.166: %1$s has no tag 1.166 in oci-test/tags:"
                                + " HTTP 404 (MANIFEST_UNKNOWN manifest unknown). Its tags are ",
                        registry.host())
                .hasMessageContainingAll("1.164", "1.165");
    }

    @Test
    void saysThatARegistryCannotBeReached() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        String host = "127.0.0.1:" + port;
        RegistrySettings settings =
                registry.settings().insecureHost(host).cacheFolder(cache).build();
        try (OciImages unreachable = OciImages.builder().settings(settings).build()) {
            assertThatThrownBy(() -> unreachable.resolve(ImageReference.parse(host + "/a:1")))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageStartingWith(
                            "Cannot pull %1$s/a:1: %1$s cannot be reached: Failed to connect to /%1$s"
                                    + " (http://%1$s/v2/a/manifests/1). Check the name and the network; where a proxy is needed,"
                                    + " set HTTPS_PROXY.",
                            host);
        }
    }

    @Test
    void saysHowToReachARegistryThatSpeaksPlainHttp() {
        RegistrySettings settings =
                RegistrySettings.builder().cacheFolder(cache).build();
        try (OciImages secure = OciImages.builder().settings(settings).build()) {
            assertThatThrownBy(() -> secure.resolve(reference("oci-test/single:1.165")))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("If it speaks plain http, list " + registry.host()
                            + " in incus.stemcell.registry.insecure");
        }
    }

    @Test
    void fetchesABlobAgainThatWasDamagedInTheCache() throws IOException {
        registry.push("oci-test/single", "1.165", List.of(layer), List.of());
        read(resolve("oci-test/single:1.165").rootfs());
        Path blob = cache.resolve("blobs/sha256").resolve(Digest.sha256(layer).hex());
        byte[] damaged = layer.clone();
        damaged[1_000_000] ^= 1;
        Files.write(blob, damaged);

        try (OciImages otherProcess = images("amd64")) {
            assertThat(read(otherProcess
                            .resolve(reference("oci-test/single:1.165"))
                            .rootfs()))
                    .isEqualTo(layer);
        }
        assertThat(blob).hasBinaryContent(layer);
    }

    @Test
    void neverGivesTheLastByteOfABlobThatIsDamagedWhileItIsRead() throws IOException {
        registry.push("oci-test/single", "1.165", List.of(layer), List.of());
        Rootfs rootfs = resolve("oci-test/single:1.165").rootfs();
        try (InputStream in = rootfs.open()) {
            assertThat(in.readNBytes(1_000_000)).hasSize(1_000_000);
            Path blob =
                    cache.resolve("blobs/sha256").resolve(Digest.sha256(layer).hex());
            byte[] damaged = layer.clone();
            damaged[2_500_000] ^= 1;
            Files.write(blob, damaged);
            assertThatThrownBy(() -> in.readNBytes(layer.length - 1_000_000))
                    .isInstanceOf(IOException.class)
                    .hasMessage("The blob %s changed on disk while it was read: its digest is %s. Run again."
                            .formatted(Digest.sha256(layer), Digest.sha256(damaged)));
        }
    }

    private OciImages images(String architecture) {
        return OciImages.builder()
                .settings(registry.settings()
                        .cacheFolder(cache)
                        .architecture(architecture)
                        .build())
                .build();
    }

    private ImageReference reference(String name) {
        return ImageReference.parse(registry.host() + "/" + name);
    }

    private SourceImage resolve(String name) {
        return images.resolve(reference(name));
    }

    private static byte[] read(Rootfs rootfs) throws IOException {
        try (InputStream in = rootfs.open()) {
            return in.readAllBytes();
        }
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
