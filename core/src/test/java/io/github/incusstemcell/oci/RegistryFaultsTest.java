package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.oci.FaultyRegistry.Answer;
import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of registries that fail: the right image or a clear error, and never a wrong file in the cache. */
@Timeout(60)
class RegistryFaultsTest {

    private final byte[] layer = layer();
    private final Digest digest = Digest.sha256(layer);

    @TempDir
    Path cache;

    private FaultyRegistry registry;
    private OciImages images;

    @BeforeEach
    void start() throws IOException {
        registry = new FaultyRegistry();
        registry.image("a", "1", List.of(layer), List.of());
        images = images(Map.of());
    }

    @AfterEach
    void stop() throws IOException {
        images.close();
        registry.close();
        assertOnlyRightBlobs();
    }

    @Test
    void goesOnWhereAConnectionBroke() throws IOException {
        Random random = new Random(42);
        registry.blob("a", layer, exchange -> FaultyRegistry.brokenAfter(layer, 20_000 + random.nextInt(90_000))
                .send(exchange));

        assertThat(pull()).isEqualTo(layer);

        List<String> ranges =
                blobRequests().stream().map(r -> r.header("Range")).toList();
        assertThat(ranges).hasSizeBetween(4, 30);
        assertThat(ranges.get(0)).isNull();
        assertThat(ranges.subList(1, ranges.size())).allMatch(range -> range.matches("bytes=[0-9]+-"));
    }

    @Test
    void goesOnWhereAnEarlierProcessStopped() throws IOException {
        Files.createDirectories(cache.resolve("partial"));
        Files.write(cache.resolve("partial/sha256-" + digest.hex()), Arrays.copyOf(layer, 123_456));

        assertThat(pull()).isEqualTo(layer);
        assertThat(blobRequests()).singleElement().satisfies(r -> assertThat(r.header("Range"))
                .isEqualTo("bytes=123456-"));
    }

    @Test
    void startsAgainWhereWhatAnEarlierProcessLeftIsDamaged() throws IOException {
        Files.createDirectories(cache.resolve("partial"));
        Files.write(cache.resolve("partial/sha256-" + digest.hex()), new byte[1000]);

        assertThat(pull()).isEqualTo(layer);
        assertThat(blobRequests()).hasSize(2);
    }

    @Test
    void skipsWhatItHasWhereTheServerIgnoresRanges() throws IOException {
        registry.blob("a", layer, FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(layer, 100_000), exchange -> {
            exchange.sendResponseHeaders(200, layer.length);
            exchange.getResponseBody().write(layer);
        }));

        assertThat(pull()).isEqualTo(layer);
        assertThat(blobRequests()).hasSize(2);
    }

    @Test
    void findsTheDiffIdWhereTheServerIgnoresRanges() throws IOException {
        byte[] tar = new TestTar().file("a", layer).bytes();
        byte[] blob = TestTar.gzip(tar);
        registry.image("gzip", "1", List.of(blob), List.of(Digest.sha256(tar)));
        // In small chunks, so that there are some that consist of nothing but what is there already.
        registry.blob("gzip", blob, FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(blob, 300_000), exchange -> {
            exchange.sendResponseHeaders(200, blob.length);
            for (int at = 0; at < blob.length; at += 1000) {
                exchange.getResponseBody().write(blob, at, Math.min(1000, blob.length - at));
                exchange.getResponseBody().flush();
            }
        }));
        assertThat(read(resolve("gzip:1"))).isEqualTo(blob);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 412, 416, 500, 501})
    void asksForAllWhereTheServerRefusesRanges(int status) throws IOException {
        Answer refuses = exchange -> {
            boolean ranged = exchange.getRequestHeaders().containsKey("Range");
            (ranged ? FaultyRegistry.status(status) : FaultyRegistry.whole(layer)).send(exchange);
        };
        registry.blob("a", layer, FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(layer, 100_000), refuses));
        assertThat(pull()).isEqualTo(layer);
    }

    @Test
    void completesWhatAnEarlierProcessLeftWhereTheServerRefusesRanges() throws IOException {
        Answer refuses = exchange -> {
            boolean ranged = exchange.getRequestHeaders().containsKey("Range");
            (ranged ? FaultyRegistry.status(416) : FaultyRegistry.whole(layer)).send(exchange);
        };
        registry.blob("a", layer, refuses);
        Files.createDirectories(cache.resolve("partial"));
        for (byte[] left : List.of(Arrays.copyOf(layer, 123_456), new byte[123_456])) {
            Files.write(cache.resolve("partial/sha256-" + digest.hex()), left);
            try (OciImages other = images(Map.of())) {
                assertThat(read(other.resolve(reference("a:1")))).isEqualTo(layer);
            }
            Files.delete(cache.resolve("blobs/sha256/" + digest.hex()));
        }
    }

    @Test
    void asksForAllWhereTheServerAnswersAnotherRange() throws IOException {
        for (String range : List.of("bytes 1-10/600000", "bytes */600000", "items 1-2/3", "")) {
            registry.blob("a", layer, FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(layer, 100_000), exchange -> {
                if (exchange.getRequestHeaders().containsKey("Range")) {
                    exchange.getResponseHeaders().set("Content-Range", range);
                    exchange.sendResponseHeaders(206, 10);
                    exchange.getResponseBody().write(layer, 1, 10);
                } else {
                    FaultyRegistry.whole(layer).send(exchange);
                }
            }));
            try (OciImages other = images(Map.of())) {
                assertThat(read(other.resolve(reference("a:1")))).as(range).isEqualTo(layer);
            }
            Files.delete(cache.resolve("blobs/sha256/" + digest.hex()));
        }
    }

    @Test
    void goesOnWhereTheServerAnswersLessThanTheRange() throws IOException {
        registry.blob("a", layer, FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(layer, 100_000), exchange -> {
            int from = FaultyRegistry.start(exchange);
            int to = Math.min(from + 20_000, layer.length);
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + layer.length);
            exchange.sendResponseHeaders(206, to - from);
            exchange.getResponseBody().write(layer, from, to - from);
        }));
        assertThat(pull()).isEqualTo(layer);
        assertThat(blobRequests()).hasSize(1 + 25);
    }

    @Test
    void startsAgainWhereTheServerHadSomethingElseBefore() throws IOException {
        byte[] before = layer.clone();
        before[50_000] ^= 1;
        registry.blob(
                "a",
                layer,
                FaultyRegistry.inTurn(
                        exchange -> {
                            exchange.getResponseHeaders().set("ETag", "\"before\"");
                            FaultyRegistry.brokenAfter(before, 100_000).send(exchange);
                        },
                        exchange -> {
                            exchange.getResponseHeaders().set("ETag", "\"now\"");
                            FaultyRegistry.whole(layer).send(exchange);
                        }));
        assertThat(pull()).isEqualTo(layer);
        assertThat(blobRequests().stream().map(r -> r.header("Range"))).containsExactly(null, "bytes=100000-", null);
    }

    @Test
    void keepsNothingThatSpoilsTheNextRunWhereRangesAreServedWrong() throws IOException {
        registry.blob("a", layer, FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(layer, 100_000), exchange -> {
            // The right header over bytes of somewhere else.
            int from = FaultyRegistry.start(exchange);
            FaultyRegistry.range(exchange, layer, from);
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, layer.length - from);
            exchange.getResponseBody().write(layer, 0, layer.length - from);
        }));
        assertThat(pull()).isEqualTo(layer);
        assertThat(cache.resolve("partial")).isEmptyDirectory();
    }

    @Test
    void givesUpOnAServerThatNeverGetsFurther() {
        registry.blob("a", layer, FaultyRegistry.brokenAfter(layer, 100));
        assertThatThrownBy(this::pull)
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageStartingWith(
                        "Cannot pull %1$s/a:1: the blob %2$s from %1$s broke off after 300 of %3$d bytes, 3 times without"
                                + " getting further: ",
                        registry.host(), digest, layer.length)
                .hasMessageEndingWith(". Run again to go on from there.");
    }

    @Test
    void givesUpOnAServerThatIsGoneInTheMiddle() {
        registry.blob("a", layer, exchange -> {
            exchange.sendResponseHeaders(200, layer.length);
            exchange.getResponseBody().write(layer, 0, 100);
            exchange.getResponseBody().flush();
            registry.close();
        });
        assertThatThrownBy(this::pull)
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageStartingWith(
                        "Cannot pull " + registry.host() + "/a:1: " + registry.host() + " cannot be reached: ")
                .hasMessageContaining(digest.toString());
    }

    @Test
    void givesUpOnAServerThatDrips() {
        registry.blob("a", layer, exchange -> {
            exchange.sendResponseHeaders(200, layer.length);
            for (int i = 0; i < 1000; i++) {
                exchange.getResponseBody().write(layer, i, 1);
                exchange.getResponseBody().flush();
                sleep(10);
            }
        });
        assertThatThrownBy(this::pull)
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining(" 3 times without getting further: only ")
                .hasMessageContaining(" bytes came in ");
    }

    @Test
    void givesUpOnAServerThatSaysNothing() {
        registry.blob("a", layer, exchange -> {
            exchange.sendResponseHeaders(200, layer.length);
            exchange.getResponseBody().flush();
            sleep(1500);
        });
        assertThatThrownBy(this::pull)
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("broke off after 0 of")
                .hasMessageContaining("no answer in time");
    }

    @Test
    void refusesWrongBytes() {
        byte[] wrong = layer.clone();
        wrong[77_777] ^= 1;
        registry.blob("a", layer, FaultyRegistry.whole(wrong));
        assertThatThrownBy(this::pull)
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "Cannot pull %1$s/a:1: %1$s sent bytes with the digest %2$s for the blob %3$s."
                                + " The registry, or something before it, is broken or lying.",
                        registry.host(), Digest.sha256(wrong), digest);
        assertThat(blobRequests()).hasSize(1);
    }

    @Test
    void refusesABlobOfAnotherSize() {
        for (byte[] wrong : List.of(Arrays.copyOf(layer, layer.length - 1), Arrays.copyOf(layer, layer.length + 1))) {
            registry.blob("a", layer, FaultyRegistry.whole(wrong));
            assertThatThrownBy(this::pull)
                    .isInstanceOf(CorruptImageException.class)
                    .hasMessage(
                            "Cannot pull %1$s/a:1: the blob %2$s should have %3$d bytes, but %1$s has one of %4$d."
                                    + " The server, or something before it, is broken or lying.",
                            registry.host(), digest, layer.length, wrong.length);
        }
    }

    @Test
    void stopsAServerThatSendsMoreThanItMay() {
        registry.blob("a", layer, exchange -> {
            exchange.sendResponseHeaders(200, 0); // Chunked, so nothing is declared.
            for (int i = 0; i < 10_000; i++) {
                exchange.getResponseBody().write(layer);
            }
        });
        assertThatThrownBy(this::pull)
                .isInstanceOf(CorruptImageException.class)
                .hasMessageContaining("but " + registry.host() + " sends more than that.");
    }

    @Test
    void refusesAnotherRangeThanItAskedFor() {
        registry.blob("a", layer, FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(layer, 100_000), exchange -> {
            FaultyRegistry.range(exchange, layer, 1);
            exchange.sendResponseHeaders(206, 10);
            exchange.getResponseBody().write(layer, 1, 10);
        }));
        assertThatThrownBy(this::pull)
                .isInstanceOf(CorruptImageException.class)
                .hasMessageContaining("answered a request for the bytes from 100000 with 'bytes 1-");
    }

    @Test
    void refusesAManifestWithAnotherDigest() {
        Digest expected = Digest.sha256(new byte[1]);
        byte[] manifest = "{}".getBytes();
        registry.on("/v2/a/manifests/" + expected, FaultyRegistry.whole(manifest));
        assertThatThrownBy(() -> resolve("a@" + expected))
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "Cannot pull %1$s/a@%2$s: %1$s sent a manifest with the digest %3$s where %2$s was asked for."
                                + " The registry, or something before it, is broken or lying.",
                        registry.host(), expected, Digest.sha256(manifest));
    }

    @Test
    void refusesManifestsThatAreNone() {
        registry.on("/v2/a/manifests/html", FaultyRegistry.whole("<html>".getBytes()));
        assertThatThrownBy(() -> resolve("a:html"))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageContaining("/a:html is damaged: its manifest is no JSON");
        registry.on(
                "/v2/a/manifests/both",
                FaultyRegistry.whole("{\"manifests\":[],\"layers\":[],\"config\":{}}".getBytes()));
        assertThatThrownBy(() -> resolve("a:both"))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageEndingWith("what its digest points to is both a manifest and an index, media type ''.");
        registry.on("/v2/a/manifests/large", FaultyRegistry.whole(new byte[BlobSource.SMALL + 1]));
        assertThatThrownBy(() -> resolve("a:large"))
                .isInstanceOf(CorruptImageException.class)
                .hasMessageEndingWith("sends a manifest of more than 4 MiB, which no image needs.");
    }

    @Test
    void refusesWhatIsNoLayerOfAFileSystem() {
        for (String type :
                List.of("application/vnd.in-toto+json", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted")) {
            String manifest = "{\"config\":%s,\"layers\":[%s]}"
                    .formatted(
                            DevRegistry.descriptor("application/x", Digest.sha256("{}".getBytes()), 2),
                            DevRegistry.descriptor(type, digest, layer.length));
            registry.on("/v2/a/manifests/chart", FaultyRegistry.whole(manifest.getBytes()));
            registry.blob("a", "{}".getBytes(), FaultyRegistry.whole("{}".getBytes()));
            assertThatThrownBy(() -> resolve("a:chart"))
                    .isInstanceOf(CorruptImageException.class)
                    .hasMessage(
                            "Cannot use %s/a:chart: its layer %s is of the type '%s', from which no root file system can be"
                                    + " made.",
                            registry.host(), digest, type);
        }
    }

    @Test
    void buysATokenWithAnIdentityToken() throws IOException {
        Path auth = cache.resolve("auth.json");
        Files.writeString(auth, "{\"auths\":{\"" + registry.host() + "\":{\"identitytoken\":\"identity\"}}}");
        List<String> forms = new ArrayList<>();
        registry.on("/token", exchange -> {
            forms.add(exchange.getRequestMethod() + " "
                    + new String(exchange.getRequestBody().readAllBytes()));
            FaultyRegistry.whole("{\"access_token\":\"t\"}".getBytes()).send(exchange);
        });
        Answer manifest = registry.answer("/v2/a/manifests/1");
        registry.on("/v2/a/manifests/1", exchange -> authorized(exchange, "Bearer t", manifest));
        try (OciImages known = images(Map.of("REGISTRY_AUTH_FILE", auth.toString()))) {
            assertThat(read(known.resolve(reference("a:1")))).isEqualTo(layer);
        }
        assertThat(forms)
                .containsExactly(
                        "POST grant_type=refresh_token&refresh_token=identity&service=&scope=repository%3Aa%3Apull"
                                + "&client_id=incus-stemcell");
    }

    @Test
    void asksAgainWhereAManifestBreaksOff() throws IOException {
        byte[] junk = new byte[1000];
        registry.image("b", "good", List.of(layer), List.of());
        registry.on("/v2/b/manifests/1", FaultyRegistry.inTurn(FaultyRegistry.brokenAfter(junk, 10), exchange -> {
            exchange.getResponseHeaders().set("Location", "/v2/b/manifests/good");
            exchange.sendResponseHeaders(307, -1);
        }));
        assertThat(read(resolve("b:1"))).isEqualTo(layer);
    }

    @Test
    void asksABusyServerAgainWhenItSays() throws IOException {
        registry.blob(
                "a",
                layer,
                FaultyRegistry.inTurn(
                        FaultyRegistry.status(429, "Retry-After", "0"),
                        FaultyRegistry.status(503, "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"),
                        FaultyRegistry.whole(layer)));
        assertThat(pull()).isEqualTo(layer);
        assertThat(blobRequests()).hasSize(3);
    }

    @Test
    void boundsThePauseThatAServerAsksFor() throws IOException {
        registry.blob(
                "a",
                layer,
                FaultyRegistry.inTurn(FaultyRegistry.status(429, "Retry-After", "3600"), FaultyRegistry.whole(layer)));
        long start = System.nanoTime();
        assertThat(pull()).isEqualTo(layer);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void givesUpOnAServerThatStaysBusyOrBroken() {
        for (int status : List.of(429, 500)) {
            registry.blob("a", layer, FaultyRegistry.status(status));
            assertThatThrownBy(this::pull)
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessage(
                            "Cannot pull %1$s/a:1: %1$s answered HTTP %2$d to http://%1$s/v2/a/blobs/%3$s. Try again later,"
                                    + " or ask those who run it.",
                            registry.host(), status, digest);
        }
        assertThat(blobRequests()).hasSize(6);
    }

    @Test
    void saysThatABlobIsLost() {
        registry.blob("a", layer, FaultyRegistry.status(404));
        assertThatThrownBy(this::pull)
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage(
                        "Cannot pull %1$s/a:1: %1$s has lost the blob %2$s of it: HTTP 404. Push the image again.",
                        registry.host(), digest);
    }

    @Test
    void saysThatItIsRefused() {
        for (int status : List.of(401, 403)) {
            registry.on("/v2/a/manifests/1", exchange -> {
                byte[] body = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not for you\"}]}".getBytes();
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            });
            assertThatThrownBy(this::pull)
                    .isInstanceOf(RegistryAuthenticationException.class)
                    .hasMessage(
                            "Cannot pull %1$s/a:1: %1$s refused: HTTP %2$d (DENIED not for you). No credentials for %1$s were"
                                    + " found in %3$s. Where the image is private, run 'docker login %1$s' or 'podman login"
                                    + " %1$s'; where it is public, check its name.",
                            registry.host(), status, cache.resolve("none"));
        }
    }

    @Test
    void leavesARedirectLoop() {
        registry.blob(
                "a", layer, exchange -> FaultyRegistry.status(307, "Location", FaultyRegistry.blobPath("a", layer))
                        .send(exchange));
        assertThatThrownBy(this::pull)
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessage(
                        "Cannot pull %1$s/a:1: http://%1$s/v2/a/blobs/%2$s redirected more than 10 times, at last to"
                                + " http://%1$s/v2/a/blobs/%2$s. Check the address, and any proxy or mirror in between.",
                        registry.host(), digest);
    }

    @Test
    void givesAuthorizationToTheRegistryOnly() throws IOException {
        try (FaultyRegistry storage = new FaultyRegistry()) {
            storage.on("/signed", FaultyRegistry.whole(layer));
            String token = "secret-token";
            registry.on("/token", FaultyRegistry.whole(("{\"token\":\"" + token + "\"}").getBytes()));
            Answer redirect = FaultyRegistry.status(307, "Location", storage.url("/signed"));
            registry.blob("a", layer, exchange -> {
                if (("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    redirect.send(exchange);
                } else {
                    FaultyRegistry.status(
                                    401,
                                    "WWW-Authenticate",
                                    "Bearer realm=\"" + registry.url("/token")
                                            + "\",service=\"test\",scope=\"repository:a:pull\"")
                            .send(exchange);
                }
            });
            assertThat(pull()).isEqualTo(layer);
            assertThat(storage.seen()).singleElement().satisfies(r -> assertThat(r.header("Authorization"))
                    .isNull());
            assertThat(registry.seen("/token?scope=repository%3Aa%3Apull&service=test"))
                    .hasSize(1);
        }
    }

    @Test
    void sendsCredentialsForATokenAndGetsANewOneWhenItExpires() throws IOException {
        Path auth = cache.resolve("auth.json");
        Files.writeString(auth, "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"dXNlcjpwYXNz\"}}}");
        int[] tokens = {0};
        registry.on(
                "/token", exchange -> FaultyRegistry.whole(("{\"access_token\":\"t" + ++tokens[0] + "\"}").getBytes())
                        .send(exchange));
        Answer manifest = registry.answer("/v2/a/manifests/1");
        registry.on("/v2/a/manifests/1", exchange -> authorized(exchange, "Bearer t1", manifest));
        registry.blob("a", layer, exchange -> authorized(exchange, "Bearer t2", FaultyRegistry.whole(layer)));

        try (OciImages known = images(Map.of("REGISTRY_AUTH_FILE", auth.toString()))) {
            assertThat(read(known.resolve(reference("a:1")))).isEqualTo(layer);
        }
        assertThat(registry.seen().stream().filter(r -> r.path().startsWith("/token")))
                .hasSize(2)
                .allSatisfy(r -> assertThat(r.header("Authorization")).isEqualTo("Basic dXNlcjpwYXNz"));
    }

    private void authorized(com.sun.net.httpserver.HttpExchange exchange, String expected, Answer answer)
            throws IOException {
        if (expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer.send(exchange);
        } else {
            FaultyRegistry.status(401, "WWW-Authenticate", "Bearer realm=\"" + registry.url("/token") + "\"")
                    .send(exchange);
        }
    }

    @Test
    void answersBasicAuthenticationWithAPassword() throws IOException {
        Path auth = cache.resolve("auth.json");
        Files.writeString(auth, "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"dXNlcjpwYXNz\"}}}");
        Answer manifest = registry.answer("/v2/a/manifests/1");
        registry.on("/v2/a/manifests/1", exchange -> {
            if ("Basic dXNlcjpwYXNz".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                manifest.send(exchange);
            } else {
                FaultyRegistry.status(401, "WWW-Authenticate", "Basic realm=\"x\"")
                        .send(exchange);
            }
        });
        try (OciImages known = images(Map.of("REGISTRY_AUTH_FILE", auth.toString()))) {
            assertThat(read(known.resolve(reference("a:1")))).isEqualTo(layer);
        }
        Files.writeString(auth, "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"dXNlcjp3cm9uZw==\"}}}");
        try (OciImages wrong = images(Map.of("REGISTRY_AUTH_FILE", auth.toString()))) {
            assertThatThrownBy(() -> wrong.resolve(reference("a:1")))
                    .isInstanceOf(RegistryAuthenticationException.class)
                    .hasMessage(
                            "Cannot pull %1$s/a:1: %1$s refused: HTTP 401. Credentials for %1$s were found and sent; check that"
                                    + " they are right and may pull.",
                            registry.host());
        }
    }

    @Test
    void asksMirrorsFirstAndTheRegistryWhereTheyFail() throws IOException {
        try (FaultyRegistry mirror = new FaultyRegistry();
                FaultyRegistry broken = new FaultyRegistry()) {
            mirror.image("proxy/a", "1", List.of(layer), List.of());
            byte[] wrong = layer.clone();
            wrong[0] ^= 1;
            broken.image("a", "1", List.of(layer), List.of());
            broken.blob("a", layer, FaultyRegistry.whole(wrong));
            RegistrySettings.Builder settings = RegistrySettings.builder()
                    .insecureHost(registry.host())
                    .insecureHost(mirror.host())
                    .insecureHost(broken.host())
                    .architecture("amd64")
                    .cacheFolder(cache);
            try (OciImages mirrored = build(settings.mirror(registry.host(), broken.host())
                    .mirror(registry.host(), mirror.host() + "/proxy"))) {
                assertThat(read(mirrored.resolve(reference("a:1")))).isEqualTo(layer);
            }
            assertThat(registry.seen()).isEmpty();
            assertThat(mirror.seen()).isNotEmpty();
            assertThatThrownBy(() -> build(settings).resolve(reference("a:2")))
                    .isInstanceOf(ImageNotFoundException.class)
                    .hasMessageContaining(registry.host() + " has no tag 2")
                    .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
        }
    }

    @Test
    void goesThroughAProxyWhereTheEnvironmentNamesOne() throws IOException {
        try (FaultyRegistry proxy = new FaultyRegistry()) {
            proxy.image("a", "1", List.of(layer), List.of());
            RegistrySettings settings = RegistrySettings.builder()
                    .insecureHost("registry.invalid")
                    .architecture("amd64")
                    .cacheFolder(cache)
                    .build();
            Map<String, String> environment = Map.of("HTTP_PROXY", "http://" + proxy.host());
            try (OciImages proxied = OciImages.builder()
                    .settings(settings)
                    .patience(FaultyRegistry.IMPATIENT)
                    .environment(environment)
                    .build()) {
                assertThat(read(proxied.resolve(ImageReference.parse("registry.invalid/a:1"))))
                        .isEqualTo(layer);
            }
            assertThat(proxy.seen().get(0).path()).isEqualTo("http://registry.invalid/v2/a/manifests/1");
        }
    }

    @Test
    void pullsManyLayersAtATimeAndMergesThem() throws IOException {
        List<byte[]> blobs = new ArrayList<>();
        List<Digest> diffIds = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] tar = new TestTar().file("file" + i, "content " + i).bytes();
            diffIds.add(Digest.sha256(tar));
            blobs.add(TestTar.gzip(tar));
        }
        registry.image("many", "1", blobs, diffIds);
        AtomicInteger atATime = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (byte[] blob : blobs) {
            registry.blob("many", blob, exchange -> {
                most.accumulateAndGet(atATime.incrementAndGet(), Math::max);
                sleep(100);
                atATime.decrementAndGet();
                FaultyRegistry.whole(blob).send(exchange);
            });
        }
        byte[] merged = read(resolve("many:1"));
        assertThat(most).hasValueBetween(2, 4);
        Path tar = Files.write(Files.createTempFile(cache, "merged", ".tar"), merged);
        assertThat(Unpacked.run("tar", "-tf", tar.toString()).lines()).hasSize(21);
    }

    @Test
    void showsHowFarItIs() throws IOException {
        byte[] lower = new TestTar().file("a", layer).bytes();
        byte[] upper = new TestTar().file("b", layer).bytes();
        List<byte[]> blobs = List.of(TestTar.gzip(lower), TestTar.gzip(upper));
        registry.image("two", "1", blobs, List.of(Digest.sha256(lower), Digest.sha256(upper)));
        long total = blobs.get(0).length + blobs.get(1).length;
        List<String> reports = java.util.Collections.synchronizedList(new ArrayList<>());
        try (OciImages shown = OciImages.builder()
                .settings(RegistrySettings.builder()
                        .insecureHost(registry.host())
                        .cacheFolder(cache)
                        .architecture("amd64")
                        .build())
                .progress((what, done, all) -> reports.add(what + ": " + done + "/" + all))
                .build()) {
            shown.resolve(reference("two:1")).rootfs().close();
        }
        String pulling = "Pulling " + registry.host() + "/two:1: ";
        String merging = "Merging the layers of " + registry.host() + "/two:1: ";
        assertThat(reports).allMatch(report -> report.startsWith(pulling) || report.startsWith(merging));
        assertThat(reports).contains(pulling + total + "/" + total);
        assertThat(reports).hasSizeGreaterThan(20).last().isEqualTo(merging + total + "/" + total);
    }

    @Test
    void refusesASingleLayerWhoseDiffIdIsAnother() {
        Digest wrong = Digest.sha256(new byte[1]);
        byte[] tar = new TestTar().file("a", "x").bytes();
        byte[] blob = TestTar.gzip(tar);
        registry.image("wrong", "1", List.of(blob), List.of(wrong));
        for (int i = 0; i < 2; i++) { // The second time from the cache, without decompressing again.
            assertThatThrownBy(() -> resolve("wrong:1").rootfs())
                    .isInstanceOf(CorruptImageException.class)
                    .hasMessage(
                            "%s/wrong:1 is damaged: its layer %s does not have the diff_id %s that its configuration says,"
                                    + " but %s.",
                            registry.host(), Digest.sha256(blob), wrong, Digest.sha256(tar));
        }
    }

    private OciImages images(Map<String, String> environment) {
        Map<String, String> all = new java.util.HashMap<>(environment);
        all.putIfAbsent("REGISTRY_AUTH_FILE", cache.resolve("none").toString());
        return OciImages.builder()
                .settings(RegistrySettings.builder()
                        .insecureHost(registry.host())
                        .architecture("amd64")
                        .cacheFolder(cache)
                        .build())
                .patience(FaultyRegistry.IMPATIENT)
                .environment(all)
                .build();
    }

    private OciImages build(RegistrySettings.Builder settings) {
        return OciImages.builder()
                .settings(settings.build())
                .patience(FaultyRegistry.IMPATIENT)
                .environment(Map.of("REGISTRY_AUTH_FILE", cache.resolve("none").toString()))
                .build();
    }

    private ImageReference reference(String name) {
        return ImageReference.parse(registry.host() + "/" + name);
    }

    private SourceImage resolve(String name) {
        return images.resolve(reference(name));
    }

    private byte[] pull() throws IOException {
        return read(resolve("a:1"));
    }

    private static byte[] read(SourceImage image) throws IOException {
        try (InputStream in = image.rootfs().open()) {
            return in.readAllBytes();
        }
    }

    private List<FaultyRegistry.Seen> blobRequests() {
        return registry.seen(FaultyRegistry.blobPath("a", layer));
    }

    /** Whatever happened, all in the cache has the digest that is its name. */
    private void assertOnlyRightBlobs() throws IOException {
        Path blobs = cache.resolve("blobs/sha256");
        if (Files.exists(blobs)) {
            try (Stream<Path> files = Files.list(blobs)) {
                for (Path file : files.toList()) {
                    assertThat(Digest.sha256(Files.readAllBytes(file)).hex())
                            .isEqualTo(file.getFileName().toString());
                }
            }
        }
    }

    private static byte[] layer() {
        byte[] bytes = new byte[600_000];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
