/**
 * What a run leaves behind for its reader: what was found out about the containers of failed tests, and a page that ties it together and
 * shows where the time went.
 */
@NullMarked
package io.github.incusstemcell.junit.report;

import org.jspecify.annotations.NullMarked;
