package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.TestDaemon.Way;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest that prints without end fills no memory of ours. */
@Timeout(120)
class OutputBoundsTest {

    private static TestDaemon daemon;
    private static Instance instance;

    @BeforeAll
    static void start() {
        SmallHeap.require();
        daemon = new TestDaemon(Way.SOCKET);
        instance = daemon.started();
    }

    @AfterAll
    static void delete() {
        daemon.close();
    }

    @Test
    void keepsTheBeginningOfAFloodAndSaysHowMuchItDropped() {
        ExecResult result = instance.exec(Command.of("yes").timeout(Duration.ofSeconds(5)));

        assertThat(result.timedOut()).isTrue();
        assertThat(result.stdoutBytes()).hasSize(16777216).startsWith('y', '\n', 'y');
        assertThat(result.isTruncated()).isTrue();
        assertThat(result.stdout())
                .startsWith("y\ny\n")
                .containsPattern("\\n\\[the last \\d+ bytes are left out\\]\\n$");
        assertThat(result.toString())
                .startsWith(
                        "'yes' was killed after its timeout of 5000 ms; of what it printed only the first 16777216 bytes"
                                + " of each stream are kept");
    }

    @Test
    void boundsEachStreamByItself() {
        ExecResult result = instance.exec(
                Command.shell("head -c 17000000 /dev/zero >&2 & head -c 16777216 /dev/zero; wait; echo end >&2"));

        assertThat(result.stdoutBytes()).hasSize(16777216);
        assertThat(result.stderrBytes()).hasSize(16777216);
        assertThat(result.stdout()).hasSize(16777216);
        assertThat(result.stderr()).endsWith("\n[the last 222788 bytes are left out]\n");
    }

    @Test
    void keepsAllOfWhatFits() {
        ExecResult result = instance.exec(Command.shell("head -c 16777216 /dev/zero"));

        assertThat(result.isTruncated()).isFalse();
        assertThat(result).hasToString("'sh -c 'head -c 16777216 /dev/zero'' ended with exit code 0");
    }

    @Test
    void handsOnALineWithoutAnEndInPieces() {
        AtomicLong length = new AtomicLong();
        AtomicInteger longest = new AtomicInteger();

        instance.exec(Command.shell("head -c 40000000 /dev/zero; echo x"), Output.lines((stream, line) -> {
                    length.addAndGet(line.length());
                    longest.accumulateAndGet(line.length(), Math::max);
                }))
                .requireSuccess();

        assertThat(length).hasValue(40_000_001);
        assertThat(longest).hasValue(1 << 20);
    }

    @Test
    void cutsNoCharacterInTwo() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        Output lines =
                Output.lines((stream, line) -> text.writeBytes(line.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        byte[] euros = "€".repeat(1 << 20).getBytes(java.nio.charset.StandardCharsets.UTF_8);

        lines.accept(Output.Stream.STDOUT, euros, euros.length);
        lines.end(Output.Stream.STDOUT);

        assertThat(text.toByteArray()).isEqualTo(euros);
    }
}
