package io.github.incusstemcell.oci;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads a range of a file. */
final class RangeStream extends InputStream {

    private final FileChannel channel;
    private final boolean closesChannel;
    private final long end;
    private long position;

    RangeStream(FileChannel channel, long start, long size, boolean closesChannel) {
        this.channel = channel;
        this.closesChannel = closesChannel;
        this.position = start;
        this.end = start + size;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position >= end) {
            return -1;
        }
        int n = channel.read(ByteBuffer.wrap(buffer, offset, (int) Math.min(length, end - position)), position);
        if (n < 0) {
            throw new EOFException("the file ends at " + position + ", before " + end);
        }
        position += n;
        return n;
    }

    @Override
    public void close() throws IOException {
        if (closesChannel) {
            channel.close();
        }
    }
}
