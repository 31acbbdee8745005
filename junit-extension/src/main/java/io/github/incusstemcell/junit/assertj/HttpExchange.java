package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
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

/**
 * One GET and what came of it.
 *
 * @param answer what was answered; empty where nobody did
 * @param trouble why nobody did; empty where somebody did
 */
record HttpExchange(Optional<HttpAnswer> answer, String trouble) {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    /**
     * Sends its input over TCP and prints what comes back; ends with 3 where nobody accepts or answers in time. Perl is in every Debian
     * and Ubuntu (perl-base is essential); curl is not.
     */
    private static final String TCP = """
            use Socket qw(getaddrinfo SOCK_STREAM);
            $| = 1;
            $SIG{ALRM} = sub { print STDERR "no answer within $ARGV[2] s"; exit 3 };
            my ($error, @found) = getaddrinfo($ARGV[0], $ARGV[1], {socktype => SOCK_STREAM});
            die "$error\\n" if $error;
            alarm $ARGV[2];
            my ($socket, $why);
            for (@found) {
                socket($socket, $_->{family}, $_->{socktype}, $_->{protocol}) or die "$!\\n";
                if (connect($socket, $_->{addr})) { $why = ""; last }
                $why = "$!";
            }
            if ($why) { print STDERR $why; exit 3 }
            my $request = do { local $/; <STDIN> };
            syswrite($socket, $request) == length $request or die "$!\\n";
            print $part while sysread $socket, $part, 65536;
            """;

    private static final int NOBODY = 3;

    /** As much as is kept of what a command prints. */
    private static final int LONGEST = 16 << 20;

    static HttpExchange inside(StemcellContainer stemcell, URI url, Duration patience) {
        int port = url.getPort() < 0 ? 80 : url.getPort();
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String request = "GET " + path + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                + " HTTP/1.1\r\nHost: " + url.getRawAuthority() + "\r\nConnection: close\r\nAccept: */*\r\n\r\n";
        String host = url.getHost().replaceAll("[\\[\\]]", "");
        ExecResult result = stemcell.exec(
                Command.of("perl", "-e", TCP, "--", host, String.valueOf(port), String.valueOf(seconds(patience)))
                        .environment("LC_ALL", "C")
                        .stdin(request));
        if (result.exitCode() == NOBODY) {
            return new HttpExchange(Optional.empty(), result.stderr().strip());
        }
        if (!result.isSuccess()) {
            throw AssertionErrors.of("Asking " + url + " on " + stemcell.name() + " by perl ended with exit code "
                    + result.exitCode() + "\n  stderr: " + result.stderr().strip());
        }
        if (result.isTruncated()) {
            throw tooLong(url);
        }
        try {
            return new HttpExchange(Optional.of(HttpAnswer.of(result.stdoutBytes())), "");
        } catch (HttpAnswer.NotHttp e) {
            return new HttpExchange(Optional.empty(), e.getMessage());
        }
    }

    /** {@return in whole seconds, as alarm counts them} */
    private static long seconds(Duration patience) {
        return patience.plusMillis(999).toSeconds();
    }

    static HttpExchange outside(URI url, Duration patience) {
        // Not its own timeout, which ends with the headers: the body may stall, too.
        CompletableFuture<HttpResponse<byte[]>> asked =
                CLIENT.sendAsync(HttpRequest.newBuilder(url).build(), headers -> bounded(url));
        try {
            HttpResponse<byte[]> response = Waiting.on(asked, patience);
            Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
            String body = new String(response.body(), StandardCharsets.UTF_8);
            return new HttpExchange(Optional.of(new HttpAnswer(response.statusCode(), headers, body)), "");
        } catch (ExecutionException e) {
            return new HttpExchange(Optional.empty(), trouble(url, e.getCause()));
        } catch (TimeoutException e) {
            return new HttpExchange(Optional.empty(), "no answer within " + seconds(patience) + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IncusStemcellException("Interrupted while asking " + url, e);
        } finally {
            asked.cancel(true);
        }
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

    private static AssertionError tooLong(URI url) {
        return AssertionErrors.of(
                "Asking " + url + ": the answer is longer than the " + LONGEST + " bytes that are read of one");
    }

    private static String trouble(URI url, Throwable failure) {
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
