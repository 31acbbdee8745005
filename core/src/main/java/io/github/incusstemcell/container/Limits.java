package io.github.incusstemcell.container;

import java.math.BigInteger;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of the machine a container may use, in Incus's own notation; see
 * <a href="https://linuxcontainers.org/incus/docs/main/reference/instance_options/#resource-limits">Resource limits</a>.
 *
 * @param cpu {@code limits.cpu}: how many CPUs, such as {@code 2}, or which, such as {@code 0-1,3}; empty for all
 * @param memory {@code limits.memory}: such as {@code 512MiB}, or a share of the machine's, such as {@code 25%}; empty for all
 * @param disk {@code size} of the root disk, the image's own content included, such as {@code 3GiB}; empty for what the storage pool
 *     gives
 * @param agentData how large {@code /var/vcap/data} may become where a BOSH agent has settings, such as {@code 512MiB}; it takes memory for
 *     what is in it; empty for 2GiB
 */
public record Limits(Optional<String> cpu, Optional<String> memory, Optional<String> disk, Optional<String> agentData) {

    /** No limits. */
    public static final Limits NONE =
            new Limits(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** A lone number is a count; Incus would take a count of 0 for no limit. */
    private static final Pattern CPU = Pattern.compile("(?!0+$)\\d{1,5}(?:-\\d{1,5})?(?:,\\d{1,5}(?:-\\d{1,5})?)*+");

    private static final String BYTES = "[1-9]\\d{0,17}(B|kB|MB|GB|TB|PB|EB|KiB|MiB|GiB|TiB|PiB|EiB)?";
    private static final Pattern MEMORY = Pattern.compile(BYTES + "|[1-9]\\d?%|100%");
    private static final Pattern DISK = Pattern.compile(BYTES);

    /** Nothing starts with less: who writes less has left the unit out. */
    private static final long LEAST = 512 << 10;

    private static final Pattern SMALL = Pattern.compile("([1-9]\\d{0,17})(B|kB|KiB)?");

    /**
     * Checks the notations.
     *
     * @throws IllegalArgumentException if Incus would not take one of them
     */
    public Limits {
        Objects.requireNonNull(cpu, "cpu");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(agentData, "agentData");
        require(cpu, CPU, "number of CPUs; write for example 2, or 0-1 for the first two");
        require(memory, MEMORY, "limit of memory; write for example 512MiB, or 25%");
        require(disk, DISK, "size of a root disk; write for example 3GiB");
        require(agentData, DISK, "size of the agent's data; write for example 512MiB");
        memory.ifPresent(Limits::requireMemory);
        disk.ifPresent(Limits::requireDisk);
        agentData.ifPresent(size -> requireEnough(size, "size of the agent's data"));
    }

    static void requireMemory(String size) {
        requireEnough(size, "limit of memory");
    }

    static void requireDisk(String size) {
        requireEnough(size, "size of a root disk");
    }

    static String requirePool(String size) {
        require(Optional.of(size), DISK, "size of a storage pool; write for example 20GiB");
        requireEnough(size, "size of a storage pool");
        return size;
    }

    private static void requireEnough(String size, String kind) {
        Matcher small = SMALL.matcher(size);
        if (!small.matches()) {
            return;
        }
        String unit = small.group(2) == null ? "B" : small.group(2);
        long bytes = unit.equals("B") ? 1 : unit.equals("kB") ? 1_000 : 1_024;
        if (Long.parseLong(small.group(1)) < LEAST / bytes) {
            throw new IllegalArgumentException("'" + size + "' is too little for a " + kind + ", it is "
                    + (unit.equals("B") ? "a number of bytes" : "less than 1MiB") + "; did you mean "
                    + small.group(1) + "GiB, or " + small.group(1) + "MiB?");
        }
    }

    private static void require(Optional<String> value, Pattern notation, String kind) {
        value.filter(text -> !notation.matcher(text).matches()).ifPresent(text -> {
            throw new IllegalArgumentException("'" + text + "' is no " + kind);
        });
    }

    /**
     * The same with another limit of CPUs.
     *
     * @param limit such as {@code 2}
     * @return the copy
     */
    public Limits withCpu(String limit) {
        return new Limits(Optional.of(limit), memory, disk, agentData);
    }

    /**
     * The same with another limit of memory.
     *
     * @param limit such as {@code 512MiB}
     * @return the copy
     */
    public Limits withMemory(String limit) {
        return new Limits(cpu, Optional.of(limit), disk, agentData);
    }

    /**
     * The same with another size of the root disk.
     *
     * @param limit such as {@code 3GiB}
     * @return the copy
     */
    public Limits withDisk(String limit) {
        return new Limits(cpu, memory, Optional.of(limit), agentData);
    }

    /**
     * The same with another size of {@code /var/vcap/data}, where a BOSH agent has settings.
     *
     * @param limit such as {@code 512MiB}
     * @return the copy
     */
    public Limits withAgentData(String limit) {
        return new Limits(cpu, memory, disk, Optional.of(limit));
    }

    /** The size of {@code /var/vcap/data} as mount(8) takes it for a tmpfs: in bytes. */
    Optional<String> agentDataBytes() {
        return agentData.map(Limits::bytes).map(BigInteger::toString);
    }

    /** Units are powers of 1000 without an i, and of 1024 with it. */
    static BigInteger bytes(String size) {
        String number = size.replaceAll("[^0-9]", "");
        String unit = size.substring(number.length());
        int power = unit.isEmpty() ? 0 : "BKMGTPE".indexOf(Character.toUpperCase(unit.charAt(0)));
        return new BigInteger(number)
                .multiply(BigInteger.valueOf(unit.contains("i") ? 1024 : 1000).pow(power));
    }
}
