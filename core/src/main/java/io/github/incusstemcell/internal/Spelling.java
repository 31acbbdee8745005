package io.github.incusstemcell.internal;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody meant who mistyped it, for messages. */
public final class Spelling {

    private Spelling() {}

    /**
     * Finds the known word that is nearest.
     *
     * @param word what was written
     * @param known all that could have been meant
     * @return the word; empty where none is known
     */
    public static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream().min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    /**
     * Finds the known word from which it differs by one letter that was typed too much, too little or wrongly, or by two that changed places. One
     * that differs in its number is another word, and so is each of a single letter.
     *
     * @param word what was written
     * @param known all that could have been meant
     * @return the word; empty where there is none
     */
    public static Optional<String> mistyped(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate -> Math.min(word.length(), candidate.length()) > 1)
                .filter(candidate -> !withoutDigits(candidate).equals(withoutDigits(word)))
                .filter(candidate -> distance(word, candidate) == 1 || isTransposed(word, candidate))
                .sorted()
                .findFirst();
    }

    private static String withoutDigits(String word) {
        return word.replaceAll("\\d", "");
    }

    private static boolean isTransposed(String one, String other) {
        char[] letters = one.toCharArray();
        char[] others = other.toCharArray();
        Arrays.sort(letters);
        Arrays.sort(others);
        return distance(one, other) == 2 && Arrays.equals(letters, others);
    }

    /**
     * How far two words are from each other.
     *
     * @param one a word
     * @param other another
     * @return how many letters have to be put in, taken out or changed (Levenshtein)
     */
    public static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        Arrays.setAll(row, column -> column);
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
