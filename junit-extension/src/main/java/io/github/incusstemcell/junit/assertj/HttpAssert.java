package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.AbstractStringAssert;

/**
 * Assertions on what a web server answers to a GET, redirects included, which are not followed. Each of them asks. Where nobody answers
 * within the time of the wait, but from 1 to 10 seconds, or not in HTTP, all of them fail but {@link #doesNotAnswer()}. {@link #satisfies}
 * is given the {@link HttpAnswer}. Where the test is to ask, but {@linkplain StemcellContainer#isRoutable() has no route} to the guest, the
 * guest asks itself, at its own address.
 */
public final class HttpAssert extends GuestAssert<HttpAssert, HttpAnswer> {

    private final URI url;
    private final Presence<HttpExchange, HttpAnswer> presence;

    private HttpAssert(Subject subject, URI url, String from, Supplier<HttpExchange> exchange) {
        super(subject);
        this.url = url;
        this.presence = new Presence<>(
                subject,
                url + from,
                exchange,
                HttpExchange::answer,
                HttpAnswer::words,
                nobody -> "nobody answers: " + nobody.trouble() + "\n  listening: "
                        + Listening.now(subject.stemcell(), GuestSocket.tcp(port(url)))
                                .wordsOrSurroundings());
    }

    static HttpAssert inside(Subject subject, String text) {
        URI url = URI.create(Objects.requireNonNull(text, "url"));
        if (!"http".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "Not an address of HTTP as http://localhost:8080/path: '" + text + "'; of TLS ask by a command");
        }
        return inside(subject, url, " inside");
    }

    private static HttpAssert inside(Subject subject, URI url, String from) {
        return new HttpAssert(
                subject,
                url,
                from,
                () -> HttpExchange.inside(
                        subject.stemcell(), url, subject.timing().patience()));
    }

    static HttpAssert outside(Subject subject, int port, String path) {
        Arguments.port(port);
        if (!Objects.requireNonNull(path, "path").startsWith("/")) {
            throw new IllegalArgumentException("Not an absolute path as /health: '" + path + "'");
        }
        StemcellContainer stemcell = subject.stemcell();
        URI url = URI.create("http://" + stemcell.address().getHostAddress() + ":" + port + path);
        if (!stemcell.isRoutable()) {
            return inside(subject, url, " inside, since the test has no route to it");
        }
        return new HttpAssert(
                subject,
                url,
                " from the test",
                () -> HttpExchange.outside(url, subject.timing().patience()));
    }

    private static int port(URI url) {
        return url.getPort() < 0 ? 80 : url.getPort();
    }

    @Override
    HttpAssert that(String wanted, Predicate<HttpAnswer> holds) {
        presence.holds(wanted, holds);
        return this;
    }

    /** Headers have dates and the like. */
    @Override
    Object comparable(HttpAnswer answer) {
        return List.of(answer.status(), answer.body());
    }

    /** {@return this, where somebody answers, whatever} */
    public HttpAssert answers() {
        return that("answer", answer -> true);
    }

    /** {@return this, where nobody accepts a connection, or answers in HTTP} */
    public HttpAssert doesNotAnswer() {
        presence.isAbsent("not answer");
        return this;
    }

    /**
     * Verifies the status.
     *
     * @param status its number, as 200
     * @return this
     */
    public HttpAssert hasStatus(int status) {
        Arguments.number("the status of an answer", status, 200, 599);
        return that("answer with status " + status, answer -> answer.status() == status);
    }

    /**
     * Verifies a header.
     *
     * @param name its name, in whatever letters; not null
     * @param value one of its values; not null
     * @return this
     */
    public HttpAssert hasHeader(String name, String value) {
        Arguments.text(name);
        Objects.requireNonNull(value, "value");
        return that("answer with the header " + name + ": " + value, answer -> answer.headers()
                .getOrDefault(name.toLowerCase(Locale.ROOT), List.of())
                .contains(value));
    }

    /**
     * Verifies the body.
     *
     * @param text what is somewhere in it, as UTF-8; not empty, because everything contains that
     * @return this
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
        return subject.string(() -> presence.holds("answer", any -> true), HttpAnswer::body, "body of " + url);
    }
}
