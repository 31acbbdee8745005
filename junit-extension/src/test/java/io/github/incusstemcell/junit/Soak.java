package io.github.incusstemcell.junit;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 200 tests over 20 classes leave nothing, and say how long they waited. It takes minutes: {@code dev/test --soak} runs it. */
class Soak {

    @TempDir
    private Path temporary;

    @Test
    void leavesNothing() throws Exception {
        System.out.println(LeakTest.leavesNothing(Load.classes(), temporary));
    }
}
