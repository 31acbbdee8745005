package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.systemd.dbus.BusMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What no systemd says. */
@Timeout(20)
class BusConnectionTest {

    private static final BusMessage.Call CALL = new BusMessage.Call("/", "i", "Ask", "", List.of());

    @Test
    void failsLaterCallsAtOnceWhereItsReaderDied() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        InputStream dying = new InputStream() {
            @Override
            public int read() {
                throw new StackOverflowError("in the reader");
            }
        };
        try (BusConnection connection =
                new BusConnection("c1", dying, OutputStream.nullOutputStream(), closed::countDown)) {
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(connection.isClosed()).isTrue();
            assertThatThrownBy(() -> connection.call(CALL, Duration.ofHours(1)))
                    .isInstanceOf(BusConnection.ClosedException.class)
                    .hasMessage("The connection to systemd of c1 ended");
        }
    }

    @Test
    void readsNoGreetingWithoutAnEnd() {
        InputStream endless = new InputStream() {
            @Override
            public int read() throws IOException {
                return 'x';
            }
        };
        try (BusConnection connection = new BusConnection("c1", endless, OutputStream.nullOutputStream(), () -> {})) {
            assertThatThrownBy(() -> connection.greeting(Duration.ofSeconds(10)))
                    .isInstanceOf(BusConnection.ClosedException.class)
                    .hasRootCauseMessage("What came instead of a greeting is too long: " + "x".repeat(1000));
        }
    }
}
