package io.github.incusstemcell.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The IPv4 subnets that this machine has routes to, from {@code /proc/net/route}: a VPN's, for example, which no
 * interface's address shows.
 */
final class LocalRoutes {

    private static final Path TABLE = Path.of("/proc/net/route");

    private LocalRoutes() {}

    /** The routes other than the default one; none on a system without {@code /proc}. */
    static List<Subnet> read() {
        if (!Files.exists(TABLE)) {
            return List.of();
        }
        try {
            return Files.readAllLines(TABLE).stream()
                    .skip(1)
                    .map(LocalRoutes::destination)
                    .filter(Objects::nonNull)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Reading this machine's routes from " + TABLE + " failed", e);
        }
    }

    /** The second and the eighth column are destination and mask: hexadecimal, in the byte order of the machine (little). */
    private static @Nullable Subnet destination(String line) {
        String[] columns = line.split("\\s+");
        int destination = Integer.reverseBytes(Integer.parseUnsignedInt(columns[1], 16));
        int mask = Integer.reverseBytes(Integer.parseUnsignedInt(columns[7], 16));
        return mask == 0 ? null : new Subnet(destination, Integer.bitCount(mask));
    }
}
