package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.Tarball.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Gets a file from a web server, once for each of its versions, as {@code ETag} and {@code Last-Modified} tell them apart. */
final class UrlPull implements Download.Origin {

    private final Http http;
    private final BlobCache cache;
    private final HttpUrl url;
    private final Progress progress;
    private final String purpose;
    private final String key;
    private @Nullable String validator;

    /**
     * Prepares to get a file.
     *
     * @param reference for messages
     */
    UrlPull(Http http, BlobCache cache, HttpUrl url, String reference, Progress progress) {
        this.http = http;
        this.cache = cache;
        this.url = url;
        this.progress = progress;
        this.purpose = "Cannot get " + reference;
        this.key = "url-"
                + Digest.sha256(url.toString().getBytes(StandardCharsets.UTF_8)).hex();
    }

    /** Makes sure that the newest version is in the cache. */
    Tarball pull() throws IOException {
        Optional<String[]> known = cache.recall(key).map(fact -> fact.split(" ", 3));
        if (known.isPresent()) {
            Content content = Content.parse(known.get()[0] + " " + known.get()[1]);
            if (cache.has(content.digest(), content.size()) && isUnchanged(known.get()[2])) {
                return new Tarball.Downloaded(this, content);
            }
        }
        return new Tarball.Downloaded(this, download());
    }

    /** Opens a version that was in the cache; gets it again where it has gone since. */
    InputStream open(Content content) throws IOException {
        return cache.open(content.digest(), content.size(), file -> {
            Files.deleteIfExists(file);
            Content now = into(file);
            if (!now.equals(content)) {
                Files.deleteIfExists(file);
                throw new CorruptImageException(purpose + ": " + url + " has something else there by now. Run again.");
            }
        });
    }

    private boolean isUnchanged(String knownValidator) {
        Request request = new Request.Builder()
                .url(url)
                .header(
                        knownValidator.startsWith("\"") || knownValidator.startsWith("W/")
                                ? "If-None-Match"
                                : "If-Modified-Since",
                        knownValidator)
                .build();
        try (Response response = http.send(request, purpose)) {
            return response.code() == 304;
        }
    }

    private Content download() throws IOException {
        Content content = cache.admit(key, file -> {
            Files.deleteIfExists(file); // Nobody can tell which version an older beginning belongs to.
            return into(file);
        });
        if (validator != null) {
            cache.remember(key, content + " " + validator);
        }
        return content;
    }

    private Content into(Path file) throws IOException {
        validator = null;
        Download download = new Download(
                http, this, purpose, url.toString(), -1, "sha256", Optional.empty(), "Getting " + url, progress);
        download.start(file);
        Digest digest = download.complete(file);
        return new Content(digest, Files.size(file));
    }

    @Override
    public Response send(Request.Builder request) {
        Response response = http.send(request.url(url).build(), purpose);
        int code = response.code();
        if (Download.isUsable(response)) {
            if (response.isSuccessful()) {
                String etag = response.header("ETag");
                validator = etag != null ? etag : response.header("Last-Modified");
            }
            return response;
        }
        response.close();
        String message = purpose + ": " + host() + " answered HTTP " + code + " to " + url + ". ";
        throw switch (code) {
            case 404, 410 -> new ImageNotFoundException(message + "Check the address.");
            case 401, 403 ->
                new RegistryAuthenticationException(
                        message + "Only what anybody may read can be read from a web server.");
            default -> new RegistryUnavailableException(message + "Try again later, or ask those who run it.");
        };
    }

    @Override
    public String host() {
        return Http.hostOf(url);
    }
}
