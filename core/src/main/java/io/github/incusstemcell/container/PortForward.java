package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.DaemonThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A port of this machine's loopback; each connection to it is carried on to a port of a guest by an exec of its own. */
final class PortForward implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PortForward.class);

    private final Instance instance;
    private final List<String> hosts;
    private final int port;
    private final ServerSocket listener;
    private final Set<ForwardedConnection> connections = ConcurrentHashMap.newKeySet();
    private final ForwardTrouble trouble;

    private PortForward(Instance instance, List<String> hosts, int port, ServerSocket listener) {
        this.instance = instance;
        this.hosts = hosts;
        this.port = port;
        this.listener = listener;
        this.trouble = new ForwardTrouble(toString());
    }

    /**
     * Listens.
     *
     * @param hosts the addresses in the guest, in numbers, of which the first that accepts is taken
     */
    static PortForward open(Instance instance, List<String> hosts, int port) {
        try {
            PortForward forward =
                    new PortForward(instance, hosts, port, new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1")));
            DaemonThreads.start("forward-" + instance.name() + "-" + port, forward::acceptUntilClosed);
            return forward;
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "No local port could be opened for port " + port + " of '" + instance.name() + "': "
                            + e.getMessage(),
                    e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    private void acceptUntilClosed() {
        while (!listener.isClosed()) {
            try {
                carry(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("{} does not accept a connection", this, e);
                }
            }
        }
    }

    private void carry(Socket client) {
        ForwardedConnection connection = new ForwardedConnection(client, instance, hosts, port);
        connections.add(connection);
        DaemonThreads.start("forward-" + instance.name() + "-" + port + "-" + client.getPort(), () -> {
            try {
                connection.carry();
                trouble.isOver();
            } catch (IncusStemcellException | IOException e) {
                trouble.tell("ended a connection", e, listener.isClosed());
            } finally {
                connection.close();
                connections.remove(connection);
            }
        });
        if (listener.isClosed()) {
            connection.close();
        }
    }

    /** Ends its connections, too. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("{} does not close", this, e);
        }
        connections.forEach(ForwardedConnection::close);
    }

    @Override
    public String toString() {
        return "The forward of " + address().getAddress().getHostAddress() + ":" + listener.getLocalPort() + " to port "
                + port + " of '" + instance.name() + "'";
    }
}
