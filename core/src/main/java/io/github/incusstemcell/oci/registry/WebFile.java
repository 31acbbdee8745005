package io.github.incusstemcell.oci.registry;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.RegistryAuthenticationException;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** A file on a web server, whose versions {@code ETag} and {@code Last-Modified} tell apart. */
public final class WebFile implements Download.Origin {

    private final Http http;
    private final HttpUrl url;
    private final String purpose;
    private final Progress progress;
    private @Nullable String validator;

    WebFile(Http http, HttpUrl url, String purpose, Progress progress) {
        this.http = http;
        this.url = url;
        this.purpose = purpose;
        this.progress = progress;
    }

    /** {@return whether that version is there still} */
    public boolean isUnchanged(String knownValidator) {
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

    /**
     * Gets it.
     *
     * @param file completed; it must be the beginning of the version that is there, or not be there
     * @return the sha256 of all of it
     */
    public Digest into(Path file) throws IOException {
        validator = null;
        Download download = new Download(
                http,
                this,
                purpose,
                url.toString(),
                -1,
                "sha256",
                OutputStream.nullOutputStream(),
                "Getting " + url,
                progress);
        download.start(file);
        return download.complete(file);
    }

    /** {@return what tells the version that was got from others, where the server says that} */
    public Optional<String> version() {
        return Optional.ofNullable(validator);
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
