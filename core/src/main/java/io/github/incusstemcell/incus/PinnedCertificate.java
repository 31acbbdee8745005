package io.github.incusstemcell.incus;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trust in one certificate and no other, by its SHA-256. The certificate of an Incus names hardly any of the hosts it is
 * reached by and is signed by nobody; that it is this very one says more than either.
 */
final class PinnedCertificate extends X509ExtendedTrustManager {

    private final String fingerprint;
    private volatile @Nullable X509Certificate seen;

    PinnedCertificate(String fingerprint) {
        this.fingerprint = fingerprint;
    }

    static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JVM has SHA-256, and every certificate an encoded form", e);
        }
    }

    /** {@return the certificate, once a server has shown it} */
    Optional<X509Certificate> seen() {
        return Optional.ofNullable(seen);
    }

    /** {@return whether the other side of a session is the one that has it} */
    boolean isOf(SSLSession session) {
        try {
            return fingerprint((X509Certificate) session.getPeerCertificates()[0])
                    .equals(fingerprint);
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        String shown = fingerprint(chain[0]);
        if (!shown.equals(fingerprint)) {
            throw new CertificateException("the server shows a certificate with fingerprint " + shown
                    + ", but the one to trust has " + fingerprint);
        }
        seen = chain[0];
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("This is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
