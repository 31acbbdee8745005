package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.opentest4j.TestAbortedException;

class FailurePauseTest {

    @RegisterExtension
    static final Seen SEEN = new Seen();

    private static final Pattern MESSAGE =
            Pattern.compile("FailurePauseTest.Failing.test has failed with java.lang.AssertionError: on"
                    + " purpose, and waits. Look inside with:\n  (incus exec --project incus-stemcell ic-\\w+ -- bash)\nGo on with: rm"
                    + " (\\S+)");

    @Test
    @Timeout(300)
    void waitsWithTheContainerUntilSomebodyHasLooked() throws Exception {
        Printed printed = new Printed("Go on with: rm ");
        PrintStream before = System.err;
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            FutureTask<EngineExecutionResults> run =
                    new FutureTask<>(() -> Kit.run(Map.of("incus.stemcell.pause-on-failure", "true"), Failing.class));
            new Thread(run).start();
            printed.seen.await();

            Matcher message = MESSAGE.matcher(printed.toString(StandardCharsets.UTF_8));
            assertThat(message.find()).isTrue();
            StemcellContainer stemcell = SEEN.all().get(0);
            assertThat(message.group(1)).isEqualTo(stemcell.shellCommand());
            assertThat(stemcell.exec("true").exitCode()).isZero();
            assertThat(run.isDone()).isFalse();
            Files.delete(Path.of(message.group(2)));

            run.get().testEvents().assertStatistics(stats -> stats.failed(1));
            assertThat(Path.of(message.group(2)).getParent()).doesNotExist();
        } finally {
            System.setErr(before);
        }
    }

    @Test
    void doesNotWaitTwiceNorForWhatDoesNotFailNorWithoutAContainer() {
        FailurePause pause = new FailurePause(true);

        pause.at("a test", new TestAbortedException(), List.of("incus exec"));
        pause.at("a test", new AssertionError(), List.of());
        new FailurePause(false).at("a test", new AssertionError(), List.of("incus exec"));
    }

    private static final class Printed extends ByteArrayOutputStream {

        private final CountDownLatch seen = new CountDownLatch(1);
        private final String awaited;

        private Printed(String awaited) {
            this.awaited = awaited;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            if (toString(StandardCharsets.UTF_8).matches("(?s).*" + awaited + "\\S+\n.*")) {
                seen.countDown();
            }
        }
    }

    @IncusStemcell
    static class Failing {

        @Test
        void test(StemcellContainer stemcell) {
            SEEN.add(stemcell);
            throw new AssertionError("on purpose");
        }
    }
}
