package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.internal.Spelling;
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
                .sorted(Comparator.comparingInt((String candidate) -> Spelling.distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(SHOWN)
                .toList();
    }

    /** {@return the same in words, behind "the closest names: "} */
    static String text(String name, Collection<String> candidates) {
        return String.join(", ", of(name, candidates));
    }
}
