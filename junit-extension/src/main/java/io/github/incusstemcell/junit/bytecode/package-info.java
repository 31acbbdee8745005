/** Reads class files, to know whether a method is what it was: what it does, and what it calls in its own class. */
@NullMarked
package io.github.incusstemcell.junit.bytecode;

import org.jspecify.annotations.NullMarked;
