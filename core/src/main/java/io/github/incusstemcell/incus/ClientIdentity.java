package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.ThrowingFunction;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * What a daemon trusts a client by: a certificate, self-signed as a rule, and the key that belongs to it.
 *
 * @param certificate the certificate that the daemon knows
 * @param key its private key
 */
public record ClientIdentity(X509Certificate certificate, PrivateKey key) {

    private static final Duration LIFE = Duration.ofDays(3650);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int UTC_TIME = 0x17;
    private static final byte[] ECDSA_WITH_SHA384 = Der.sequence(Der.identifier("1.2.840.10045.4.3.3"));
    private static final byte[] COMMON_NAME = Der.identifier("2.5.4.3");
    private static final byte[] EXTENDED_KEY_USAGE = Der.identifier("2.5.29.37");
    private static final byte[] CLIENT_AUTHENTICATION = Der.identifier("1.3.6.1.5.5.7.3.2");

    /** Checks that nothing is missing. */
    public ClientIdentity {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
    }

    /**
     * Makes a new one, which no daemon knows yet, good for ten years.
     *
     * @param name the common name in the certificate
     * @return the identity
     */
    public static ClientIdentity generate(String name) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp384r1"));
            KeyPair keys = generator.generateKeyPair();
            return new ClientIdentity(selfSigned(name, keys), keys.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM cannot make certificates of elliptic curves", e);
        }
    }

    /** RFC 5280, section 4.1. */
    private static X509Certificate selfSigned(String name, KeyPair keys) throws GeneralSecurityException {
        byte[] toBeSigned = toBeSigned(name, keys.getPublic());
        Signature signature = Signature.getInstance("SHA384withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(toBeSigned);
        byte[] certificate = Der.sequence(toBeSigned, ECDSA_WITH_SHA384, Der.bits(signature.sign()));
        return Pem.certificate(Pem.text("CERTIFICATE", certificate));
    }

    private static byte[] toBeSigned(String name, PublicKey key) {
        byte[] subject = Der.sequence(Der.element(Der.SET, Der.sequence(COMMON_NAME, Der.utf8(name))));
        // Clocks differ a little.
        Instant begin = Instant.now().minus(Duration.ofHours(1));
        byte[] usage =
                Der.sequence(EXTENDED_KEY_USAGE, Der.element(Der.OCTET_STRING, Der.sequence(CLIENT_AUTHENTICATION)));
        return Der.sequence(
                Der.context(0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, new SecureRandom())),
                ECDSA_WITH_SHA384,
                subject,
                Der.sequence(time(begin), time(begin.plus(LIFE))),
                subject,
                key.getEncoded(),
                Der.context(3, Der.sequence(usage)));
    }

    /** Years from 2050 on need the long form; Java reads it for the others, too, but Go is strict about the rule. */
    private static byte[] time(Instant instant) {
        String text = TIME.format(instant);
        return text.compareTo("2050") < 0
                ? Der.element(UTC_TIME, text.substring(2).getBytes(StandardCharsets.US_ASCII))
                : Der.element(Der.GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Reads one from two files, as the {@code incus} command has them: {@code client.crt} and {@code client.key}.
     *
     * @param certificate the file with the certificate, as PEM
     * @param key the file with the private key, as PEM, not encrypted
     * @return the identity
     * @throws IncusStemcellException if one of them cannot be read
     */
    public static ClientIdentity load(Path certificate, Path key) {
        return new ClientIdentity(
                read("the client certificate", certificate, Pem::certificate),
                read("the client key", key, Pem::privateKey));
    }

    static <T> T read(String what, Path file, ThrowingFunction<String, T, GeneralSecurityException> parser) {
        try {
            return parser.apply(Files.readString(file));
        } catch (IOException | GeneralSecurityException e) {
            String reason = e instanceof IOException io ? Failures.reason(io) : e.getMessage();
            throw new IncusStemcellException("Reading " + what + " from '" + file + "' failed: " + reason, e);
        }
    }

    /** {@return what shows it in a TLS handshake} */
    KeyManager[] keyManagers() throws GeneralSecurityException {
        try {
            char[] none = new char[0];
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, none);
            store.setKeyEntry("client", key, none, new X509Certificate[] {certificate});
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, none);
            return factory.getKeyManagers();
        } catch (IOException e) {
            throw new IllegalStateException("An empty key store reads nothing", e);
        }
    }

    /** {@return the certificate as PEM} */
    public String certificatePem() {
        try {
            return Pem.text("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A certificate without an encoded form", e);
        }
    }

    /** {@return the private key as PEM} */
    public String keyPem() {
        return Pem.text("PRIVATE KEY", key.getEncoded());
    }

    /** {@return the subject of the certificate; the key stays unsaid} */
    @Override
    public String toString() {
        return "ClientIdentity[" + certificate.getSubjectX500Principal() + "]";
    }
}
