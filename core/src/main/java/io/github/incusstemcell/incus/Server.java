package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a daemon says of itself, {@code GET /1.0}.
 *
 * @param version its version, for messages only: ask {@link #supports}; empty to those it does not trust
 * @param isTrusted whether it lets us do anything at all
 * @param apiExtensions the names of all extensions of the API that it has
 * @param isClustered whether it is a member of a cluster
 * @param member its name there, or that of its machine
 * @param storageDrivers the storage drivers that it can use, such as {@code btrfs}
 * @param architectures the architectures that it runs, such as {@code x86_64}
 * @param kernelVersion the kernel under it
 * @param addresses where it listens on the network, as {@code host:port}
 * @param certificateFingerprint the SHA-256 of the certificate that it shows there, 64 hex digits: the same for all
 *     members of a cluster, and another one for every other daemon
 */
public record Server(
        String version,
        boolean isTrusted,
        Set<String> apiExtensions,
        boolean isClustered,
        String member,
        List<String> storageDrivers,
        List<String> architectures,
        String kernelVersion,
        List<String> addresses,
        String certificateFingerprint) {

    static Server of(JsonNode node) {
        JsonNode environment = node.path("environment");
        return new Server(
                environment.path("server_version").asText(),
                node.path("auth").asText().equals("trusted"),
                new LinkedHashSet<>(Json.list(node.path("api_extensions"), JsonNode::asText)),
                environment.path("server_clustered").asBoolean(),
                environment.path("server_name").asText(),
                Json.list(environment.path("storage_supported_drivers"), driver -> driver.path("Name")
                        .asText()),
                Json.list(environment.path("architectures"), JsonNode::asText),
                environment.path("kernel_version").asText(),
                Json.list(environment.path("addresses"), JsonNode::asText),
                environment.path("certificate_fingerprint").asText());
    }

    /**
     * Asks for an extension of the API.
     *
     * @param extension the extension
     * @return whether the daemon lists it
     */
    public boolean supports(ApiExtension extension) {
        return apiExtensions.contains(extension.wireName());
    }
}
