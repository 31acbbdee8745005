package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {

    @Test
    void takesListsOfProcessorsOfAnyLength() {
        String list = "0-1,".repeat(20_000) + "3";
        assertThat(Limits.NONE.withCpu(list).cpu()).contains(list);
        for (String wrong : List.of(list + ",", list + "-", "00", "1-2-3")) {
            assertThatThrownBy(() -> Limits.NONE.withCpu(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
