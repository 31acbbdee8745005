package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.IncusUnavailableException.Attempt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointDiscoveryTest {

    @TempDir
    private Path folder;

    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();
    private ProcessEnvironment surroundings;

    @BeforeEach
    void surround() throws IOException {
        Files.createDirectories(folder.resolve("home/.config/incus/servercerts"));
        surroundings = new ProcessEnvironment(variables::get, properties::get, folder.resolve("home"), 1234, folder);
    }

    private List<String> names() {
        return EndpointCandidate.all(surroundings).stream()
                .map(candidate -> candidate.name().replace(folder.toString(), "") + " by " + candidate.origin())
                .toList();
    }

    private Endpoint only() throws Exception {
        List<EndpointCandidate> candidates = EndpointCandidate.all(surroundings);
        assertThat(candidates).hasSize(1);
        return candidates.get(0).endpoint();
    }

    private void cli(String yaml) throws IOException {
        Files.writeString(folder.resolve("home/.config/incus/config.yml"), yaml);
    }

    private ClientIdentity cliIdentity() throws IOException {
        ClientIdentity identity = ClientIdentity.generate("me");
        Files.writeString(folder.resolve("home/.config/incus/client.crt"), identity.certificatePem());
        Files.writeString(folder.resolve("home/.config/incus/client.key"), identity.keyPem());
        return identity;
    }

    @Test
    void triesTheUsualPlacesAndThoseOfColimaLast() throws IOException {
        Files.createDirectories(folder.resolve("home/.colima/default"));
        Files.createFile(folder.resolve("home/.colima/default/incus.sock"));

        assertThat(names())
                .containsExactly(
                        "/run/incus/unix.socket by usual place",
                        "/run/incus/unix.socket.user by usual place",
                        "/var/lib/incus/unix.socket by usual place",
                        "/var/lib/incus/unix.socket.user by usual place",
                        "/home/.colima/default/incus.sock by Colima");
    }

    @Test
    void usesThePersonalProjectAtTheSocketForUsers() throws Exception {
        assertThat(EndpointCandidate.all(surroundings).get(1).endpoint().project())
                .contains("user-1234");
        assertThat(EndpointCandidate.all(surroundings).get(0).endpoint().project())
                .isEmpty();
        variables.put("INCUS_SOCKET", "/some/unix.socket.user");
        assertThat(only().project()).contains("user-1234");
        variables.put("INCUS_STEMCELL_ENDPOINT", "/other/unix.socket.user");
        assertThat(only().project()).contains("user-1234");
    }

    @Test
    void prefersWhatIsNamedOnPurposeAndTriesNothingElseThen() {
        variables.put("INCUS_DIR", "/by/dir");
        assertThat(names())
                .containsExactly("/by/dir/unix.socket by INCUS_DIR", "/by/dir/unix.socket.user by INCUS_DIR");
        variables.put("INCUS_SOCKET", "/by/socket");
        assertThat(names()).containsExactly("/by/socket by INCUS_SOCKET");
        variables.put("INCUS_STEMCELL_ENDPOINT", "/by/variable");
        assertThat(names()).containsExactly("/by/variable by INCUS_STEMCELL_ENDPOINT");
        properties.put("incus.stemcell.endpoint", "/by/property");
        assertThat(names()).containsExactly("/by/property by incus.stemcell.endpoint");
    }

    @Test
    void followsTheDefaultRemoteOfTheCommand() throws Exception {
        ClientIdentity identity = cliIdentity();
        ClientIdentity server = ClientIdentity.generate("server");
        Files.writeString(folder.resolve("home/.config/incus/servercerts/build.crt"), server.certificatePem());
        cli("""
                default-remote: build
                remotes:
                  build:
                    addr: https://build.example:8443
                    auth_type: tls
                    project: ci
                    protocol: incus
                    public: false
                  local:
                    addr: unix://
                    public: false
                aliases: {}
                """);
        assertThat(names().get(0))
                .isEqualTo("remote 'build' at https://build.example:8443 by default remote of the incus command");
        assertThat(names()).hasSize(5);
        assertThat(EndpointCandidate.all(surroundings).get(0).endpoint())
                .isEqualTo(new Endpoint.Https(
                        URI.create("https://build.example:8443"),
                        identity,
                        Optional.of(server.certificate()),
                        Optional.of("ci")));
    }

    @Test
    void saysHowToGetAClientCertificate() throws IOException {
        variables.put("INCUS_STEMCELL_ENDPOINT", "https://build.example:8443");
        String advice =
                ": run 'incus config trust add NAME' on the daemon's machine, and 'incus remote add NAME TOKEN' here"
                        + " with the token that it prints";

        assertThatThrownBy(this::only).hasMessage("there is no client certificate" + advice);

        cli("default-remote: local");
        assertThatThrownBy(this::only)
                .hasMessage(
                        "there is no client certificate in '" + folder.resolve("home/.config/incus") + "'" + advice);
    }

    @Test
    void followsARemoteThatIsNamedByAVariable() throws Exception {
        variables.put("INCUS_REMOTE", "other");
        cli("""
                default-remote: local
                remotes:
                    other:
                        addr: unix:///some/where.sock
                        project: "mine"
                """);
        assertThat(only()).isEqualTo(new Endpoint.UnixSocket(Path.of("/some/where.sock"), Optional.of("mine")));
    }

    @Test
    void takesTheProjectOfTheLocalRemote() throws Exception {
        cli("remotes:\n  local:\n    addr: unix://\n    project: mine\n");
        assertThat(EndpointCandidate.all(surroundings).get(0).endpoint().project())
                .contains("mine");
    }

    @Test
    void readsKeysAsTheCommandWritesThem() throws Exception {
        Path key = folder.resolve("key.pem");
        Process openssl = new ProcessBuilder(
                        "openssl", "ecparam", "-name", "secp384r1", "-genkey", "-out", key.toString())
                .redirectErrorStream(true)
                .start();
        openssl.getInputStream().readAllBytes();
        assertThat(openssl.waitFor()).isZero();
        assertThat(Files.readString(key)).contains("BEGIN EC PRIVATE KEY");

        assertThat(Pem.privateKey(Files.readString(key)).getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void saysWhyEachEndpointCannotBeUsed() throws Exception {
        Path run = Files.createDirectories(folder.resolve("run/incus"));
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(run.resolve("unix.socket")));
        }
        cli("default-remote: gone\nremotes: {}\n");

        assertThatThrownBy(() -> new EndpointDiscovery(EndpointCandidate.all(surroundings)).connect())
                .isInstanceOfSatisfying(IncusUnavailableException.class, e -> assertThat(e.attempts())
                        .extracting(Attempt::outcome)
                        .containsExactly(
                                "there is no remote of that name in '" + folder
                                        + "/home/.config/incus/config.yml'; 'incus remote list' shows those that are",
                                "nobody listens there (connection refused): start the daemon",
                                "there is no such socket",
                                "there is no such socket",
                                "there is no such socket"))
                .hasMessageStartingWith(
                        "No Incus can be reached. Tried, in this order:\n  remote 'gone' (default remote of"
                                + " the incus command): there is no remote")
                .hasMessageEndingWith("\nInstall Incus and start it, or name one by the system property"
                        + " incus.stemcell.endpoint (a socket's path, or https://host:8443).");
    }

    @Test
    void saysThatWhatListensIsNotIncus() throws Exception {
        Path socket = folder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread answering = new Thread(() -> answer(server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
            answering.start();

            assertThatThrownBy(() -> Incus.connect(Endpoint.unixSocket(socket)))
                    .isInstanceOf(IncusUnavailableException.class)
                    .hasMessageContaining("what listens there is not Incus: GET /1.0?project=default failed:"
                            + " the answer is none of Incus: 'hi' (200)");
            answering.join();
        }
    }

    private static void answer(ServerSocketChannel server, String answer) {
        try (SocketChannel client = server.accept()) {
            client.read(ByteBuffer.allocate(10_000));
            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void saysThatTheDaemonDoesNotTrustUs() throws Exception {
        try (TestDaemon daemon = new TestDaemon(TestDaemon.Way.HTTPS)) {
            Endpoint.Https trusted = (Endpoint.Https) daemon.incus().endpoint();
            Endpoint stranger = Endpoint.https(
                    trusted.url(),
                    ClientIdentity.generate("x"),
                    trusted.serverCertificate().orElseThrow());
            assertThatThrownBy(() -> Incus.connect(stranger))
                    .isInstanceOf(IncusUnavailableException.class)
                    .hasMessageContaining("it does not trust our client certificate: get a token by"
                            + " 'incus config trust add NAME' there, and join with it");
        }
    }

    @Test
    void refusesAServerWithAnotherCertificate() throws Exception {
        try (TestDaemon daemon = new TestDaemon(TestDaemon.Way.HTTPS)) {
            Endpoint.Https trusted = (Endpoint.Https) daemon.incus().endpoint();
            ClientIdentity other = ClientIdentity.generate("other");
            Endpoint wrong = Endpoint.https(trusted.url(), trusted.identity(), other.certificate());
            assertThatThrownBy(() -> Incus.connect(wrong))
                    .isInstanceOf(IncusUnavailableException.class)
                    .hasMessageContaining(
                            "but the one to trust has " + PinnedCertificate.fingerprint(other.certificate()));
            Endpoint unpinned =
                    new Endpoint.Https(trusted.url(), trusted.identity(), Optional.empty(), Optional.empty());
            assertThatThrownBy(() -> Incus.connect(unpinned))
                    .isInstanceOf(IncusUnavailableException.class)
                    .hasMessageContaining("unable to find valid certification path");
        }
    }

    @Test
    void confinesWhomATokenNamesProjectsFor() {
        try (Incus admin = Incus.connect()) {
            String token = admin.certificates().createToken("it-confined", List.of("default"));
            ClientIdentity identity = ClientIdentity.generate("it-confined");
            try (Incus joined = Incus.join(token, identity)) {
                assertThat(joined.projects().list())
                        .extracting(Projects.Project::name)
                        .containsExactly("default");
                assertThatThrownBy(() -> joined.projects().create("it-not-allowed", Map.of(), ""))
                        .hasMessage("POST /1.0/projects?project=default failed: Certificate is restricted (403)");
            } finally {
                admin.certificates().delete(PinnedCertificate.fingerprint(identity.certificate()));
            }
        }
    }

    @Test
    void spendsATokenOnce() {
        try (Incus admin = Incus.connect()) {
            String token = admin.certificates().createToken("it-once", List.of());
            ClientIdentity identity = ClientIdentity.generate("it-once");
            try (Incus joined = Incus.join(token, identity)) {
                assertThat(joined.server().isTrusted()).isTrue();
            }
            assertThatThrownBy(() -> Incus.join(token, ClientIdentity.generate("it-twice")))
                    .isInstanceOf(IncusException.class);
            admin.certificates().delete(PinnedCertificate.fingerprint(identity.certificate()));
        }
        assertThatThrownBy(() -> Incus.join("nonsense", ClientIdentity.generate("x")))
                .hasMessage(
                        "Not a trust token of Incus; get one by 'incus config trust add NAME' on the daemon's machine");
    }
}
