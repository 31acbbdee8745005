package io.github.incusstemcell.junit.assertj;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * What came of connecting from this JVM.
 *
 * @param isOpen whether somebody accepted
 * @param words how messages say it
 */
record Connecting(boolean isOpen, String words) {

    private static final int PATIENCE_MILLIS = 2_000;

    static Connecting to(InetSocketAddress there) {
        try (Socket socket = new Socket(java.net.Proxy.NO_PROXY)) {
            socket.connect(there, PATIENCE_MILLIS);
            return new Connecting(true, "it accepted a connection");
        } catch (IOException e) {
            // Refused, no route, no answer in time: each of them is an answer to the question.
            return new Connecting(false, "it did not accept a connection: " + e.getMessage());
        }
    }
}
