package io.github.incusstemcell.oci;

import java.util.Optional;

/** Knows credentials for registries. */
interface CredentialSource {

    /** {@return the credentials for a repository of the registry {@code host[:port]}} */
    Optional<Credentials> find(String host, String repository);

    /** {@return where credentials were looked for, in words for a message} */
    String places();
}
