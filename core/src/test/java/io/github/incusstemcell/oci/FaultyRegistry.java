package io.github.incusstemcell.oci;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.incusstemcell.oci.registry.RetryPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on loopback that misbehaves on request: for faults that a real registry cannot be made to show. */
public final class FaultyRegistry implements AutoCloseable {

    /** Answers a request; the exchange is closed afterwards. */
    public interface Answer {
        void send(HttpExchange exchange) throws IOException;
    }

    /** A request that came in. */
    record Seen(String method, String path, Map<String, List<String>> headers) {
        String header(String name) {
            List<String> values = headers.get(name);
            return values == null ? null : values.get(0);
        }
    }

    static final RetryPolicy IMPATIENT = new RetryPolicy(
            Duration.ofSeconds(2),
            Duration.ofMillis(700),
            3,
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofMillis(300),
            5_000);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, byte[]> manifests = new HashMap<>();
    private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());

    public FaultyRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    String url(String path) {
        return "http://" + host() + path;
    }

    List<Seen> seen() {
        return List.copyOf(seen);
    }

    List<Seen> seen(String path) {
        return seen().stream().filter(request -> request.path().equals(path)).toList();
    }

    public FaultyRegistry on(String path, Answer answer) {
        answers.put(path, answer);
        return this;
    }

    Answer answer(String path) {
        return answers.get(path);
    }

    public FaultyRegistry blob(String repository, byte[] content, Answer answer) {
        return on(blobPath(repository, content), answer);
    }

    static String blobPath(String repository, byte[] content) {
        return "/v2/" + repository + "/blobs/" + Digest.sha256(content);
    }

    /** Serves an image well; tests replace what they want to break. */
    public FaultyRegistry image(String repository, String tag, List<byte[]> blobs, List<Digest> diffIds) {
        StringBuilder ids = new StringBuilder();
        diffIds.forEach(id ->
                ids.append(ids.length() == 0 ? "" : ",").append('"').append(id).append('"'));
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                        + ids + "]}}")
                .getBytes();
        StringBuilder layers = new StringBuilder();
        for (byte[] blob : blobs) {
            layers.append(layers.length() == 0 ? "" : ",")
                    .append(DevRegistry.descriptor(
                            "application/vnd.oci.image.layer.v1.tar+gzip", Digest.sha256(blob), blob.length));
            blob(repository, blob, whole(blob));
        }
        byte[] manifest = ("{\"schemaVersion\":2,\"config\":"
                        + DevRegistry.descriptor("application/x", Digest.sha256(config), config.length)
                        + ",\"layers\":["
                        + layers + "]}")
                .getBytes();
        blob(repository, config, whole(config));
        manifests.put(repository + ":" + tag, manifest);
        on("/v2/" + repository + "/manifests/" + tag, whole(manifest));
        return on("/v2/" + repository + "/manifests/" + Digest.sha256(manifest), whole(manifest));
    }

    /** Serves a manifest again in which the layers are of another media type. */
    FaultyRegistry retype(String repository, String tag, String mediaType) {
        byte[] manifest = manifests.get(repository + ":" + tag);
        return on(
                "/v2/" + repository + "/manifests/" + tag,
                whole(new String(manifest)
                        .replace("application/vnd.oci.image.layer.v1.tar+gzip", mediaType)
                        .getBytes()));
    }

    /** Images of this registry, which lose patience with it soon. */
    public OciImages images(Path cache) {
        return OciImages.builder()
                .settings(RegistrySettings.builder()
                        .insecureHost(host())
                        .cacheFolder(cache)
                        .build())
                .patience(IMPATIENT)
                .environment(Map.of("REGISTRY_AUTH_FILE", cache.resolve("none").toString()))
                .build();
    }

    /** Everything, or the range that was asked for. */
    public static Answer whole(byte[] content) {
        return exchange -> {
            int from = start(exchange);
            if (from > 0) {
                range(exchange, content, from);
            }
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from == 0 ? -1 : content.length - from);
            exchange.getResponseBody().write(content, from, content.length - from);
        };
    }

    /** Everything, whatever range was asked for. */
    static Answer unranged(byte[] content) {
        return exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        };
    }

    static void range(HttpExchange exchange, byte[] content, int from) {
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }

    public static int start(HttpExchange exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        return range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=([0-9]+)-", "$1"));
    }

    public static Answer status(int code, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(code, -1);
        };
    }

    /** One answer after the other; the last one for good. */
    static Answer inTurn(Answer... turns) {
        List<Answer> rest = new ArrayList<>(List.of(turns));
        return exchange -> {
            Answer next;
            synchronized (rest) {
                next = rest.size() > 1 ? rest.remove(0) : rest.get(0);
            }
            next.send(exchange);
        };
    }

    /** Promises the whole or the range, and breaks off after this many bytes. */
    public static Answer brokenAfter(byte[] content, int bytes) {
        return exchange -> {
            int from = start(exchange);
            if (from > 0) {
                range(exchange, content, from);
            }
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
            OutputStream body = exchange.getResponseBody();
            body.write(content, from, Math.min(bytes, content.length - from));
            body.flush();
        };
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        seen.add(new Seen(exchange.getRequestMethod(), path, Map.copyOf(exchange.getRequestHeaders())));
        try (exchange) {
            Answer answer = answers.get(path);
            if (answer == null) {
                answer = answers.getOrDefault(exchange.getRequestURI().getPath(), status(404));
            }
            answer.send(exchange);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
