package io.github.incusstemcell.incus;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An image that the daemon shall fetch.
 *
 * @param protocol how the server speaks: {@code simplestreams}, {@code incus}, {@code oci}
 * @param server the server's address, always https; empty for the daemon itself
 * @param image the alias or the fingerprint of the image there
 * @param isFingerprint whether it is a fingerprint
 * @param project the project that has the image on the daemon itself; empty elsewhere
 * @param certificate the certificate of the server, as PEM, where no public authority vouches for it
 * @param properties what to note on the image
 */
public record PulledImage(
        String protocol,
        String server,
        String image,
        boolean isFingerprint,
        Optional<String> project,
        Optional<String> certificate,
        Map<String, String> properties) {

    /** Checks that nothing is missing. */
    public PulledImage {
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(certificate, "certificate");
        properties = Map.copyOf(properties);
    }

    /**
     * An image of another project of the same daemon. Its bytes are not copied.
     *
     * @param project the project
     * @param fingerprint the full fingerprint
     * @param properties what to note on the copy
     * @return the image
     */
    public static PulledImage ofProject(String project, String fingerprint, Map<String, String> properties) {
        return new PulledImage("incus", "", fingerprint, true, Optional.of(project), Optional.empty(), properties);
    }

    /**
     * An image of a simplestreams server.
     *
     * @param server its https address
     * @param certificate its certificate, as PEM; empty: a public authority vouches for it
     * @param alias the image's name there
     * @param properties what to note on the image
     * @return the image
     */
    public static PulledImage ofSimplestreams(
            String server, Optional<String> certificate, String alias, Map<String, String> properties) {
        return new PulledImage("simplestreams", server, alias, false, Optional.empty(), certificate, properties);
    }

    /**
     * An image of an OCI registry, which becomes one for application containers. Needs {@link ApiExtension#INSTANCE_OCI}, and skopeo and
     * umoci on the daemon's machine.
     *
     * @param server the registry's https address; whether it is asked by plain HTTP is a setting of the daemon's machine
     * @param name the image's name there, with its tag or its digest
     * @param properties what to note on the image
     * @return the image
     */
    public static PulledImage ofRegistry(String server, String name, Map<String, String> properties) {
        return new PulledImage("oci", server, name, false, Optional.empty(), Optional.empty(), properties);
    }
}
