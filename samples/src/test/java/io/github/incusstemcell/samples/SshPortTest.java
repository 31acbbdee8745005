package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The way into a stemcell from outside. */
@IncusStemcell
class SshPortTest {

    @Test
    void answersOnPort22(StemcellContainer stemcell) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(stemcell.address(), 22), 5_000);
            socket.setSoTimeout(5_000);
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));

            assertThat(answer.readLine()).startsWith("SSH-2.0-OpenSSH");
        }
    }

    @Test
    void madeItsHostKeysAtFirstBoot(StemcellContainer stemcell) {
        // The image has none: each machine's identity is its own.
        assertThat(stemcell)
                .files("/etc/ssh/ssh_host_*_key")
                .paths()
                .contains("/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_rsa_key");
    }
}
