package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.Tarball.Content;
import io.github.incusstemcell.oci.registry.RegistryClient;
import io.github.incusstemcell.oci.registry.WebFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import okhttp3.HttpUrl;

/** Gets a file from a web server, once for each of its versions, as {@code ETag} and {@code Last-Modified} tell them apart. */
final class UrlPull {

    private final BlobCache cache;
    private final HttpUrl url;
    private final String purpose;
    private final String key;
    private final WebFile web;

    /**
     * Prepares to get a file.
     *
     * @param reference for messages
     */
    UrlPull(RegistryClient client, BlobCache cache, HttpUrl url, String reference, Progress progress) {
        this.cache = cache;
        this.url = url;
        this.purpose = "Cannot get " + reference;
        this.key = "url-"
                + Digest.sha256(url.toString().getBytes(StandardCharsets.UTF_8)).hex();
        this.web = client.file(url, purpose, progress);
    }

    /** Makes sure that the newest version is in the cache. */
    Tarball pull() throws IOException {
        Optional<String[]> known = cache.recall(key).map(fact -> fact.split(" ", 3));
        if (known.isPresent()) {
            Content content = Content.parse(known.get()[0] + " " + known.get()[1]);
            if (cache.has(content.digest(), content.size()) && web.isUnchanged(known.get()[2])) {
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

    private Content download() throws IOException {
        Content content = cache.admit(key, file -> {
            Files.deleteIfExists(file); // Nobody can tell which version an older beginning belongs to.
            return into(file);
        });
        web.version().ifPresent(version -> cache.remember(key, content + " " + version));
        return content;
    }

    private Content into(Path file) throws IOException {
        return new Content(web.into(file), Files.size(file));
    }
}
