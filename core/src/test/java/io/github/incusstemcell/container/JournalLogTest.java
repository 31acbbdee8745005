package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.systemd.Priority;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** The guest's journal in our log. */
class JournalLogTest {

    @Test
    void isWrittenLineByLineUntilTheContainerEnds() throws InterruptedException {
        PrintStream stderr = System.err;
        Text log = new Text();
        // There the log of the tests goes, at this moment and not when it was made.
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        String name;
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            try (StemcellContainer stemcell = stemcells.launch(
                    TestMachine.spec().toBuilder().journalInLog(true).build())) {
                name = stemcell.name();
                log.await("INFO .*journal - " + name + " \\S+ systemd\\[1\\]: .*multi-user\\.target.*");
                stemcell.exec("logger", "--priority", "user.err", "--tag", "sample", "it burns");
                log.await("ERROR .*journal - " + name + " \\S+ sample(\\[\\d+\\])?: it burns");

                stemcell.restart();
                stemcell.exec("logger", "--priority", "user.warning", "--tag", "sample", "smoke again");
                log.await("WARN .*journal - " + name + " \\S+ sample(\\[\\d+\\])?: smoke again");
            }
            assertThat(followers(name)).isEmpty();
        } finally {
            System.setErr(stderr);
        }
        assertThat(log.toString(StandardCharsets.UTF_8))
                .containsPattern("INFO ContainerLauncher - " + name + " \\(.* \\(Incus image [0-9a-f]{12}\\)\\)"
                        + " is up at \\d+\\.\\d+\\.\\d+\\.\\d+ after \\d+ ms, \\d+ ms of them until it was started");
    }

    @Test
    void isNotWrittenUnasked() throws InterruptedException {
        try (Stemcells stemcells = TestMachine.stemcells().connect();
                StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            assertThat(followers(stemcell.name())).isEmpty();
        }
    }

    @Test
    void hasALevelForEachPriority() {
        assertThat(Arrays.stream(Priority.values()).map(JournalLog::level))
                .containsExactlyElementsOf(List.of(
                        Level.ERROR,
                        Level.ERROR,
                        Level.ERROR,
                        Level.ERROR,
                        Level.WARN,
                        Level.INFO,
                        Level.INFO,
                        Level.DEBUG));
    }

    /** Those that still run, after a while in which they may end. */
    private static List<Thread> followers(String guest) throws InterruptedException {
        List<Thread> followers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("incus-stemcell-journal-" + guest))
                .toList();
        for (Thread follower : followers) {
            follower.join(10_000);
        }
        return followers.stream().filter(Thread::isAlive).toList();
    }

    /** What was written, for which one can wait. */
    private static final class Text extends ByteArrayOutputStream {

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            notifyAll();
        }

        synchronized void await(String pattern) throws InterruptedException {
            long end = System.nanoTime() + 10_000_000_000L;
            while (!Pattern.compile(pattern)
                    .matcher(toString(StandardCharsets.UTF_8))
                    .find()) {
                long millis = (end - System.nanoTime()) / 1_000_000;
                assertThat(millis)
                        .as(pattern + " in " + toString(StandardCharsets.UTF_8))
                        .isPositive();
                wait(millis);
            }
        }
    }
}
