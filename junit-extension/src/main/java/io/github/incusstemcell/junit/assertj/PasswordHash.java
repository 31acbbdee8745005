package io.github.incusstemcell.junit.assertj;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the hash of a password was made: the prefixes of crypt(5). */
public enum PasswordHash {
    /** {@code $y$}, the default of Debian since 11 and of Ubuntu since 22.04. */
    YESCRYPT("$y$"),
    /** {@code $gy$}. */
    GOST_YESCRYPT("$gy$"),
    /** {@code $7$}. */
    SCRYPT("$7$"),
    /** {@code $2b$} and its forerunners. */
    BCRYPT("$2a$", "$2b$", "$2x$", "$2y$"),
    /** {@code $6$}. */
    SHA512CRYPT("$6$"),
    /** {@code $5$}. */
    SHA256CRYPT("$5$"),
    /** {@code $1$}, which is broken. */
    MD5CRYPT("$1$");

    private final List<String> prefixes;

    PasswordHash(String... prefixes) {
        this.prefixes = List.of(prefixes);
    }

    /** Of DES, which has no prefix; all others are longer. */
    private static final int SHORTEST = 13;

    /** Whether a field of shadow lets nobody in, since no password has it as its hash; an empty one lets in everybody. */
    static boolean isLocked(String field) {
        boolean isShort = field.length() < SHORTEST && !field.startsWith("$") && !field.startsWith("_");
        return field.startsWith("!") || field.startsWith("*") || !field.isEmpty() && isShort;
    }

    /** Whether a field of shadow has such a hash, locked by an exclamation mark before it or not. */
    boolean isOf(String password) {
        String hash = password.replaceFirst("^!+", "");
        return prefixes.stream().anyMatch(hash::startsWith);
    }

    /** How messages say it behind a password, of which they show nothing; nothing where there is no hash. */
    static String wordsOf(String password) {
        return Arrays.stream(values())
                .filter(hash -> hash.isOf(password))
                .map(hash -> " by " + hash)
                .findFirst()
                .orElse("");
    }

    /** {@return the name that crypt(5) has for it} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
