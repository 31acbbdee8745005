package io.github.incusstemcell.junit.assertj;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The names that come closest to one that is not there. */
final class NearMisses {

    private static final int SHOWN = 3;

    private NearMisses() {}

    static List<String> of(String name, Collection<String> candidates) {
        return candidates.stream()
                .distinct()
                .sorted(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(SHOWN)
                .toList();
    }

    /** {@return the same in words, behind "the closest names: "} */
    static String text(String name, Collection<String> candidates) {
        return String.join(", ", of(name, candidates));
    }

    /** The number of letters to put in, take out or change (Levenshtein). */
    static int distance(String one, String other) {
        int[] previous = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] current = new int[other.length() + 1];
            current[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[other.length()];
    }
}
