package io.github.incusstemcell.junit.assertj;

/** Texts to look for in other texts. */
final class Texts {

    private Texts() {}

    static void requireNotEmpty(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("Every text contains the empty text: write what to look for");
        }
    }
}
