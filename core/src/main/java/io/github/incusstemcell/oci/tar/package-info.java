/**
 * The tar format, read and written without unpacking: entries with their exact headers, and what GNU tar would make of them. No API: other
 * packages of this library use it, and it may change with each release.
 */
@NullMarked
package io.github.incusstemcell.oci.tar;

import org.jspecify.annotations.NullMarked;
