package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is created, changed and deleted in a project, as the daemon tells it at that moment, {@code GET /1.0/events?type=lifecycle}. In a
 * cluster it tells of what all members do.
 */
public final class LifecycleEvents implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LifecycleEvents.class);

    private final CompletableFuture<WebSocket> socket;
    private final BiConsumer<String, String> listener;
    private volatile boolean open = true;

    private LifecycleEvents(CompletableFuture<WebSocket> socket, BiConsumer<String, String> listener) {
        this.socket = socket;
        this.listener = listener;
    }

    /** Returns when the daemon has begun to tell, so that nothing that comes later is missed. */
    static LifecycleEvents listen(Api api, BiConsumer<String, String> listener) {
        ApiRequest request = ApiRequest.get("events").query("type", "lifecycle");
        LifecycleEvents events = new LifecycleEvents(api.webSocketLater(request), listener);
        WebSocket opened = api.connection().await(request, events.socket);
        api.connection().run(() -> events.receive(opened));
        return events;
    }

    private void receive(WebSocket opened) {
        try {
            while (open) {
                JsonNode event = Json.read(opened.readText()).path("metadata");
                listener.accept(event.path("action").asText(), Api.nameIn(event.path("source")));
            }
        } catch (IOException e) {
            LOG.debug("No more events from the daemon", e);
        } finally {
            close();
        }
    }

    /** {@return whether the daemon still tells} */
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        socket.thenAccept(WebSocket::close);
    }
}
