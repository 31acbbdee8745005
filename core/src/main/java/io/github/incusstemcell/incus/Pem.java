package io.github.incusstemcell.incus;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys as text (RFC 7468), in the forms in which the {@code incus} command writes them. */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final byte[] EC = Der.identifier("1.2.840.10045.2.1");
    private static final byte[] RSA = Der.identifier("1.2.840.113549.1.1.1");
    private static final byte[] VERSION = Der.integer(BigInteger.ZERO);
    private static final int CURVE = 0xa0;

    private Pem() {}

    static X509Certificate certificate(String text) throws GeneralSecurityException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
    }

    static PrivateKey privateKey(String text) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            byte[] content = Base64.getMimeDecoder().decode(block.group(2));
            switch (block.group(1)) {
                case "PRIVATE KEY":
                    return key(content);
                case "EC PRIVATE KEY":
                    return key(wrapped(Der.sequence(EC, curve(content)), content));
                case "RSA PRIVATE KEY":
                    return key(wrapped(Der.sequence(RSA, Der.element(Der.NULL)), content));
                default:
                // Such as EC PARAMETERS, which the key repeats.
            }
        }
        throw new GeneralSecurityException("it holds no private key, or one that is encrypted");
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return Der.sequence(VERSION, algorithm, Der.element(Der.OCTET_STRING, key));
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        try {
            return KeyFactory.getInstance("EC").generatePrivate(spec);
        } catch (GeneralSecurityException notEc) {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        }
    }

    /** SEC1: a sequence of the version, the key, and, in [0], the identifier of the curve. */
    private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
        int position = (sec1[1] & 0x80) == 0 ? 2 : 2 + (sec1[1] & 0x7f);
        while (position + 1 < sec1.length) {
            int length = sec1[position + 1];
            int end = position + 2 + length;
            if ((sec1[position] & 0xff) == CURVE) {
                return Arrays.copyOfRange(sec1, position + 2, end);
            }
            position = end;
        }
        throw new GeneralSecurityException("the key names no curve");
    }

    static String text(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + label
                + "-----\n";
    }
}
