package io.github.incusstemcell.incus;

import io.github.incusstemcell.internal.ThrowingFunction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Sockets of another factory, of which something is made before they are used. */
final class PreparedSockets extends SocketFactory {

    private final SocketFactory sockets;
    private final ThrowingFunction<Socket, Socket, IOException> preparation;

    PreparedSockets(SocketFactory sockets, ThrowingFunction<Socket, Socket, IOException> preparation) {
        this.sockets = sockets;
        this.preparation = preparation;
    }

    @Override
    public Socket createSocket() throws IOException {
        return preparation.apply(sockets.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return preparation.apply(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return preparation.apply(sockets.createSocket(host, port, local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return preparation.apply(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return preparation.apply(sockets.createSocket(host, port, local, localPort));
    }
}
