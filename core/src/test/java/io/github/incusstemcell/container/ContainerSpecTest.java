package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.stemcell.GuestOverlay;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainerSpecTest {

    @Test
    void keepsItsDevicesWhateverBecomesOfWhatItWasGiven() {
        Map<String, String> options = new HashMap<>(Map.of("size", "20GiB"));
        Map<String, Map<String, String>> devices = new HashMap<>(Map.of("root", options));
        ContainerSpec spec = withDevices(devices);

        options.put("pool", "other");
        devices.clear();

        assertThat(spec.devices()).isEqualTo(Map.of("root", Map.of("size", "20GiB")));
        Map<String, String> kept = spec.devices().get("root");
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> kept.put("pool", "other"));
    }

    private static ContainerSpec withDevices(Map<String, Map<String, String>> devices) {
        return new ContainerSpec(
                ImageReference.parse("registry.example.org/stemcell:1"),
                GuestOverlay.standard(),
                List.of(),
                Limits.NONE,
                Location.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                devices,
                List.of(),
                false,
                List.of(),
                "",
                ContainerSpec.DEFAULT_STARTUP_TIMEOUT,
                true,
                Optional.empty());
    }
}
