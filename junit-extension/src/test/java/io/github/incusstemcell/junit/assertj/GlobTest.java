package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "syslog, syslog",
        "*, syslog",
        "sys*, sys",
        "*.log, a.b.log",
        "a*b*c, a-b-b-c",
        "?og, log",
        "?, \uD83D\uDE00",
        "[a-c]x, bx",
        "[a-c]x, ax",
        "[a-c]x, cx",
        "[!a-c]x, dx",
        "[^a]x, bx",
        "[]a], ]",
        "[!]a], b",
        "[a-], -",
        "[&^], ^",
        "[, [",
        "[!], [!]",
        "a.c, a.c",
        "[[:digit:]]x, 7x",
        "[![:digit:]], x",
        "[_[:upper:]a-c], B",
        "[_[:upper:]a-c], b",
        "[[:alpha:]], \u00e9",
        "[[:xdigit:]]*, f0",
        "a\\*b, a*b",
        "\\?\\[x], ?[x]",
        "*\\\\, a\\",
        "[?*\\]x, \\x",
        "a\\, a\\"
    })
    void means(String pattern, String name) {
        assertThat(Glob.matches(pattern, name)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "syslog, syslog.1",
        "*.log, log",
        "a*b*c, a-c",
        "?, ab",
        "[a-c], d",
        "[c-a], b",
        "[!a-c], b",
        "[]a], b",
        "[!]a], ]",
        "a.c, abc",
        "*[, a",
        "[[:digit:]], d",
        "[![:digit:]], 7",
        "[_[:upper:]a-c], d",
        "a\\*b, aXb",
        "a\\*b, a\\Xb",
        "\\?, x",
        "a\\b, a\\b"
    })
    void doesNotMean(String pattern, String name) {
        assertThat(Glob.matches(pattern, name)).isFalse();
    }

    @Test
    void isOverSoonWhateverTheStars() {
        assertThat(Glob.matches("a*".repeat(200) + "b", "a".repeat(2_000))).isFalse();
    }
}
