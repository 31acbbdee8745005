/**
 * AssertJ assertions that know systemd: {@link io.github.incusstemcell.junit.assertj.StemcellAssertions#assertThat} leads to
 * all of them.
 *
 * <p>An absent subject fails every assertion, negated ones included, except those that ask for its absence; and what cannot
 * be read fails, too.
 */
@NullMarked
package io.github.incusstemcell.junit.assertj;

import org.jspecify.annotations.NullMarked;
