package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A connection as seen from one project. */
record Api(Connection connection, String project) {

    /** {@return the name of a thing in its URL of the API, such as {@code /1.0/profiles/default?project=p}} */
    static String nameIn(JsonNode url) {
        String path = URI.create(url.asText()).getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** {@return the metadata of an answer that needs no waiting} */
    JsonNode ask(ApiRequest request) {
        return connection.ask(in(request)).metadata();
    }

    Answer answer(ApiRequest request) {
        return connection.ask(in(request));
    }

    /** Sends the request and waits until the operation that it began has ended well. */
    JsonNode run(ApiRequest request) {
        Answer answer = answer(request);
        if (answer.operation().isEmpty()) {
            return answer.metadata();
        }
        return new Operations(this)
                .await(request, OperationAnswer.of(answer.metadata()).id())
                .metadata();
    }

    /**
     * Does the same for something that is created: an interrupt that comes meanwhile is heard when it is known what there is, with success, or
     * after half a minute; one that came before, at once.
     */
    JsonNode create(ApiRequest request, Consumer<String> begun) {
        if (Thread.currentThread().isInterrupted()) {
            throw new IncusInterruptedException(request.toString(), new InterruptedException("before it was sent"));
        }
        CompletableFuture<JsonNode> end = askLater(request)
                .thenCompose(answer -> answer.operation().isEmpty()
                        ? CompletableFuture.completedFuture(answer.metadata())
                        : endLater(
                                request, OperationAnswer.of(answer.metadata()).id(), begun));
        return connection.awaitSettled(request, end);
    }

    private CompletableFuture<JsonNode> endLater(ApiRequest request, String operation, Consumer<String> begun) {
        begun.accept(operation);
        return new Operations(this).workLater(request, operation).thenApply(ended -> ended.requireSuccess(request)
                .metadata());
    }

    /** Does the same and tells how far the operation is, in percent, as far as the daemon does. */
    JsonNode run(ApiRequest request, Progress progress) {
        try (OperationProgress listener = OperationProgress.listen(this, progress)) {
            Answer answer = answer(request);
            String id = OperationAnswer.of(answer.metadata()).id();
            listener.about(id);
            return new Operations(this).await(request, id).metadata();
        }
    }

    InputStream content(ApiRequest request) {
        return connection.content(in(request));
    }

    String text(ApiRequest request) {
        try (InputStream content = content(request)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw connection.failure(request.toString(), e);
        }
    }

    CompletableFuture<RawStream> upgradeLater(ApiRequest request, String protocol) {
        return connection.upgradeLater(in(request), protocol);
    }

    CompletableFuture<WebSocket> webSocketLater(ApiRequest request) {
        return WebSocket.open(connection, in(request));
    }

    CompletableFuture<Answer> askLater(ApiRequest request) {
        return connection.askLater(in(request));
    }

    private ApiRequest in(ApiRequest request) {
        return request.query("project", project);
    }
}
