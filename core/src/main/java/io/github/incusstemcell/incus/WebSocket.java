package io.github.incusstemcell.incus;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import okio.BufferedSink;
import okio.BufferedSource;

/**
 * The client's side of RFC 6455 on an upgraded connection, pulled rather than pushed: who does not read slows the sender
 * down, and who sends waits until the socket takes it. So nothing piles up in memory on either side.
 *
 * <p>One thread may read while another one sends.
 */
final class WebSocket implements Closeable {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int MAX_CONTROL_PAYLOAD = 125;
    private static final int LARGEST_FRAME = 64 * 1024;

    private final RawStream stream;
    private final BufferedSource source;
    private final BufferedSink sink;

    private int message;
    private boolean lastFrame = true;
    private long remaining;
    private boolean closedByPeer;

    WebSocket(RawStream stream) {
        this.stream = stream;
        this.source = stream.source();
        this.sink = stream.sink();
    }

    static CompletableFuture<WebSocket> open(Connection connection, ApiRequest request) {
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        String key = Base64.getEncoder().encodeToString(nonce);
        request.header("Sec-WebSocket-Key", key).header("Sec-WebSocket-Version", "13");
        CompletableFuture<RawStream> upgraded = connection.upgradeLater(request, "websocket");
        CompletableFuture<WebSocket> opened = upgraded.thenApply(stream -> {
            if (!accept(key).equals(stream.headers().get("Sec-WebSocket-Accept"))) {
                stream.close();
                throw new IncusException(request.toString(), 101, "the answer is no WebSocket handshake");
            }
            return new WebSocket(stream);
        });
        opened.whenComplete((socket, failure) -> {
            if (opened.isCancelled()) {
                upgraded.cancel(true);
                upgraded.thenAccept(RawStream::close);
            }
        });
        return opened;
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-1", e);
        }
    }

    /**
     * Reads bytes of binary messages, whose borders mean nothing to Incus.
     *
     * @return the number of bytes; -1 at the text message by which Incus says that the stream has ended
     */
    int read(byte[] target, int offset, int length) throws IOException {
        while (remaining == 0) {
            if (lastFrame && message == TEXT) {
                return -1;
            }
            nextDataFrame();
            if (message == TEXT) {
                skipMessage();
                return -1;
            }
        }
        int count = source.read(target, offset, (int) Math.min(length, remaining));
        if (count < 0) {
            throw hungUp();
        }
        remaining -= count;
        return count;
    }

    /** {@return the next whole message as text} */
    String readText() throws IOException {
        StringBuilder text = new StringBuilder();
        do {
            nextDataFrame();
            text.append(source.readUtf8(remaining));
            remaining = 0;
        } while (!lastFrame);
        return text.toString();
    }

    /** Waits for the next ping, on a stream by which the daemon sends nothing else. */
    void awaitPing() throws IOException {
        int opcode;
        do {
            if (closedByPeer || source.exhausted()) {
                throw hungUp();
            }
            opcode = source.readByte() & 0x0f;
            long length = length(source.readByte() & 0xff);
            if (opcode < CLOSE) {
                throw new ProtocolException("A message where only pings come");
            }
            control(opcode, length);
        } while (opcode != PING);
    }

    private void skipMessage() throws IOException {
        source.skip(remaining);
        remaining = 0;
        while (!lastFrame) {
            nextDataFrame();
            source.skip(remaining);
            remaining = 0;
        }
    }

    private void nextDataFrame() throws IOException {
        while (true) {
            if (closedByPeer || source.exhausted()) {
                throw hungUp();
            }
            int first = source.readByte() & 0xff;
            int opcode = first & 0x0f;
            long length = length(source.readByte() & 0xff);
            if (opcode >= CLOSE) {
                control(opcode, length);
                continue;
            }
            lastFrame = (first & FINAL) != 0;
            remaining = length;
            if (opcode != CONTINUATION) {
                message = opcode;
            }
            return;
        }
    }

    private long length(int second) throws IOException {
        if ((second & MASKED) != 0) {
            throw new ProtocolException("A server must not mask its frames");
        }
        return switch (second) {
            case 126 -> source.readShort() & 0xffffL;
            case 127 -> source.readLong();
            default -> second;
        };
    }

    /**
     * Pings stay unanswered: the daemon pings at once and then every ten seconds, and waits for no answer. It may have
     * hung up meanwhile, with all sent, and to fail at answering would take away what can still be read.
     */
    private void control(int opcode, long length) throws IOException {
        if (length > MAX_CONTROL_PAYLOAD) {
            throw new ProtocolException("A control frame of " + length + " bytes");
        }
        source.skip(length);
        if (opcode == CLOSE) {
            closedByPeer = true;
        }
    }

    private static EOFException hungUp() {
        return new EOFException("the daemon hung up in the middle of the stream");
    }

    void send(byte[] data, int offset, int length) throws IOException {
        int sent = 0;
        while (sent < length) {
            int part = Math.min(length - sent, LARGEST_FRAME);
            frame(BINARY, data, offset + sent, part);
            sent += part;
        }
    }

    void sendText(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        frame(TEXT, bytes, 0, bytes.length);
    }

    private void frame(int opcode, byte[] data, int offset, int length) throws IOException {
        byte[] mask = new byte[4];
        RANDOM.nextBytes(mask);
        byte[] masked = new byte[length];
        for (int i = 0; i < length; i++) {
            masked[i] = (byte) (data[offset + i] ^ mask[i & 3]);
        }
        synchronized (sink) {
            sink.writeByte(FINAL | opcode);
            if (length < 126) {
                sink.writeByte(MASKED | length);
            } else if (length < 1 << 16) {
                sink.writeByte(MASKED | 126).writeShort(length);
            } else {
                sink.writeByte(MASKED | 127).writeLong(length);
            }
            sink.write(mask).write(masked);
            sink.flush();
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
