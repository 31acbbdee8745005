package io.github.incusstemcell.incus;

import io.github.incusstemcell.internal.ThrowingRunnable;
import io.github.incusstemcell.internal.ThrowingSupplier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * A socket that gives its file descriptor back only when no thread is about to use it. That of junixsocket gives it back as soon as it is
 * closed: a thread that was about to read from it then reads from whatever connection has got the number meanwhile, and takes what is meant
 * for that one, which waits for it for ever. So what is closed while others use it is only shut down at first, by which reads and writes under
 * way end; the last of them closes it.
 */
final class UnixSocket extends Socket {

    private final Socket socket;
    private final InputStream input = new Input();
    private final OutputStream output = new Output();

    private int users;
    private boolean closed;

    UnixSocket(Socket socket) {
        this.socket = socket;
    }

    /**
     * @param use uses the descriptor, and says how many bytes there are
     */
    private int reading(ThrowingSupplier<Integer, IOException> use) throws IOException {
        enter();
        try {
            int count = use.get();
            requireOpen();
            return count;
        } finally {
            leave();
        }
    }

    private void doing(ThrowingRunnable<IOException> act) throws IOException {
        reading(() -> {
            act.run();
            return 0;
        });
    }

    private synchronized void enter() throws SocketException {
        requireOpen();
        users++;
    }

    private synchronized void requireOpen() throws SocketException {
        if (closed) {
            throw new SocketException("Socket closed");
        }
    }

    private synchronized void leave() throws IOException {
        users--;
        if (closed && users == 0) {
            socket.close();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (users == 0) {
            socket.close();
        } else if (socket.isConnected()) {
            try {
                socket.shutdownInput();
            } finally {
                socket.shutdownOutput();
            }
        }
    }

    @Override
    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void connect(SocketAddress address) throws IOException {
        connect(address, 0);
    }

    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
        doing(() -> socket.connect(address, timeout));
    }

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() {
        return output;
    }

    @Override
    public void shutdownInput() throws IOException {
        doing(() -> socket.shutdownInput());
    }

    @Override
    public void shutdownOutput() throws IOException {
        doing(() -> socket.shutdownOutput());
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        socket.setSoTimeout(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public InetAddress getInetAddress() {
        return socket.getInetAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public String toString() {
        return socket.toString();
    }

    private final class Input extends InputStream {

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return reading(() -> socket.getInputStream().read(target, offset, length));
        }

        @Override
        public int available() throws IOException {
            return reading(() -> socket.getInputStream().available());
        }

        @Override
        public void close() throws IOException {
            UnixSocket.this.close();
        }
    }

    private final class Output extends OutputStream {

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            doing(() -> socket.getOutputStream().write(bytes, offset, length));
        }

        @Override
        public void flush() throws IOException {
            doing(() -> socket.getOutputStream().flush());
        }

        @Override
        public void close() throws IOException {
            UnixSocket.this.close();
        }
    }
}
