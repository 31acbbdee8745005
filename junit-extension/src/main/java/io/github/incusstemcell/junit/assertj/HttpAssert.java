package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiFunction;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on what a web server answers, redirects included, which are not followed. Each of them asks. Where nobody answers
 * within the time of the wait, but from 1 to 10 seconds, or not in HTTP, all of them fail but {@link #doesNotAnswer()}. {@link #satisfies}
 * is given the {@link HttpAnswer}. Where the test is to ask, but {@linkplain StemcellContainer#isRoutable() has no route} to the guest, the
 * guest asks itself, at its own address. An answer over TLS has to be of a server that one of the authorities vouches for which the guest trusts.
 */
public final class HttpAssert extends GuestObjectAssert<HttpAssert, HttpAnswer> {

    /** What asks, and how messages say from where. */
    private record Way(String from, BiFunction<HttpCall, Duration, HttpExchange> asking) {}

    private final HttpCall call;
    private final Way way;

    private HttpAssert(Subject subject, HttpCall call, Way way) {
        super(new Presence<>(
                subject,
                call.words() + way.from(),
                () -> way.asking().apply(call, subject.timing().patience()),
                HttpExchange::answer,
                HttpAnswer::words,
                nobody -> "nobody answers: " + nobody.trouble() + "\n  listening: "
                        + Listening.now(subject.stemcell(), GuestSocket.tcp(call.port()))
                                .wordsOrSurroundings()));
        this.call = call;
        this.way = way;
    }

    static HttpAssert inside(Subject subject, String text) {
        boolean hasScheme = Objects.requireNonNull(text, "url").matches("https?://.+");
        if (!hasScheme || URI.create(text).getHost() == null) {
            throw new IllegalArgumentException(
                    "Not an address of HTTP as http://localhost:8080/path or https://localhost/: '" + text + "'");
        }
        return new HttpAssert(subject, HttpCall.get(URI.create(text)), fromInside(subject, " inside"));
    }

    private static Way fromInside(Subject subject, String from) {
        return new Way(from, (call, patience) -> GuestHttp.ask(subject.stemcell(), call, patience));
    }

    static HttpAssert outside(Subject subject, int port, String path) {
        Arguments.port(port);
        if (!Objects.requireNonNull(path, "path").startsWith("/")) {
            throw new IllegalArgumentException("Not an absolute path as /health: '" + path + "'");
        }
        StemcellContainer stemcell = subject.stemcell();
        URI url = URI.create("http://" + stemcell.address().getHostAddress() + ":" + port + path);
        Way way = stemcell.isRoutable()
                ? new Way(" from the test", HttpExchange::outside)
                : fromInside(subject, " inside, since the test has no route to it");
        return new HttpAssert(subject, HttpCall.get(url), way);
    }

    /**
     * Asks by another method than GET.
     *
     * @param method the method, as {@code POST}
     * @return assertions on the answer to that
     */
    @CheckReturnValue
    public HttpAssert withMethod(String method) {
        return new HttpAssert(subject, call.method(HttpCall.token(method)), way);
    }

    /**
     * Asks with a header.
     *
     * @param header its name
     * @param value its value, in one line
     * @return assertions on the answer to that
     */
    @CheckReturnValue
    public HttpAssert withHeader(String header, String value) {
        if (Objects.requireNonNull(value, "value").matches("(?s).*[\\r\\n\\00].*")) {
            throw new IllegalArgumentException("Not the value of a header in one line: '" + value + "'");
        }
        return new HttpAssert(subject, call.header(HttpCall.token(header), value), way);
    }

    /**
     * Asks with a body, for which a method besides GET is fit.
     *
     * @param text the body, sent as UTF-8; not empty
     * @return assertions on the answer to that
     */
    @CheckReturnValue
    public HttpAssert withBody(String text) {
        return new HttpAssert(subject, call.body(Arguments.text(text)), way);
    }

    /** Headers have dates and the like. */
    @Override
    Object comparable(HttpAnswer answer) {
        return List.of(answer.status(), answer.body());
    }

    /**
     * Verifies that somebody answers, whatever.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "python3", "-m", "http.server", "8080", "--directory", "/etc/ssh");
     * assertThat(stemcell).within(ofSeconds(30)).http("http://localhost:8080/").answers(); // passes
     * assertThat(stemcell).http("http://localhost:4711/").answers(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public HttpAssert answers() {
        return that("answer", answer -> true);
    }

    /**
     * Verifies that nobody accepts a connection, or answers in HTTP.
     *
     * <pre>{@code
     * assertThat(stemcell).http("http://localhost:4711/").doesNotAnswer(); // passes
     * stemcell.exec("systemd-run", "python3", "-m", "http.server", "8080", "--directory", "/etc/ssh");
     * assertThat(stemcell).within(ofSeconds(30)).http("http://localhost:8080/").answers();
     * assertThat(stemcell).http("http://localhost:8080/").doesNotAnswer(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public HttpAssert doesNotAnswer() {
        return isAbsent("not answer");
    }

    /**
     * Verifies that the answer has this status.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "python3", "-m", "http.server", "8080", "--directory", "/etc/ssh");
     * assertThat(stemcell).within(ofSeconds(30)).http("http://localhost:8080/").hasStatus(200); // passes
     * assertThat(stemcell).http("http://localhost:8080/").hasStatus(404); // fails
     * }</pre>
     *
     * @param status its number, as 200
     * @return this assertion object
     */
    public HttpAssert hasStatus(int status) {
        Arguments.number("the status of an answer", status, 200, 599);
        return that("answer with status " + status, answer -> answer.status() == status);
    }

    /**
     * Verifies that the answer has a header with this value.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "python3", "-m", "http.server", "8080", "--directory", "/etc/ssh");
     * assertThat(stemcell).within(ofSeconds(30)).http("http://localhost:8080/").hasHeader("Content-Type", "text/html; charset=utf-8"); // passes
     * assertThat(stemcell).http("http://localhost:8080/").hasHeader("Content-Type", "text/plain"); // fails
     * }</pre>
     *
     * @param name its name, in whatever letters
     * @param value one of its values
     * @return this assertion object
     */
    public HttpAssert hasHeader(String name, String value) {
        Arguments.text(name);
        Objects.requireNonNull(value, "value");
        return that("answer with the header " + name + ": " + value, answer -> answer.headers()
                .getOrDefault(name.toLowerCase(Locale.ROOT), List.of())
                .contains(value));
    }

    /**
     * Verifies that a text is in the body of the answer.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "python3", "-m", "http.server", "8080", "--directory", "/etc/ssh");
     * assertThat(stemcell).within(ofSeconds(30)).http("http://localhost:8080/").hasBodyContaining("sshd_config"); // passes
     * assertThat(stemcell).http("http://localhost:8080/").hasBodyContaining("no-such-file"); // fails
     * }</pre>
     *
     * @param text what is somewhere in it, as UTF-8; not empty, because everything contains that
     * @return this assertion object
     */
    public HttpAssert hasBodyContaining(String text) {
        Arguments.text(text);
        return that("answer with a body that contains \"" + text + "\"", answer -> answer.body()
                .contains(text));
    }

    /**
     * Goes on with the body in plain AssertJ.
     *
     * @return assertions on it, as UTF-8
     */
    public AbstractStringAssert<?> body() {
        return subject.string(() -> presence.holds("answer", any -> true), HttpAnswer::body, "body of " + call.words());
    }
}
