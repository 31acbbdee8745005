package io.github.incusstemcell.container;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Who owns what a run creates in Incus: written into the create call itself, so that nothing of ours ever stands there
 * without its owner's name, however suddenly the owner dies.
 *
 * @param run a random id of this JVM's run
 * @param host this machine's name
 * @param bootId the id of this boot of the machine: a process id means nothing after the next one
 * @param pidNamespace the namespace that the process id belongs to: a build in a container shares host and boot with others
 * @param pid the process id of this JVM
 * @param pidStart when that process started: process ids are used again
 * @param owner for what it was created, such as a test's class and method
 * @param kept whether the user wants to look at it after its run, so that only its expiry ends it
 * @param expires when anybody may remove it
 */
record Lease(
        String run,
        String host,
        String bootId,
        String pidNamespace,
        long pid,
        Instant pidStart,
        String owner,
        boolean kept,
        Instant expires) {

    /** All our keys start so; nothing without {@link #RUN} is ours. */
    static final String PREFIX = "user.incus-stemcell.";

    static final String RUN = PREFIX + "run";
    static final String HOST = PREFIX + "host";
    static final String BOOT_ID = PREFIX + "boot-id";
    static final String PID_NAMESPACE = PREFIX + "pid-namespace";
    static final String PID = PREFIX + "pid";
    static final String PID_START = PREFIX + "pid-start";
    static final String OWNER = PREFIX + "owner";
    static final String KEPT = PREFIX + "kept";
    static final String EXPIRES = PREFIX + "expires";

    /** Longer than any run of tests; after it, anybody may remove what is left. */
    static final Duration TERM = Duration.ofHours(24);

    /** A lease of this JVM, for nothing in particular. */
    static Lease ofThisProcess() {
        ProcessHandle self = ProcessHandle.current();
        return new Lease(
                UUID.randomUUID().toString(),
                hostName(),
                read(Path.of("/proc/sys/kernel/random/boot_id")),
                link(Path.of("/proc/self/ns/pid")),
                self.pid(),
                start(self),
                "",
                false,
                Instant.now().plus(TERM).truncatedTo(ChronoUnit.SECONDS));
    }

    /** The same owner's lease of something new, with its full term ahead. */
    Lease of(String what) {
        return new Lease(
                run,
                host,
                bootId,
                pidNamespace,
                pid,
                pidStart,
                what,
                kept,
                Instant.now().plus(TERM).truncatedTo(ChronoUnit.SECONDS));
    }

    /** Reads a lease from an instance's configuration; empty where the instance is not ours. */
    static Optional<Lease> read(Map<String, String> config) {
        if (!config.containsKey(RUN) || !config.containsKey(EXPIRES)) {
            return Optional.empty();
        }
        return Optional.of(new Lease(
                config.get(RUN),
                config.getOrDefault(HOST, ""),
                config.getOrDefault(BOOT_ID, ""),
                config.getOrDefault(PID_NAMESPACE, ""),
                Long.parseLong(config.getOrDefault(PID, "0")),
                Instant.parse(config.getOrDefault(PID_START, Instant.EPOCH.toString())),
                config.getOrDefault(OWNER, ""),
                Boolean.parseBoolean(config.get(KEPT)),
                Instant.parse(config.get(EXPIRES))));
    }

    /** The keys that go into a create call. */
    Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(RUN, run);
        keys.put(HOST, host);
        keys.put(BOOT_ID, bootId);
        keys.put(PID_NAMESPACE, pidNamespace);
        keys.put(PID, Long.toString(pid));
        keys.put(PID_START, pidStart.toString());
        keys.put(OWNER, owner);
        keys.put(EXPIRES, expires.toString());
        return keys;
    }

    /**
     * Whether nobody needs any more what this lease is on, as far as that can be known from here.
     *
     * @param here the lease of this process
     * @param sameMachine whether the daemon runs on this machine, so that what bears this machine's name was created on it
     */
    boolean isOver(Lease here, boolean sameMachine, Instant now) {
        if (now.isAfter(expires)) {
            return true;
        }
        if (kept || bootId.isEmpty() || !host.equals(here.host)) {
            return false;
        }
        if (!bootId.equals(here.bootId)) {
            // The machine was booted again since, or it is another one of that name, which only a remote daemon can
            // have.
            return sameMachine;
        }
        return pidNamespace.equals(here.pidNamespace) && !ownerIsAlive();
    }

    private boolean ownerIsAlive() {
        return ProcessHandle.of(pid)
                .filter(process -> start(process).equals(pidStart))
                .isPresent();
    }

    private static Instant start(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // The machine's own name does not resolve. The kernel knows it all the same, where there is /proc.
            return read(Path.of("/proc/sys/kernel/hostname"));
        }
    }

    /** Empty where the system has no such file (macOS): the owner then counts as alive until the lease expires. */
    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
