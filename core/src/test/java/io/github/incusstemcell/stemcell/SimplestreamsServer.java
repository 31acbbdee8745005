package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A simplestreams server on loopback, with one product, and with a certificate that no authority vouches for. */
final class SimplestreamsServer implements AutoCloseable {

    private static final char[] PASSWORD = "password".toCharArray();

    private final HttpsServer server =
            HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final AtomicInteger downloads = new AtomicInteger();
    private final String certificate;
    private volatile String fingerprint;
    private volatile CountDownLatch halfway = new CountDownLatch(0);

    SimplestreamsServer(Path folder) throws Exception {
        KeyStore keys = keys(folder.resolve("keys.p12"));
        certificate = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(keys.getCertificate("server").getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", this::answer);
        server.start();
    }

    private static KeyStore keys(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stream = Files.newInputStream(file)) {
            keys.load(stream, PASSWORD);
        }
        return keys;
    }

    String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    ImageServer asImageServer() {
        return new ImageServer(url(), Optional.of(certificate));
    }

    /** Makes an image the only one of the server, under a name. */
    void publish(String alias, byte[] unified) throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(unified);
        }
        byte[] image = compressed.toByteArray();
        fingerprint =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        String product = "debian:13:" + architecture + ":default";
        files.put("/image.tar.gz", image);
        files.put("/streams/v1/index.json", json("""
                        {"format": "index:1.0", "index": {"images": {"datatype": "image-downloads",
                         "path": "streams/v1/images.json", "format": "products:1.0", "products": ["%s"]}}}
                        """.formatted(product)));
        files.put("/streams/v1/images.json", json("""
                        {"content_id": "images", "datatype": "image-downloads", "format": "products:1.0", "products": {"%s": {
                         "aliases": "%s", "arch": "%s", "os": "Debian", "release": "trixie", "release_title": "13",
                         "versions": {"20260101_00:00": {"items": {"incus_combined.tar.gz": {
                          "ftype": "incus_combined.tar.gz", "path": "image.tar.gz", "sha256": "%s", "size": %d}}}}}}}
                        """.formatted(
                        product, alias, architecture, fingerprint, image.length)));
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    String published() {
        return fingerprint;
    }

    /** Sends the second half of an image only when something has happened, which it waits a minute for. */
    void pauseHalfwayUntil(CountDownLatch event) {
        halfway = event;
    }

    int downloads() {
        return downloads.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] file = files.get(exchange.getRequestURI().getPath());
        if (file == null) {
            exchange.sendResponseHeaders(404, -1);
        } else {
            boolean isImage = exchange.getRequestMethod().equals("GET")
                    && exchange.getRequestURI().getPath().equals("/image.tar.gz");
            exchange.sendResponseHeaders(200, file.length);
            int half = file.length / 2;
            exchange.getResponseBody().write(file, 0, half);
            if (isImage) {
                downloads.incrementAndGet();
                exchange.getResponseBody().flush();
                awaitHalfway();
            }
            exchange.getResponseBody().write(file, half, file.length - half);
        }
        exchange.close();
    }

    private void awaitHalfway() throws IOException {
        try {
            if (!halfway.await(1, TimeUnit.MINUTES)) {
                throw new IOException("What the second half waits for has not happened");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted halfway", e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
