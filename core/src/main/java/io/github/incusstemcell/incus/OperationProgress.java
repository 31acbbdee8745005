package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.Json;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from the daemon's events, {@code GET /1.0/events?type=operation}, how far an operation is. It listens before the
 * request that begins the operation is sent, so that nothing is missed; until then nobody knows which one it will be.
 */
final class OperationProgress implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(OperationProgress.class);

    private static final Pattern FILE_AND_PERCENT = Pattern.compile("^(\\w+): (\\d+)%");

    private final Progress progress;
    private final CompletableFuture<WebSocket> events;
    private final Map<String, JsonNode> before = new HashMap<>();
    private @Nullable String operation;
    private volatile boolean closed;

    private OperationProgress(Progress progress, CompletableFuture<WebSocket> events) {
        this.progress = progress;
        this.events = events;
    }

    static OperationProgress listen(Api api, Progress progress) {
        ApiRequest request = ApiRequest.get("events").query("type", "operation");
        OperationProgress listener = new OperationProgress(progress, api.webSocketLater(request));
        WebSocket socket = api.connection().await(request, listener.events);
        api.connection().run(() -> listener.receive(socket));
        return listener;
    }

    private void receive(WebSocket socket) {
        try {
            while (!closed) {
                hear(Json.read(socket.readText()).path("metadata"));
            }
        } catch (IOException e) {
            if (!closed) {
                LOG.debug("No more events from the daemon", e);
            }
        }
    }

    private synchronized void hear(JsonNode event) {
        String id = event.path("id").asText();
        if (operation == null) {
            before.put(id, event);
        } else if (operation.equals(id)) {
            report(event);
        }
    }

    /** Tells which operation it is about. */
    synchronized void about(String id) {
        operation = id;
        if (before.containsKey(id)) {
            report(before.get(id));
        }
        before.clear();
    }

    /** Of a download the daemon tells in words only, as {@code rootfs: 42% (12.34MB/s)}, of one file after the other. */
    private void report(JsonNode event) {
        String what = event.path("description").asText();
        JsonNode metadata = event.path("metadata");
        JsonNode percent = metadata.path("progress").path("percent");
        Matcher words =
                FILE_AND_PERCENT.matcher(metadata.path("download_progress").asText());
        if (!percent.isMissingNode()) {
            progress.report(what, percent.asLong(), 100);
        } else if (words.find()) {
            progress.report(what + " (" + words.group(1) + ")", Long.parseLong(words.group(2)), 100);
        }
    }

    @Override
    public void close() {
        closed = true;
        events.thenAccept(WebSocket::close);
    }
}
