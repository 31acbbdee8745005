package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import org.assertj.core.api.AssertProvider;
import org.assertj.core.api.Assertions;

/**
 * The entry to the assertions on stemcells, and, by inheritance, to all of AssertJ's own: one static import is enough, {@code import static
 * ...StemcellAssertions.assertThat} or {@code .*}. AssertJ's beside it does no harm, but for its {@code assertThat} beside a mere {@code .*}
 * of ours, which Java then does not look at.
 */
public final class StemcellAssertions extends Assertions {

    private StemcellAssertions() {}

    /**
     * Begins an assertion on a running stemcell.
     *
     * @param actual the stemcell; null fails every assertion
     * @return what can be asserted of it
     */
    @CheckReturnValue
    public static StemcellAssert assertThat(StemcellContainer actual) {
        return new StemcellAssert(actual);
    }

    /**
     * Leads from AssertJ's own {@code Assertions.assertThat} to the same assertions, for who has only that one imported:
     * {@code assertThat(that(stemcell)).unit("cron").isActive()}.
     *
     * <p>AssertJ would take the stemcell itself, if {@link StemcellContainer} knew AssertJ; it is for those, too, who have none.
     *
     * @param actual the stemcell; null fails every assertion
     * @return what AssertJ takes for it
     */
    @CheckReturnValue
    public static AssertProvider<StemcellAssert> that(StemcellContainer actual) {
        return () -> assertThat(actual);
    }
}
