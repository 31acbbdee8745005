package io.github.incusstemcell.junit;

/** When a container is deleted at the end of its scope. */
public enum Cleanup {

    /** Always. */
    ALWAYS,

    /**
     * Only if nothing failed of what used it: a test, a class's {@code @BeforeAll} or {@code @AfterAll}, or a callback of another extension
     * there; otherwise it is kept, and the log says how to get a shell in it.
     */
    ON_SUCCESS,

    /** Never: the log says how to get a shell in it. */
    NEVER
}
