package io.github.incusstemcell.incus;

import java.io.Closeable;
import java.io.IOException;
import okhttp3.Headers;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import okio.Socket;

/** A connection that is no longer HTTP: bytes both ways, with the backpressure of the socket. */
final class RawStream implements Closeable {

    private final Connection connection;
    private final String request;
    private final Socket socket;
    private final Headers headers;
    private final BufferedSource source;
    private final BufferedSink sink;

    RawStream(Connection connection, String request, Socket socket, Headers headers) {
        this.connection = connection;
        this.request = request;
        this.socket = socket;
        this.headers = headers;
        this.source = Okio.buffer(socket.getSource());
        this.sink = Okio.buffer(socket.getSink());
    }

    Connection connection() {
        return connection;
    }

    String request() {
        return request;
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
}
