/** What all packages are made of, and no user is to see, though Java calls it public. */
@NullMarked
package io.github.incusstemcell.internal;

import org.jspecify.annotations.NullMarked;
