package io.github.incusstemcell.oci;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry wants of us, from {@code WWW-Authenticate} (RFC 9110, 11.6.1).
 *
 * @param scheme in lower case: {@code bearer} or {@code basic}
 * @param parameters by their names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

    private static final Pattern SCHEME =
            Pattern.compile("\\s*,?\\s*([A-Za-z][A-Za-z0-9-]*)(?=\\s+[A-Za-z]|\\s*,|\\s*$)\\s*");
    private static final Pattern PARAMETER =
            Pattern.compile("\\s*,?\\s*([A-Za-z_]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,\"]+))");

    boolean isBearer() {
        return scheme.equals("bearer");
    }

    /** {@return the first challenge that we can answer; a token is better than a password} */
    static Optional<Challenge> parse(List<String> headers) {
        Optional<Challenge> basic = Optional.empty();
        for (String header : headers) {
            Matcher matcher = SCHEME.matcher(header);
            int position = 0;
            while (position < header.length() && matcher.find(position) && matcher.start() == position) {
                String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
                Map<String, String> parameters = new LinkedHashMap<>();
                position = parameters(header, matcher.end(), parameters);
                Challenge challenge = new Challenge(scheme, parameters);
                if (challenge.isBearer() && parameters.containsKey("realm")) {
                    return Optional.of(challenge);
                }
                if (scheme.equals("basic") && basic.isEmpty()) {
                    basic = Optional.of(challenge);
                }
            }
        }
        return basic;
    }

    private static int parameters(String header, int start, Map<String, String> parameters) {
        Matcher matcher = PARAMETER.matcher(header);
        int position = start;
        while (matcher.find(position) && matcher.start() == position) {
            String value = matcher.group(2) == null
                    ? matcher.group(3)
                    : matcher.group(2).replaceAll("\\\\(.)", "$1");
            parameters.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
            position = matcher.end();
        }
        return position;
    }
}
