package io.github.incusstemcell.incus;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;

/** Trust in a certificate that the JVM's own authorities vouch for, and that names the host. */
final class PublicAuthorities {

    private PublicAuthorities() {}

    static void applyTo(OkHttpClient.Builder builder, ClientIdentity identity) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            TrustManager trust = factory.getTrustManagers()[0];
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(PinnedCertificate.keys(identity), new TrustManager[] {trust}, null);
            builder.sslSocketFactory(context.getSocketFactory(), (X509TrustManager) trust);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM cannot use the client certificate " + identity, e);
        }
    }
}
