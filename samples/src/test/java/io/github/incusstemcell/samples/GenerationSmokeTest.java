package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.junit.assertj.StemcellAssertions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The least that each generation of stemcells does: it boots, and can be looked at from inside and from outside. */
@IncusStemcell(scope = Scope.PER_CLASS)
class GenerationSmokeTest {

    @Test
    void boots(StemcellContainer stemcell) {
        assertThat(stemcell).systemd().isRunning().hasNoFailedUnits();
    }

    @Test
    void letsInNeitherRootNorPasswords(StemcellContainer stemcell) {
        StemcellAssertions.assertThat(stemcell)
                .sshd()
                .hasValue("permitrootlogin", "no")
                .hasValue("passwordauthentication", "no");
    }

    @Test
    void answersBySsh(StemcellContainer stemcell) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(stemcell.address(), 22), 5_000);
            socket.setSoTimeout(5_000);
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));

            assertThat(answer.readLine()).startsWith("SSH-2.0-OpenSSH");
        }
    }

    @Test
    void bootsAgain(StemcellContainer stemcell) {
        stemcell.restart();

        assertThat(stemcell).systemd().isRunning().hasNoFailedUnits();
    }
}
