/** What all packages share: the root of the exceptions. */
@NullMarked
package io.github.incusstemcell;

import org.jspecify.annotations.NullMarked;
