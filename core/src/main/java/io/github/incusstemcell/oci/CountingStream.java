package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is read, and reports it. */
final class CountingStream extends FilterInputStream {

    private final Progress progress;
    private final String what;
    private final long before;
    private final long total;
    private long count;

    /**
     * Starts to count.
     *
     * @param what as in {@link Progress#report}
     * @param before what was done before
     * @param total what there is to do, this stream and whatever else
     */
    CountingStream(InputStream in, Progress progress, String what, long before, long total) {
        super(in);
        this.progress = progress;
        this.what = what;
        this.before = before;
        this.total = total;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        if (n > 0) {
            count += n;
            progress.report(what, before + count, total);
        }
        return n;
    }
}
