package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.Stemcells;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.RegistrySettings;
import java.util.Arrays;

/** Turns the configuration into a connection. */
final class SuiteConnection {

    private SuiteConnection() {}

    static Stemcells open(Configuration configuration) {
        Stemcells.Builder stemcells = Stemcells.builder().sources(sources(configuration));
        configuration.get(Key.ENDPOINT).map(Endpoint::parse).ifPresent(stemcells::endpoint);
        configuration.get(Key.PROJECT).ifPresent(stemcells::project);
        configuration.get(Key.STORAGE_POOL).ifPresent(stemcells::storagePool);
        configuration.get(Key.NETWORK_SUBNET).ifPresent(stemcells::networkSubnet);
        return stemcells.connect();
    }

    private static OciImages sources(Configuration configuration) {
        RegistrySettings.Builder settings = RegistrySettings.builder();
        configuration.get(Key.REGISTRY_INSECURE).ifPresent(hosts -> Arrays.stream(hosts.split(","))
                .map(String::strip)
                .forEach(settings::insecureHost));
        return OciImages.builder().settings(settings.build()).build();
    }
}
