package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 200 tests over 20 classes, again and again for half an hour, leave nothing in the daemon, on the machine and in their JVM, and say how
 * long they waited. {@code dev/test --soak} runs it.
 */
class Soak {

    private static final int MINUTES = Integer.getInteger("soak.minutes", 30);

    /** Of a heap that is collected before it is measured: what JUnit and the JVM keep of classes and code comes to a few of them. */
    private static final long GROWTH = 16 << 20;

    /** A pool frees what was deleted in its own time. */
    private static final Duration SETTLING = Duration.ofMinutes(1);

    @TempDir
    private Path temporary;

    @Test
    void leavesNothing() throws Exception {
        // What a daemon and a pool load and keep once.
        LeakTest.leavesNothing(2, 0, temporary);
        DaemonUse before = DaemonUse.now();
        System.out.println("before: " + before);

        List<String> said = LeakTest.leavesNothing(Load.classes(), MINUTES, temporary);

        said.forEach(System.out::println);
        DaemonUse after = DaemonUse.now();
        long deadline = System.nanoTime() + SETTLING.toNanos();
        while (!after.isAsBefore(before) && System.nanoTime() - deadline < 0) {
            Thread.sleep(1000);
            after = DaemonUse.now();
        }
        System.out.println("after: " + after);
        assertThat(after).matches(use -> use.isAsBefore(before), "is as before: " + before);
        List<Long> heaps = said.stream()
                .filter(line -> line.startsWith("round: "))
                .map(line -> Long.valueOf(line.split(" ")[1]))
                .toList();
        assertThat(heaps.get(heaps.size() - 1)).isLessThan(heaps.get(0) + GROWTH);
    }
}
