package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import org.assertj.core.api.SoftAssertionsProvider;

/**
 * Adds stemcells to soft assertions of your own: {@code class MySoftAssertions extends SoftAssertions implements
 * StemcellSoftAssertionsProvider {}}. Where you need no others, take {@link StemcellSoftAssertions}.
 *
 * <p>Whatever is reached from it collects its failures, plain AssertJ behind {@code .stdout()} or {@code .content()} included. What cannot
 * be read is no failure of an assertion, and ends the test at once.
 */
public interface StemcellSoftAssertionsProvider extends SoftAssertionsProvider {

    /**
     * Begins an assertion on a running stemcell, which collects failures.
     *
     * @param actual the stemcell
     * @return what can be asserted of it
     */
    default StemcellAssert assertThat(StemcellContainer actual) {
        return proxy(StemcellAssert.class, StemcellContainer.class, actual).softly(this);
    }
}
