package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;

/** The entry to the assertions on stemcells; meant for a static import beside AssertJ's own. */
public final class StemcellAssertions {

    private StemcellAssertions() {}

    /**
     * Begins an assertion on a running stemcell.
     *
     * @param actual the stemcell; null fails every assertion
     * @return what can be asserted of it
     */
    public static StemcellAssert assertThat(StemcellContainer actual) {
        return new StemcellAssert(actual);
    }
}
