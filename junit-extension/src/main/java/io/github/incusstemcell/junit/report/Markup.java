package io.github.incusstemcell.junit.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes HTML. What comes from outside gets in by {@link #text} and {@link #escaped} only, so that it stays text. */
final class Markup {

    private final StringBuilder html = new StringBuilder();

    Markup raw(String markup) {
        html.append(markup);
        return this;
    }

    Markup text(String text) {
        html.append(escaped(text));
        return this;
    }

    /** An element with a text in it. */
    Markup element(String opening, String text) {
        String name = opening.split(" ", 2)[0];
        return raw("<" + opening + ">").text(text).raw("</" + name + ">");
    }

    static String escaped(String text) {
        return ReportText.plain(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** A path below that of the page, as a link in it. */
    static String link(Path page, Path file) {
        String path = page.relativize(file).toString().replace('\\', '/');
        return Arrays.stream(path.split("/"))
                .map(part ->
                        java.net.URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    /** A page with a title; the policy in its head has a browser refuse scripts and whatever is not a file beside it. */
    static String page(String title, Markup body) {
        return new Markup()
                .raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';")
                .raw(" style-src 'unsafe-inline'; img-src 'self' file:\">\n")
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
                .element("title", title)
                .raw("\n<style>\n" + style() + "</style>\n</head>\n<body>\n")
                .raw(body.toString())
                .raw("</body>\n</html>\n")
                .toString();
    }

    private static String style() {
        try (InputStream style = Markup.class.getResourceAsStream("page.css")) {
            return new String(style.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("page.css cannot be read from the jar", e);
        }
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
