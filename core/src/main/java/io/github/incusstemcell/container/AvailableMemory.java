package io.github.incusstemcell.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What proc_meminfo(5) says. */
final class AvailableMemory {

    private static final Logger LOG = LoggerFactory.getLogger(AvailableMemory.class);

    private static final int KIBIBYTE = 1024;

    private AvailableMemory() {}

    /** {@return in bytes, of this machine; empty where the system has no such file (macOS)} */
    static OptionalLong here() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("How much memory is available is not known", e);
            return OptionalLong.empty();
        }
    }
}
