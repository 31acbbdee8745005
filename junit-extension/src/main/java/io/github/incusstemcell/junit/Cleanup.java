package io.github.incusstemcell.junit;

/** When a container is deleted at the end of its scope. */
public enum Cleanup {

    /** Always. */
    ALWAYS,

    /** Only if nothing failed; otherwise it is kept, and the log says how to get a shell in it. */
    ON_SUCCESS,

    /** Never: the log says how to get a shell in it. */
    NEVER
}
