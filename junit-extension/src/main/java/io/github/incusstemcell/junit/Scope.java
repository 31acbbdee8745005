package io.github.incusstemcell.junit;

/** For how long a container lives. */
public enum Scope {

    /** Each test has a container of its own. */
    PER_TEST,

    /** All tests of a class share one container, which keeps what they do to it. */
    PER_CLASS,

    /**
     * All tests of a run (of one JVM) that ask for a container with the same settings share it, which keeps what they do to it: for tests
     * that only look.
     */
    PER_SUITE
}
