package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import okhttp3.Headers;
import okio.Buffer;
import okio.ForwardingSink;
import okio.Okio;
import okio.Sink;
import okio.Socket;
import okio.Source;
import org.junit.jupiter.api.Test;

class WebSocketTest {

    /**
     * The daemon pings each stream as soon as it is open. Of a short command it has sent everything, and hung up, before the
     * answer to that ping is on its way.
     */
    @Test
    void readsToTheEndFromADaemonThatNoLongerTakesAPong() throws IOException {
        Buffer sent = new Buffer()
                .writeByte(0x89)
                .writeByte(0) // ping
                .writeByte(0x82)
                .writeByte(2)
                .writeUtf8("hi")
                .writeByte(0x81)
                .writeByte(0); // the end of the stream
        WebSocket socket = new WebSocket(new RawStream(null, new HungUp(sent), Headers.of()));
        byte[] target = new byte[10];

        assertThat(socket.read(target, 0, 10)).isEqualTo(2);
        assertThat(target).startsWith('h', 'i');
        assertThat(socket.read(target, 0, 10)).isEqualTo(-1);
    }

    private record HungUp(Buffer sent) implements Socket {

        @Override
        public Source getSource() {
            return sent;
        }

        @Override
        public Sink getSink() {
            return new ForwardingSink(Okio.blackhole()) {
                @Override
                public void write(Buffer bytes, long count) throws IOException {
                    throw new IOException("Broken pipe");
                }
            };
        }

        @Override
        public void cancel() {
            // nothing to cancel
        }
    }
}
