/** What all packages are made of, and no user is to see, though Java calls it public. */
package io.github.incusstemcell.internal;
