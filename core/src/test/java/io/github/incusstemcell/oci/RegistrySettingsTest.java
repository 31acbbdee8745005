package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RegistrySettingsTest {

    private final RegistrySettings.Builder settings = RegistrySettings.builder();

    @Test
    void takesRegistriesAsReferencesNameThem() {
        for (String host : List.of("localhost", "registry.example.org:5000", "127.0.0.1:5000", "[::1]:5000")) {
            settings.insecureHost(host).mirror(host, host).mirror(host, host + "/a/b-c_d.e");
            assertThat(settings.build().insecureHosts()).contains(host);
        }
    }

    @Test
    void refusesWhatIsNone() {
        for (String host : List.of("http://registry.example.org", "registry.example.org/a", "a,b", "a:b", "a b", "")) {
            assertThatThrownBy(() -> settings.insecureHost(host))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'" + host
                            + "' is no registry as references name it; write host or host:port, without a scheme");
            assertThatThrownBy(() -> settings.mirror(host, "mirror.example.org"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String mirror : List.of("https://mirror.example.org", "mirror.example.org?a", "/a", "")) {
            assertThatThrownBy(() -> settings.mirror("ghcr.io", mirror))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'" + mirror
                            + "' is no registry as references name it; write host[:port][/path], without a scheme");
        }
    }
}
