package io.github.incusstemcell.junit.assertj;

import org.assertj.core.api.SoftAssertions;

/**
 * Soft assertions that take stemcells, and everything that AssertJ's own take; all failures are told at the end, by {@link #assertAll()}.
 * With AssertJ's {@code SoftAssertionsExtension} a field or a parameter of this type needs no such call.
 */
public class StemcellSoftAssertions extends SoftAssertions implements StemcellSoftAssertionsProvider {

    /** Soft assertions without a failure yet. */
    public StemcellSoftAssertions() {}
}
