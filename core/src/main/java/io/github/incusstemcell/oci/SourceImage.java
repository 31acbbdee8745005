package io.github.incusstemcell.oci;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** An image that was found: what its publisher says of it. The root file system is not fetched before it is asked for. */
public interface SourceImage {

    /** {@return the reference by which it was found; for a light stemcell, the one in the registry that it follows} */
    ImageReference reference();

    /**
     * {@return what identifies the content: the digest of the manifest for this platform; of the configuration in a docker
     * archive, which is Docker's image id; of the rootfs tarball in a BOSH stemcell and for a plain tarball}
     */
    Digest digest();

    /** {@return the processor architecture in OCI's (Go's) words, for example {@code amd64}} */
    String architecture();

    /** {@return when the image says it was made, or nothing where it does not say} */
    Optional<Instant> created();

    /** {@return the labels of the image's configuration, or what a stemcell's manifest says; perhaps empty} */
    Map<String, String> labels();

    /** {@return the layers from the lowest to the topmost; at least one} */
    List<Layer> layers();

    /**
     * Fetches what is missing, verifies it, and gives the content of the root file system.
     *
     * @return for an image of one layer its untouched blob, else the merged layers
     * @throws CorruptImageException where bytes are not what their digest or size promised
     * @throws ImageNotFoundException where the registry has lost a part of the image
     * @throws RegistryAuthenticationException where the registry refuses to give a part of the image
     * @throws RegistryUnavailableException where the registry cannot be reached or keeps failing
     */
    Rootfs rootfs();

    /**
     * Does the same, and gives the content to somebody who can begin with it while it is still being fetched.
     *
     * @param early is given the content at most once, on this thread, which it must not hold up: an untouched blob that a registry has begun to
     *     send. A stream of it waits for what has not come yet. It comes to its end once all was verified, and fails where what is returned in
     *     the end is something else, or nothing
     * @return the very same object where it may be gone on with, else another one, which has to be begun with anew
     * @throws CorruptImageException where bytes are not what their digest or size promised
     * @throws ImageNotFoundException where the registry has lost a part of the image
     * @throws RegistryAuthenticationException where the registry refuses to give a part of the image
     * @throws RegistryUnavailableException where the registry cannot be reached or keeps failing
     */
    default Rootfs rootfs(Consumer<Rootfs> early) {
        return rootfs();
    }
}
