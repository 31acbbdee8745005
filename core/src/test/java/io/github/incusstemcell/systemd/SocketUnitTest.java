package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SocketUnitTest {

    /** As a guest that lies may answer. */
    @Test
    void isRefusedWhereItsSocketsAreNone() {
        PropertyValues lies = new PropertyValues(Map.of("Listen", List.of(1L)));

        assertThatThrownBy(() -> SocketUnit.of(lies))
                .isInstanceOf(SystemdException.class)
                .hasMessageMatching("systemd's property \\w+ is none of the type that it has: .*");
    }
}
