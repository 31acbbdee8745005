package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.RunningCommand;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether this JVM can connect to a guest: a listener in it says a word that only this guest knows. The table of routes does not
 * tell, as a machine behind a router has none of its own, and another network here may have the same subnet.
 */
record RouteProbe(Instance instance, Inet4Address address) {

    private static final Logger LOG = LoggerFactory.getLogger(RouteProbe.class);

    /** Arguments: the address, and the word. Prints the port. */
    private static final String LISTEN = """
            use Socket;
            socket(my $server, PF_INET, SOCK_STREAM, 0) or die "$!\\n";
            bind($server, sockaddr_in(0, inet_aton($ARGV[0]))) or die "$!\\n";
            listen($server, 1) or die "$!\\n";
            my ($port) = sockaddr_in(getsockname $server);
            syswrite STDOUT, "$port\\n";
            alarm 10;
            accept(my $client, $server) or die "$!\\n";
            syswrite $client, $ARGV[1];
            """;

    /** A network that drops packets does not answer at all. */
    private static final int PATIENCE_MILLIS = 1_000;

    /**
     * {@return whether it can; empty where the guest cannot listen, for example because it has no perl}
     *
     * @throws io.github.incusstemcell.IncusStemcellException if the guest does not run
     */
    Optional<Boolean> isRoutable() {
        String word = UUID.randomUUID().toString();
        Command listen = Command.of("perl", "-e", LISTEN, address.getHostAddress(), word);
        try (RunningCommand listener = instance.start(listen)) {
            String port = ForwardedConnection.line(listener.stdout());
            if (port.isEmpty()) {
                LOG.debug("Nothing can listen in {} for a connection from here", instance.name());
                return Optional.empty();
            }
            boolean heard = hears(word, Integer.parseInt(port));
            if (heard) {
                listener.waitFor();
            }
            return Optional.of(heard);
        } catch (IOException e) {
            LOG.debug("Nothing is heard of a listener in {}", instance.name(), e);
            return Optional.empty();
        }
    }

    private boolean hears(String word, int port) {
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            byte[] heard = socket.getInputStream().readNBytes(word.length());
            return word.equals(new String(heard, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.debug("No connection is made from here to {} of {}", address, instance.name(), e);
            return false;
        }
    }
}
