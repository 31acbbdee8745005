package io.github.incusstemcell.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {

    @Test
    void findsWhatIsMistyped() {
        assertThat(List.of("dbb", "cb", "b-", "bd", "bdb", "d"))
                .extracting(
                        word -> Spelling.mistyped(word, List.of("db", "web")).orElse(""))
                .containsExactly("db", "db", "", "db", "db", "");
    }

    @Test
    void takesNoOtherNameForMistyped() {
        assertThat(Spelling.mistyped("db-2", List.of("db-1", "web", "a"))).isEmpty();
        assertThat(Spelling.mistyped("b", List.of("a"))).isEmpty();
    }
}
