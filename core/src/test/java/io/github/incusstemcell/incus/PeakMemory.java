package io.github.incusstemcell.incus;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.stream.Stream;

/** How much of the heap was in use at most, garbage and all. */
final class PeakMemory {

    private PeakMemory() {}

    /** {@return what is in use now, in bytes} */
    static long reset() {
        System.gc();
        heap().forEach(MemoryPoolMXBean::resetPeakUsage);
        return heap().mapToLong(pool -> pool.getUsage().getUsed()).sum();
    }

    static long sinceReset() {
        return heap().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    private static Stream<MemoryPoolMXBean> heap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP);
    }
}
