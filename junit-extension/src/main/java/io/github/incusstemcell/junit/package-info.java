/**
 * The JUnit extension: {@link io.github.incusstemcell.junit.IncusStemcell} on a test class gives each of its tests a
 * freshly booted stemcell.
 */
@NullMarked
package io.github.incusstemcell.junit;

import org.jspecify.annotations.NullMarked;
