package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

/** For tests that send a gibibyte through: it does not fit into the heap, so it was never there as a whole. */
final class SmallHeap {

    private SmallHeap() {}

    static void require() {
        assertThat(Runtime.getRuntime().maxMemory())
                .as("the heap of the tests, which the pom limits so that what streams cannot hide in it")
                .isLessThan(600L << 20);
    }
}
