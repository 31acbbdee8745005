package io.github.incusstemcell.stemcell;

import java.util.Objects;
import java.util.Optional;

/**
 * A simplestreams server, which has images that an Incus daemon fetches by itself.
 *
 * @param url its address as the daemon sees it; https, since the daemon takes no other
 * @param certificate its certificate, as PEM, where no authority vouches for it that the daemon's machine trusts
 */
public record ImageServer(String url, Optional<String> certificate) {

    /** The server of the Linux Containers project, which the {@code incus} command calls {@code images}. */
    public static final ImageServer PUBLIC = new ImageServer("https://images.linuxcontainers.org", Optional.empty());

    /**
     * Checks the address.
     *
     * @throws IllegalArgumentException if the address is not https
     */
    public ImageServer {
        Objects.requireNonNull(certificate, "certificate");
        if (!url.startsWith("https://")) {
            throw new IllegalArgumentException(
                    "The server of images has to be an https address, but '" + url + "' is none: Incus takes no other");
        }
    }
}
