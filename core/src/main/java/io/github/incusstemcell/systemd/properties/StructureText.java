package io.github.incusstemcell.systemd.properties;

import io.github.incusstemcell.internal.KernelCapabilities;
import io.github.incusstemcell.systemd.SystemdException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Properties that are structures, each of which {@code systemctl show} prints in a way of its own. */
final class StructureText {

    private static final String NAMESPACE_SET = "RestrictNamespaces";

    /** The flags of clone(2), in systemd's order. */
    private static final Map<String, Long> NAMESPACES = new LinkedHashMap<>();

    static {
        NAMESPACES.put("cgroup", 0x02000000L);
        NAMESPACES.put("ipc", 0x08000000L);
        NAMESPACES.put("net", 0x40000000L);
        NAMESPACES.put("mnt", 0x00020000L);
        NAMESPACES.put("pid", 0x20000000L);
        NAMESPACES.put("user", 0x10000000L);
        NAMESPACES.put("uts", 0x04000000L);
    }

    private static final Map<Long, String> ENDS = Map.of(1L, "exited", 2L, "killed", 3L, "dumped");

    private static final Set<String> CAPABILITY_SETS = Set.of("CapabilityBoundingSet", "AmbientCapabilities");

    private static final Map<String, Function<List<?>, String>> PRINTERS = Map.ofEntries(
            Map.entry("Job", job -> job.get(0).equals(0L) ? "" : job.get(0).toString()),
            Map.entry("LoadError", error -> error.get(0).equals("") ? "" : error.get(0) + " \"" + error.get(1) + "\""),
            Map.entry("SELinuxContext", StructureText::label),
            Map.entry("AppArmorProfile", StructureText::label),
            Map.entry("SmackProcessLabel", StructureText::label),
            Map.entry("SystemCallFilter", StructureText::filter),
            Map.entry("SystemCallLog", StructureText::filter),
            Map.entry("RestrictAddressFamilies", StructureText::filter),
            Map.entry("RestrictFileSystems", StructureText::filter),
            Map.entry("RestrictNetworkInterfaces", StructureText::filter),
            Map.entry("SuccessExitStatus", StructureText::statuses),
            Map.entry("RestartPreventExitStatus", StructureText::statuses),
            Map.entry("RestartForceExitStatus", StructureText::statuses),
            Map.entry(
                    "EnvironmentFiles",
                    files -> lines(files, row -> row.get(0) + " (ignore_errors=" + yes(row.get(1)) + ")")),
            Map.entry("Listen", listeners -> lines(listeners, row -> row.get(1) + " (" + row.get(0) + ")")),
            Map.entry("Paths", paths -> lines(paths, row -> row.get(1) + " (" + row.get(0) + ")")),
            Map.entry(
                    "TimersMonotonic", timers -> lines(timers, row -> timer(row, PropertyText.of("USec", row.get(1))))),
            Map.entry(
                    "TimersCalendar",
                    timers -> lines(timers, row -> timer(row, row.get(1).toString()))),
            Map.entry("IPAddressAllow", StructureText::networks),
            Map.entry("IPAddressDeny", StructureText::networks),
            Map.entry("RuntimeDirectorySymlink", StructureText::symlinks),
            Map.entry("StateDirectorySymlink", StructureText::symlinks),
            Map.entry("CacheDirectorySymlink", StructureText::symlinks),
            Map.entry("LogsDirectorySymlink", StructureText::symlinks),
            Map.entry("DeviceAllow", devices -> lines(devices, row -> row.get(0) + " " + row.get(1))));

    private StructureText() {}

    /** {@return whether systemctl has a way of its own to print the property} */
    static boolean knows(String name) {
        return PRINTERS.containsKey(name)
                || CAPABILITY_SETS.contains(name)
                || name.equals(NAMESPACE_SET)
                || isCommand(name);
    }

    private static boolean isCommand(String name) {
        return name.startsWith("Exec")
                && !name.startsWith("ExecMain")
                && !name.endsWith("Paths")
                && !name.endsWith("Path");
    }

    static String of(String name, Object value) {
        if (CAPABILITY_SETS.contains(name)) {
            return capabilities(value);
        }
        if (name.equals(NAMESPACE_SET)) {
            return namespaces(value);
        }
        List<?> elements = (List<?>) value;
        return isCommand(name)
                ? lines(elements, row -> command(row, name.endsWith("Ex")))
                : Objects.requireNonNull(PRINTERS.get(name), name).apply(elements);
    }

    private static String lines(List<?> rows, Function<List<?>, String> printer) {
        return rows.stream().map(row -> printer.apply((List<?>) row)).collect(Collectors.joining("\n"));
    }

    private static String yes(Object flag) {
        return Boolean.TRUE.equals(flag) ? "yes" : "no";
    }

    private static String words(Object list) {
        return ((List<?>) list).stream().map(Object::toString).collect(Collectors.joining(" "));
    }

    private static String label(List<?> ignoredAndLabel) {
        return (Boolean.TRUE.equals(ignoredAndLabel.get(0)) ? "-" : "") + ignoredAndLabel.get(1);
    }

    /** A list of what is allowed, or behind a tilde of what is not. */
    private static String filter(List<?> allowedAndWords) {
        return (Boolean.TRUE.equals(allowedAndWords.get(0)) ? "" : "~") + words(allowedAndWords.get(1));
    }

    private static String statuses(List<?> codesAndSignals) {
        return codesAndSignals.stream()
                .map(StructureText::words)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static String timer(List<?> row, String when) {
        boolean calendar = row.get(1) instanceof String;
        String next = PropertyText.of(calendar ? "Timestamp" : "USec", row.get(2));
        return "{ " + row.get(0) + "=" + when + " ; next_elapse=" + (next.isEmpty() ? "(null)" : next) + " }";
    }

    /** A folder and what is linked to it. */
    private static String symlinks(List<?> folders) {
        return lines(folders, row -> row.get(0) + ":" + row.get(1));
    }

    private static String networks(List<?> networks) {
        return networks.stream()
                .map(network -> (List<?>) network)
                .map(network -> address((byte[]) network.get(1)) + "/" + network.get(2))
                .collect(Collectors.joining(" "));
    }

    private static String address(byte[] octets) {
        if (new BigInteger(1, octets).signum() == 0 && octets.length == 16) {
            return "::";
        }
        try {
            return InetAddress.getByAddress(octets).getHostAddress();
        } catch (UnknownHostException e) {
            throw new SystemdException("systemd named an address of " + octets.length + " octets", "", e);
        }
    }

    private static String namespaces(Object allowed) {
        if (allowed instanceof BigInteger) {
            return "no"; // nothing is restricted
        }
        long bits = (Long) allowed;
        return bits == 0
                ? "yes"
                : NAMESPACES.entrySet().stream()
                        .filter(namespace -> (bits & namespace.getValue()) != 0)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.joining(" "));
    }

    private static String command(List<?> row, boolean extended) {
        String argv = words(row.get(1));
        String flags = extended ? "flags=" + words(row.get(2)) : "ignore_errors=" + yes(row.get(2));
        long code = (Long) row.get(8);
        String signal = code == 1 ? "" : "/" + (row.get(9).equals(0L) ? "0" : Signals.name((Long) row.get(9)));
        return "{ path=" + row.get(0) + " ; argv[]=" + argv + " ; " + flags + " ; start_time=[" + time(row.get(3))
                + "] ; stop_time=[" + time(row.get(5)) + "] ; pid=" + row.get(7) + " ; code="
                + ENDS.getOrDefault(code, "(null)") + " ; status=" + row.get(9) + signal + " }";
    }

    private static String time(Object micros) {
        return micros.equals(0L) ? "n/a" : PropertyText.time(Instant.EPOCH.plus((Long) micros, ChronoUnit.MICROS));
    }

    private static String capabilities(Object set) {
        BigInteger bits = set instanceof BigInteger large ? large : BigInteger.valueOf((Long) set);
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < KernelCapabilities.NAMES.size(); bit++) {
            if (bits.testBit(bit)) {
                names.add(KernelCapabilities.NAMES.get(bit));
            }
        }
        return String.join(" ", names);
    }
}
