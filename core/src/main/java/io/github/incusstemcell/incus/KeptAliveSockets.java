package io.github.incusstemcell.incus;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets by which the kernel asks the other side, when it has been silent for half a minute, whether it is there still. A daemon that does
 * not answer for another half minute is out of reach, be it that the network was cut, or that something on the way has forgotten the
 * connection: then whoever waits for it is told.
 */
final class KeptAliveSockets extends SocketFactory {

    private static final Map<SocketOption<Integer>, Integer> SECONDS_AND_COUNT = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 30,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 10,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

    @Override
    public Socket createSocket() throws IOException {
        return keptAlive(new Socket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return keptAlive(new Socket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return keptAlive(new Socket(host, port, local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return keptAlive(new Socket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return keptAlive(new Socket(host, port, local, localPort));
    }

    /** Where the system has no such options it asks in its own time, after two hours for example. */
    private static Socket keptAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        for (Map.Entry<SocketOption<Integer>, Integer> option : SECONDS_AND_COUNT.entrySet()) {
            if (socket.supportedOptions().contains(option.getKey())) {
                socket.setOption(option.getKey(), option.getValue());
            }
        }
        return socket;
    }
}
