package io.github.incusstemcell.incus;

import java.io.InputStream;

/** So many zeros, without a place in memory for them. */
class Zeros extends InputStream {

    private long left;

    Zeros(long size) {
        left = size;
    }

    @Override
    public int read() {
        return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        int count = (int) Math.min(length, left);
        left -= count;
        return count == 0 ? -1 : count;
    }
}
