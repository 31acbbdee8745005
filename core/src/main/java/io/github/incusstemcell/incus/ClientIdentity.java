package io.github.incusstemcell.incus;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Objects;

/**
 * What a daemon trusts a client by: a certificate, self-signed as a rule, and the key that belongs to it.
 *
 * @param certificate the certificate that the daemon knows; not null
 * @param key its private key; not null
 */
public record ClientIdentity(X509Certificate certificate, PrivateKey key) {

    /**
     * Checks that nothing is missing.
     *
     * @param certificate the certificate that the daemon knows; not null
     * @param key its private key; not null
     */
    public ClientIdentity {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
    }

    /** {@return the subject of the certificate; the key stays unsaid} */
    @Override
    public String toString() {
        return "ClientIdentity[" + certificate.getSubjectX500Principal() + "]";
    }
}
