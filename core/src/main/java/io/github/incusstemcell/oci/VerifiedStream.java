package io.github.incusstemcell.oci;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * Gives bytes on, but their last ones only once all of them have turned out to be what they should be: whoever uploads
 * them cannot come to an end with wrong ones.
 */
final class VerifiedStream extends FilterInputStream {

    private final Digest digest;
    private final MessageDigest hash;
    private long left;

    VerifiedStream(InputStream in, Digest digest, long size) {
        super(in);
        this.digest = digest;
        this.hash = digest.newHash();
        this.left = size;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0 || left == 0) {
            return length == 0 ? 0 : -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(length, left));
        if (n < 0) {
            throw wrong(left + " bytes are missing");
        }
        hash.update(buffer, offset, n);
        left -= n;
        if (left == 0) {
            Digest actual = digest.finished(hash);
            if (!actual.equals(digest)) {
                throw wrong("its digest is " + actual);
            }
        }
        return n;
    }

    @Override
    public long skip(long n) throws IOException {
        return readNBytes((int) Math.min(n, Integer.MAX_VALUE)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private IOException wrong(String how) {
        return new IOException("The blob " + digest + " changed on disk while it was read: " + how + ". Run again.");
    }
}
