package io.github.incusstemcell.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The way into a stemcell from outside. */
@IncusStemcell
class SshdTest {

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
        assertThat(stemcell.files().list("/etc/ssh"))
                .extracting(stat -> stat.path().substring("/etc/ssh/".length()))
                .contains("ssh_host_ed25519_key", "ssh_host_rsa_key");
    }

    @Test
    void letsInNeitherRootNorPasswords(StemcellContainer stemcell) {
        // What sshd makes of its configuration, rather than what the file seems to say.
        String effective = stemcell.exec("sshd", "-T").requireSuccess().stdout().toLowerCase(Locale.ROOT);

        assertThat(effective.lines()).contains("permitrootlogin no", "passwordauthentication no");
    }
}
