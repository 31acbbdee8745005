package io.github.incusstemcell.oci.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a registry wants of us, from {@code WWW-Authenticate} (RFC 9110, 11.6.1).
 *
 * @param scheme in lower case, for example {@code bearer} or {@code basic}
 * @param parameters by their names in lower case; none where the scheme comes with a token68, which nobody here can answer
 */
record Challenge(String scheme, Map<String, String> parameters) {

    boolean isBearer() {
        return scheme.equals("bearer") && parameters.containsKey("realm");
    }

    boolean isBasic() {
        return scheme.equals("basic");
    }

    /** {@return the first challenge that we can answer; a token is better than a password} */
    static Optional<Challenge> parse(List<String> headers) {
        List<Challenge> all = all(headers);
        return all.stream().filter(Challenge::isBearer).findFirst().or(() -> all.stream()
                .filter(Challenge::isBasic)
                .findFirst());
    }

    /** {@return every challenge, in this order: a header may hold several, and there may be several headers} */
    static List<Challenge> all(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        headers.forEach(header -> new Parser(header).addTo(challenges));
        return challenges;
    }

    /** Reads a header in one pass, as whoever is asked for an image decides what is in it. */
    private static final class Parser {

        private final String header;
        private int at;

        Parser(String header) {
            this.header = header;
        }

        /** A comma separates challenges as well as parameters: only a {@code =} after the name tells these. */
        void addTo(List<Challenge> challenges) {
            skipSpaces();
            Map<String, String> parameters = new LinkedHashMap<>(); // Those before the first scheme are nobody's.
            while (at < header.length()) {
                String name = token().toLowerCase(Locale.ROOT);
                boolean spaced = skipSpaces();
                if (isNext('=')) {
                    at++;
                    skipSpaces();
                    putNamed(parameters, name, value());
                } else if (!name.isEmpty() && (spaced || isAtEndOfElement())) {
                    parameters = new LinkedHashMap<>();
                    challenges.add(new Challenge(name, parameters));
                    if (spaced && !skipToken68()) {
                        continue; // Its first parameter comes next, with no comma before it.
                    }
                }
                skipElement();
            }
        }

        private static void putNamed(Map<String, String> parameters, String name, Optional<String> value) {
            if (!name.isEmpty() && value.isPresent()) {
                parameters.put(name, value.get());
            }
        }

        private String token() {
            int start = at;
            while (at < header.length() && isTokenCharacter(header.charAt(at))) {
                at++;
            }
            return header.substring(start, at);
        }

        /** A quoted string, or what some registries write without quotes, though it is no token; nothing where it does not end. */
        private Optional<String> value() {
            if (isNext('"')) {
                return quoted();
            }
            int start = at;
            while (at < header.length() && " \t,\"".indexOf(header.charAt(at)) < 0) {
                at++;
            }
            return Optional.of(header.substring(start, at));
        }

        private Optional<String> quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < header.length(); at++) {
                char c = header.charAt(at);
                if (c == '"') {
                    at++;
                    return Optional.of(value.toString());
                }
                if (c == '\\' && at + 1 < header.length()) {
                    c = header.charAt(++at);
                }
                value.append(c);
            }
            return Optional.empty();
        }

        /** Goes over a token68 where there is one: a word, perhaps with {@code =} at its end, that is all of its element. */
        private boolean skipToken68() {
            int start = at;
            while (at < header.length() && isToken68Character(header.charAt(at))) {
                at++;
            }
            while (isNext('=')) {
                at++;
            }
            skipSpaces();
            if (isAtEndOfElement()) {
                return true;
            }
            at = start;
            return false;
        }

        /** Goes to what comes after the next comma; what is malformed until there is left out. */
        private void skipElement() {
            while (!isAtEndOfElement()) {
                if (isNext('"')) {
                    quoted();
                } else {
                    at++;
                }
            }
            at++;
            skipSpaces();
        }

        private boolean isAtEndOfElement() {
            return at >= header.length() || isNext(',');
        }

        private boolean isNext(char c) {
            return at < header.length() && header.charAt(at) == c;
        }

        private boolean skipSpaces() {
            int start = at;
            while (isNext(' ') || isNext('\t')) {
                at++;
            }
            return at > start;
        }

        private static boolean isTokenCharacter(char c) {
            return isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }

        private static boolean isToken68Character(char c) {
            return isAlphanumeric(c) || "-._~+/".indexOf(c) >= 0;
        }

        private static boolean isAlphanumeric(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
        }
    }
}
