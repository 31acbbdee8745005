package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request and what came of it.
 *
 * @param answer what was answered; empty where nobody did
 * @param trouble why nobody did; empty where somebody did
 */
record HttpExchange(Optional<HttpAnswer> answer, String trouble) {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    /** As much as is kept of what a command prints. */
    private static final int LONGEST = 16 << 20;

    static HttpExchange nobody(String trouble) {
        return new HttpExchange(Optional.empty(), trouble);
    }

    /** {@return in whole seconds, as alarm counts them} */
    static long seconds(Duration patience) {
        return patience.plusMillis(999).toSeconds();
    }

    static HttpExchange outside(HttpCall call, Duration patience) {
        URI url = call.url();
        // Not its own timeout, which ends with the headers: the body may stall, too.
        CompletableFuture<HttpResponse<byte[]>> asked = CLIENT.sendAsync(request(call), headers -> bounded(url));
        try {
            HttpResponse<byte[]> response = Waiting.on(asked, patience);
            Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
            String body = new String(response.body(), StandardCharsets.UTF_8);
            return new HttpExchange(Optional.of(new HttpAnswer(response.statusCode(), headers, body)), "");
        } catch (ExecutionException e) {
            return nobody(trouble(url, e.getCause()));
        } catch (TimeoutException e) {
            return nobody("no answer within " + seconds(patience) + " s");
        } catch (InterruptedException e) {
            throw Waiting.interrupted("asking " + url, e);
        } finally {
            asked.cancel(true);
        }
    }

    private static HttpRequest request(HttpCall call) {
        HttpRequest.BodyPublisher body = call.body().isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(call.body());
        HttpRequest.Builder request = HttpRequest.newBuilder(call.url()).method(call.method(), body);
        call.headers().forEach(request::setHeader);
        return request.build();
    }

    /** Who serves without an end shall not fill the memory of the test. */
    private static HttpResponse.BodySubscriber<byte[]> bounded(URI url) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        HttpResponse.BodySubscriber<Void> kept = HttpResponse.BodySubscribers.ofByteArrayConsumer(part -> {
            body.writeBytes(part.orElseGet(() -> new byte[0]));
            if (body.size() > LONGEST) {
                throw tooLong(url);
            }
        });
        return HttpResponse.BodySubscribers.mapping(kept, nothing -> body.toByteArray());
    }

    static AssertionError tooLong(URI url) {
        return AssertionErrors.of(
                "Asking " + url + ": the answer is longer than the " + LONGEST + " bytes that are read of one");
    }

    private static String trouble(URI url, @Nullable Throwable failure) {
        if (failure instanceof AssertionError tooLong) {
            throw tooLong;
        }
        if (!(failure instanceof IOException)) {
            throw new IncusStemcellException("Asking " + url + " failed: " + failure, failure);
        }
        if (failure instanceof ConnectException) {
            return "no connection could be made"; // the client says no more than that either
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
