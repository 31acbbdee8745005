/** What all packages share: the root of the exceptions. */
package io.github.incusstemcell;
