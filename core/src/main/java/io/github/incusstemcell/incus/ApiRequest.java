package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** One request to {@code /1.0/...}: what is asked, not yet of whom. */
final class ApiRequest {

    /** A daemon that says nothing for so long is taken for dead, except where it is asked to wait. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What the daemon does before it answers, such as making a file system, may take so long. */
    static final Duration LONG_WORK = Duration.ofMinutes(10);

    private static final MediaType JSON = MediaType.get("application/json");
    private static final RequestBody NOTHING = RequestBody.create(new byte[0]);

    private final String method;
    private final List<String> segments;
    private final Map<String, String> query = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable RequestBody body;
    private Duration readTimeout = PATIENCE;
    private boolean awaitsDaemon = true;

    private ApiRequest(String method, String... segments) {
        this.method = method;
        this.segments = List.of(segments);
    }

    static ApiRequest get(String... segments) {
        return new ApiRequest("GET", segments);
    }

    static ApiRequest put(String... segments) {
        return new ApiRequest("PUT", segments);
    }

    static ApiRequest patch(String... segments) {
        return new ApiRequest("PATCH", segments);
    }

    static ApiRequest delete(String... segments) {
        return new ApiRequest("DELETE", segments);
    }

    static ApiRequest post(String... segments) {
        return new ApiRequest("POST", segments);
    }

    ApiRequest query(String name, Object value) {
        query.put(name, value.toString());
        return this;
    }

    ApiRequest header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    ApiRequest json(JsonNode content) {
        return json(content.toString());
    }

    ApiRequest json(String content) {
        return body(RequestBody.create(content, JSON));
    }

    ApiRequest body(RequestBody content) {
        body = content;
        return this;
    }

    /** The daemon may take as long as it likes to answer. */
    ApiRequest patient() {
        readTimeout = Duration.ZERO;
        return this;
    }

    /** The daemon may take that long to answer. */
    ApiRequest patientFor(Duration time) {
        readTimeout = time;
        return this;
    }

    /** Where the daemon cannot be reached, it fails at once, instead of waiting for a daemon that restarts. */
    ApiRequest atOnce() {
        awaitsDaemon = false;
        return this;
    }

    boolean awaitsDaemon() {
        return awaitsDaemon;
    }

    boolean onlyReads() {
        return method.equals("GET");
    }

    /** {@return the request to that daemon, in the words of HTTP} */
    Request at(HttpUrl daemon) {
        HttpUrl.Builder url = daemon.newBuilder();
        segments.forEach(url::addPathSegment);
        query.forEach(url::addQueryParameter);
        RequestBody content = body == null && !onlyReads() ? NOTHING : body;
        Request.Builder builder = new Request.Builder().url(url.build()).method(method, content);
        headers.forEach(builder::header);
        return builder.build();
    }

    Duration readTimeout() {
        return readTimeout;
    }

    /** {@return the request as error messages name it: method, path, query} */
    @Override
    public String toString() {
        String shown = query.entrySet().stream()
                .filter(parameter -> !parameter.getKey().equals("secret"))
                .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                .collect(Collectors.joining("&"));
        return method + " /1.0"
                + segments.stream().map(segment -> "/" + segment).collect(Collectors.joining())
                + (shown.isEmpty() ? "" : "?" + shown);
    }
}
