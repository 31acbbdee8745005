package io.github.incusstemcell.incus;

import java.io.Closeable;
import java.io.IOException;
import okhttp3.Headers;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.ForwardingSink;
import okio.ForwardingSource;
import okio.Okio;
import okio.Sink;
import okio.Socket;
import okio.Source;

/** A connection that is no longer HTTP: bytes both ways, with the backpressure of the socket. */
final class RawStream implements Closeable {

    private final Connection connection;
    private final Socket socket;
    private final Headers headers;
    private final BufferedSource source;
    private final BufferedSink sink;

    RawStream(Connection connection, Socket socket, Headers headers) {
        this.connection = connection;
        this.socket = socket;
        this.headers = headers;
        // What comes, comes when the other side has something to say. And only streams without a timeout can be closed
        // while another
        // thread reads: okio's clock refuses to be asked twice at a time.
        socket.getSource().timeout().clearTimeout();
        socket.getSink().timeout().clearTimeout();
        this.source = Okio.buffer(new ClosableSource(socket.getSource()));
        this.sink = Okio.buffer(new ClosableSink(socket.getSink()));
    }

    Connection connection() {
        return connection;
    }

    Headers headers() {
        return headers;
    }

    BufferedSource source() {
        return source;
    }

    BufferedSink sink() {
        return sink;
    }

    /** Closes both directions at once; reads and writes under way end with an {@link IOException}. */
    @Override
    public void close() {
        connection.forget(this);
        socket.cancel();
        // For OkHttp the call lasts until both are closed; the buffers may be in use by another thread.
        Failures.closeQuietly(socket.getSource());
        Failures.closeQuietly(socket.getSink());
    }

    /** To Okio it is a programming error to read what is closed; here another thread may close it at any time. */
    private static IOException closedMeanwhile(IllegalStateException cause) {
        return new IOException("the connection was closed", cause);
    }

    private static final class ClosableSource extends ForwardingSource {

        ClosableSource(Source source) {
            super(source);
        }

        @Override
        public long read(Buffer target, long byteCount) throws IOException {
            try {
                return super.read(target, byteCount);
            } catch (IllegalStateException e) {
                throw closedMeanwhile(e);
            }
        }
    }

    private static final class ClosableSink extends ForwardingSink {

        ClosableSink(Sink sink) {
            super(sink);
        }

        @Override
        public void write(Buffer bytes, long byteCount) throws IOException {
            try {
                super.write(bytes, byteCount);
            } catch (IllegalStateException e) {
                throw closedMeanwhile(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                super.flush();
            } catch (IllegalStateException e) {
                throw closedMeanwhile(e);
            }
        }
    }
}
