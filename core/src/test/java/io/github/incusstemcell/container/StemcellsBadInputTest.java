package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusUnavailableException;
import io.github.incusstemcell.incus.NetworkInfo;
import io.github.incusstemcell.oci.CorruptImageException;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import io.github.incusstemcell.stemcell.GuestOverlay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user may get wrong on the way to a container: the message says what to do, and nothing is left in Incus. */
class StemcellsBadInputTest {

    private Set<String> before;

    @BeforeEach
    void look() {
        // The project, the network and the image are there after this, whichever test is the first.
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            stemcells.prepare(TestMachine.image(), GuestOverlay.standard());
            // Now, and not between the two looks: what a JVM left that another test has killed.
            stemcells.sweep();
        }
        before = standing();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(standing()).isEqualTo(before);
    }

    @Test
    void anUnknownTag() {
        String image = TestMachine.image().toString().replaceFirst(":[^:/]+$", ":no-such-tag");

        assertThat(launching(image))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining(image)
                .hasMessageContaining("no-such-tag");
    }

    @Test
    void aRegistryThatCannotBeReached() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }

        assertThat(launching("127.0.0.1:" + port + "/stemcell:1"))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("127.0.0.1:" + port);
    }

    @Test
    void aBlobThatIsNotWhatTheManifestSays() throws IOException {
        HttpServer registry = registryWith("what the manifest announces", "something else of that length");
        try {
            String host = "127.0.0.1:" + registry.getAddress().getPort();
            ContainerSpec spec = ContainerSpec.of(host + "/stemcell:1");

            try (Stemcells stemcells =
                    Stemcells.builder().sources(TestMachine.sources(host)).connect()) {
                assertThat(catchThrowable(() -> stemcells.launch(spec)))
                        .isInstanceOf(CorruptImageException.class)
                        .hasMessageContaining(Digest.sha256(bytes("what the manifest announces"))
                                .toString());
            }
        } finally {
            registry.stop(0);
        }
    }

    @Test
    void noIncus() {
        Path socket = Path.of("/nonexistent/unix.socket");

        assertThat(catchThrowable(() -> Stemcells.builder()
                        .endpoint(Endpoint.unixSocket(socket))
                        .connect()))
                .isInstanceOf(IncusUnavailableException.class)
                .hasMessageContaining(socket.toString())
                .hasMessageContaining("there is no such socket");
    }

    @Test
    void noPermissionOnTheSocket(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("unix.socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, Set.of());

            // Root may open everything, so this is root without that right (capabilities(7)).
            String said = TestMachine.run(
                    "setpriv",
                    "--bounding-set=-dac_override,-dac_read_search",
                    "--inh-caps=-dac_override,-dac_read_search",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ConnectsOrSaysWhy.class.getName(),
                    socket.toString());

            assertThat(said)
                    .contains("  " + socket
                            + " (given): permission denied: only root may use it; run this as root, or have the"
                            + " daemon share it with a group (incusd --group)");
        }
    }

    @Test
    void noSuchProject() {
        assertThat(catchThrowable(
                        () -> TestMachine.stemcells().project("nowhere").connect()))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("The project 'nowhere' from incus.stemcell.project does not exist on "
                        + TestMachine.endpoint() + ". Create it with: incus project create nowhere");
    }

    @Test
    void noSuchStoragePool() {
        assertThat(catchThrowable(
                        () -> TestMachine.stemcells().storagePool("floppy").connect()))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("The storage pool 'floppy' from incus.stemcell.storage-pool does not exist on "
                        + TestMachine.endpoint()
                        + ", which has: default. Name one of these, or create it with: incus storage create floppy"
                        + " btrfs");
    }

    @Test
    void volumesThatAreSmallerThanTheImage() {
        // In pools of their own, as btrfs begins to count only when the first volume has a size, which takes it a
        // while.
        assertTooSmall("isc-small", "20MiB", TestMachine.spec());
        assertTooSmall(
                "isc-large",
                "1GiB",
                TestMachine.spec().toBuilder()
                        .device("root", Map.of("size", "20MiB"))
                        .build());
    }

    private static void assertTooSmall(String pool, String volumes, ContainerSpec spec) {
        try (Incus incus = Incus.connect()) {
            incus.storagePools().create(pool, "btrfs", Map.of("size", "2GiB", "volume.size", volumes), "");
            try (Stemcells stemcells = TestMachine.stemcells().storagePool(pool).connect()) {
                assertThat(catchThrowable(() -> stemcells.launch(spec)))
                        .isInstanceOf(IncusStemcellException.class)
                        .hasMessage(tooSmall(pool));
            } finally {
                incus.storagePools().delete(pool);
            }
        }
    }

    private static String tooSmall(String pool) {
        return "Cannot create a container of " + TestMachine.image()
                + ": its root file system does not fit into a volume of"
                + " the storage pool " + pool
                + ". Give the container a larger one, by the device \"root,size=10GiB\", or"
                + " all of the pool's, images' among them: incus storage set " + pool
                + " volume.size=10GiB. If they are"
                + " large enough, the pool is full.";
    }

    @Test
    void noSuchNetwork() {
        assertThat(launching(TestMachine.spec().toBuilder().network("tincan").build()))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith(
                        "The network 'tincan' does not exist on " + TestMachine.endpoint() + ", which has: ")
                .hasMessageEndingWith("Name one of these, or create it with: incus network create tincan"
                        + " ipv4.address=10.78.0.1/24 ipv6.address=none");
    }

    @Test
    void aSubnetThatIsTaken() {
        try (Incus incus = Incus.connect()) {
            NetworkInfo taken = incus.networks().list().stream()
                    .filter(network -> network.isManaged() && network.config().containsKey("ipv4.address"))
                    .findFirst()
                    .orElseThrow();
            Subnet wanted = Subnet.parse(taken.config().get("ipv4.address"));

            assertThat(catchThrowable(() -> ManagedNetwork.requireFree(incus, wanted)))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("The subnet " + wanted + " from incus.stemcell.network.subnet cannot be given to a new"
                            + " network on " + TestMachine.endpoint() + ": it overlaps " + wanted + " of the network '"
                            + taken.name()
                            + "'. Choose another one, or name an existing Incus network with incus.stemcell.network");
        }
    }

    @Test
    void anOptionThatIncusDoesNotKnow() {
        assertThat(launching(TestMachine.spec().toBuilder()
                        .config("security.nestling", "true")
                        .build()))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageContaining("security.nestling");
    }

    @Test
    void anOptionThatIncusDoesNotKnowOfAContainerWithoutANetwork() {
        assertThat(launching(TestMachine.spec().toBuilder()
                        .network(ContainerSpec.NO_NETWORK)
                        .config("security.nestling", "true")
                        .build()))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageContaining("security.nestling");
    }

    private static Throwable launching(String image) {
        return launching(ContainerSpec.of(image));
    }

    private static Throwable launching(ContainerSpec spec) {
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            return catchThrowable(() -> stemcells.launch(spec));
        }
    }

    /** A registry that announces one layer and serves another: no real one does that. */
    private static HttpServer registryWith(String announced, String served) throws IOException {
        byte[] config =
                bytes("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
        String type = "application/vnd.docker.distribution.manifest.v2+json";
        String manifest = """
                {"schemaVersion": 2, "mediaType": "%s",
                 "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": %d, "digest": "%s"},
                 "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": %d, "digest": "%s"}]}
                """.formatted(
                type, config.length, Digest.sha256(config), announced.length(), Digest.sha256(bytes(announced)));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Map<String, byte[]> answers = Map.of(
                "/v2/",
                bytes("{}"),
                "/v2/stemcell/manifests/1",
                bytes(manifest),
                "/v2/stemcell/blobs/" + Digest.sha256(config),
                config,
                "/v2/stemcell/blobs/" + Digest.sha256(bytes(announced)),
                bytes(served));
        server.createContext("/", exchange -> {
            byte[] answer = answers.get(exchange.getRequestURI().getPath());
            if (exchange.getRequestURI().getPath().contains("/manifests/")) {
                exchange.getResponseHeaders().add("Content-Type", type);
            }
            exchange.sendResponseHeaders(answer == null ? 404 : 200, answer == null ? -1 : answer.length);
            if (answer != null) {
                exchange.getResponseBody().write(answer);
            }
            exchange.close();
        });
        server.start();
        return server;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Everything of ours that stands in Incus, other than the network, which is made to stay. */
    private static Set<String> standing() {
        try (Incus incus = Incus.connect()) {
            Incus ours = incus.project(Placement.DEFAULT_PROJECT);
            Set<String> names = ours.images().list().stream()
                    .map(image -> "image " + image.fingerprint())
                    .collect(Collectors.toSet());
            ours.instances().list().forEach(instance -> names.add("instance " + instance.name()));
            return names;
        }
    }
}
