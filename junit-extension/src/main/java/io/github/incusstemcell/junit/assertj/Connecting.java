package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * What came of connecting from this JVM.
 *
 * @param isOpen whether somebody accepted
 * @param words how messages say it
 */
record Connecting(boolean isOpen, String words) {

    private static final int PATIENCE_MILLIS = 2_000;

    /** To the guest's address; where this JVM has no route to it, from the guest itself. */
    static Connecting to(StemcellContainer stemcell, int port) {
        if (stemcell.isRoutable()) {
            return to(new InetSocketAddress(stemcell.address(), port));
        }
        GuestConnecting inside = GuestConnecting.to(
                stemcell, stemcell.address().getHostAddress(), port, Duration.ofMillis(PATIENCE_MILLIS));
        return new Connecting(inside.isOpen(), inside.words() + " (asked in the guest: this JVM has no route to it)");
    }

    private static Connecting to(InetSocketAddress there) {
        try (Socket socket = new Socket(java.net.Proxy.NO_PROXY)) {
            socket.connect(there, PATIENCE_MILLIS);
            return new Connecting(true, "it accepted a connection");
        } catch (IOException e) {
            // Refused, no route, no answer in time: each of them is an answer to the question.
            return new Connecting(false, "it did not accept a connection: " + e.getMessage());
        }
    }
}
