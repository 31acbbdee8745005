package io.github.incusstemcell.junit.assertj;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a web server answered.
 *
 * @param status the number of its status
 * @param headers by their names in small letters, each with all its values
 * @param body what came behind them, as UTF-8
 */
public record HttpAnswer(int status, Map<String, List<String>> headers, String body) {

    private static final int SHOWN = 500;
    private static final int OK = 200;
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 304);
    /** RFC 9112, 2.2: a line may end without the carriage return. */
    private static final Pattern END_OF_HEADERS = Pattern.compile("\r?\n\r?\n");

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] \\d{3}\\b");

    /** Keeps the headers as they are. */
    public HttpAnswer {
        headers = Map.copyOf(headers);
    }

    /** Thrown where what was answered is no HTTP. */
    static final class NotHttp extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotHttp(String said) {
            super("what answers does not speak HTTP: " + said);
        }
    }

    /**
     * Reads what came over a connection, RFC 9112.
     *
     * @param method of the request
     * @param closed whether the connection ended behind it; if not, the answer has to say itself where it ends
     */
    static HttpAnswer of(byte[] message, String method, boolean closed) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        int start = 0;
        MatchResult end = endOfHeaders(text, start);
        while (status(text, start) < OK) {
            start = end.end(); // An interim answer, as 103, was before the next one.
            end = endOfHeaders(text, start);
        }
        byte[] rest = Arrays.copyOfRange(message, end.end(), message.length);
        Map<String, List<String>> headers = new TreeMap<>();
        FileContent.lines(text.substring(start, end.start())).stream().skip(1).forEach(line -> {
            String[] field = line.split(":", 2);
            headers.merge(
                    field[0].strip().toLowerCase(Locale.ROOT),
                    List.of(field.length > 1 ? field[1].strip() : ""),
                    HttpAnswer::both);
        });
        int status = status(text, start);
        byte[] body =
                method.equals("HEAD") || WITHOUT_BODY.contains(status) ? new byte[0] : body(rest, headers, closed);
        return new HttpAnswer(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    /** In chunks, of a length, or up to the end of the connection. */
    private static byte[] body(byte[] rest, Map<String, List<String>> headers, boolean closed) {
        boolean chunked = headers.getOrDefault("transfer-encoding", List.of()).stream()
                .anyMatch(coding -> coding.toLowerCase(Locale.ROOT).endsWith("chunked"));
        if (chunked) {
            return unchunked(rest);
        }
        String length = headers.getOrDefault("content-length", List.of("")).get(0);
        if (!length.matches("\\d{1,9}")) {
            if (!closed) {
                throw new NotHttp("a body that goes on");
            }
            return rest;
        }
        if (rest.length < Integer.parseInt(length)) {
            throw new NotHttp("a body that breaks off after " + rest.length + " of " + length + " bytes");
        }
        return Arrays.copyOf(rest, Integer.parseInt(length));
    }

    private static MatchResult endOfHeaders(String text, int start) {
        Matcher end = END_OF_HEADERS.matcher(text);
        Matcher status = STATUS.matcher(text).region(start, text.length());
        if (!end.find(start) || !status.lookingAt()) {
            throw new NotHttp(start == text.length() ? "it closed the connection" : shortened(text.substring(start)));
        }
        return end;
    }

    private static int status(String text, int start) {
        return Integer.parseInt(text.substring(start + 9, start + 12));
    }

    private static List<String> both(List<String> one, List<String> other) {
        return java.util.stream.Stream.concat(one.stream(), other.stream()).toList();
    }

    private static byte[] unchunked(byte[] chunks) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String text = new String(chunks, StandardCharsets.ISO_8859_1);
        int start = 0;
        while (true) {
            int line = text.indexOf('\n', start);
            if (line < 0) {
                throw new NotHttp("a body in chunks that breaks off");
            }
            String size = text.substring(start, line).replaceFirst(";.*", "").strip();
            if (!size.matches("\\p{XDigit}{1,7}")) {
                throw new NotHttp("a body in chunks of size '" + size + "'");
            }
            int length = Integer.parseInt(size, 16);
            if (length == 0) {
                return body.toByteArray();
            }
            if (line + 1 + length > chunks.length) {
                throw new NotHttp("a body in chunks that breaks off");
            }
            body.write(chunks, line + 1, length);
            int end = line + 1 + length;
            start = end + (text.startsWith("\r\n", end) ? 2 : 1);
        }
    }

    String words() {
        return "status " + status + ", body: " + (body.isEmpty() ? "empty" : shortened(body));
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text.strip() : text.substring(0, SHOWN) + "...";
    }
}
