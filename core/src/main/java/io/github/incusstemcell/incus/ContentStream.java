package io.github.incusstemcell.incus;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.Call;

/** The content of an answer, read step by step. Its connection ends it where that is closed meanwhile, also under a reader who waits. */
final class ContentStream extends FilterInputStream {

    private final Connection connection;
    private final Closeable breaker;

    /** Begins to be among the streams of the connection. */
    ContentStream(Connection connection, Call call, InputStream content) {
        super(content);
        this.connection = connection;
        this.breaker = call::cancel;
        connection.track(breaker);
    }

    @Override
    public void close() throws IOException {
        connection.forget(breaker);
        super.close();
    }
}
