package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.systemd.Priority;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** The guest's journal in our log. */
class JournalLogTest {

    @Test
    void isWrittenLineByLineUntilTheContainerEnds() throws InterruptedException {
        try (CapturedLog log = new CapturedLog();
                Stemcells stemcells = TestMachine.stemcells().connect()) {
            String name;
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
            assertThat(log.text())
                    .containsPattern(
                            "INFO ContainerLauncher - " + name + " \\(.* \\(Incus image [0-9a-f]{12}\\)\\)"
                                    + " is up at \\d+\\.\\d+\\.\\d+\\.\\d+ after \\d+ ms, \\d+ ms of them until it was started");
        }
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
}
