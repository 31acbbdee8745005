package io.github.incusstemcell.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.incusstemcell.IncusStemcellException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void readsTimesAsGoWritesThem() {
        assertThat(Json.time(TextNode.valueOf("2026-11-29T16:00:00.5+01:00")))
                .contains(Instant.parse("2026-11-29T15:00:00.5Z"));
        assertThat(Json.time(TextNode.valueOf("0001-01-01T00:00:00Z"))).isEmpty();
        assertThat(Json.time(MissingNode.getInstance())).isEmpty();
    }

    @Test
    void refusesATimeThatIsNone() {
        assertThatThrownBy(() -> Json.time(TextNode.valueOf("soon")))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith("An answer has a time that is none: ")
                .hasMessageContaining("soon");
    }
}
