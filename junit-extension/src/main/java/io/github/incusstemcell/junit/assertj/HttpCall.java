package io.github.incusstemcell.junit.assertj;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request of HTTP.
 *
 * @param headers those that are asked for beside the usual ones
 * @param body empty where there is none
 */
record HttpCall(URI url, String method, Map<String, String> headers, String body) {

    private static final int PORT = 80;
    private static final int TLS_PORT = 443;

    /** Of HTTP: a method, or the name of a header, RFC 9110. */
    static String token(String token) {
        if (!Arguments.text(token).matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
            throw new IllegalArgumentException("Not a method or the name of a header: '" + token + "'");
        }
        return token;
    }

    static HttpCall get(URI url) {
        return new HttpCall(url, "GET", Map.of(), "");
    }

    HttpCall method(String other) {
        return new HttpCall(url, other, headers, body);
    }

    HttpCall header(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new HttpCall(url, method, all, body);
    }

    HttpCall body(String text) {
        return new HttpCall(url, method, headers, text);
    }

    boolean isTls() {
        return url.getScheme().equals("https");
    }

    /** Without the brackets around an address of IPv6. */
    String host() {
        return url.getHost().replaceAll("[\\[\\]]", "");
    }

    int port() {
        return url.getPort() >= 0 ? url.getPort() : isTls() ? TLS_PORT : PORT;
    }

    /** As messages name it: what is no GET with its method. */
    String words() {
        return method.equals("GET") ? url.toString() : method + " " + url;
    }

    /** As it goes over a connection, RFC 9112. */
    String message() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Host", url.getRawAuthority());
        all.put("Connection", "close");
        all.put("Accept", "*/*");
        if (!body.isEmpty()) {
            all.put("Content-Length", String.valueOf(body.getBytes(StandardCharsets.UTF_8).length));
        }
        headers.forEach((name, value) -> {
            all.keySet().removeIf(name::equalsIgnoreCase);
            all.put(name, value);
        });
        StringBuilder message = new StringBuilder(method + " ")
                .append(url.getRawPath().isEmpty() ? "/" : url.getRawPath())
                .append(url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                .append(" HTTP/1.1\r\n");
        all.forEach((name, value) -> message.append(name + ": " + value + "\r\n"));
        return message + "\r\n" + body;
    }
}
