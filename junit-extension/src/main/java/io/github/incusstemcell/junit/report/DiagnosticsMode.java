package io.github.incusstemcell.junit.report;

/** For which tests it is found out how their containers were at the end. */
public enum DiagnosticsMode {

    /** For those that fail. */
    ON_FAILURE,

    /** For all. */
    ALWAYS,

    /** For none, and nothing is written at all. */
    NEVER
}
