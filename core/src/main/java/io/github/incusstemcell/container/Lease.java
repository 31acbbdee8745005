package io.github.incusstemcell.container;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who owns what a run creates in Incus: written into the create call itself, so that nothing of ours ever stands there
 * without its owner's name, however suddenly the owner dies.
 *
 * @param run a random id of this JVM's run
 * @param host this machine's name
 * @param machine the id of this machine (machine-id(5)), which stays when it is booted again, unlike that of a copy that has another name;
 *     empty where it has none
 * @param bootId the id of this boot of the machine: a process id means nothing after the next one
 * @param pidNamespace the namespace that the process id belongs to: a build in a container shares host and boot with others
 * @param pid the process id of this JVM
 * @param pidStartTicks when that process started, in ticks of the kernel since the boot: process ids are used again; not as a time of
 *     day, which two JVMs that ask for it compute differently after the clock was set
 * @param owner for what it was created, such as a test's class and method
 * @param kept whether the user wants to look at it after its run, so that only its expiry ends it
 * @param expires when anybody may remove it
 */
record Lease(
        String run,
        String host,
        String machine,
        String bootId,
        String pidNamespace,
        long pid,
        String pidStartTicks,
        String owner,
        boolean kept,
        Instant expires) {

    /** All our keys start so; nothing without {@link #RUN} is ours. */
    static final String PREFIX = "user.incus-stemcell.";

    static final String RUN = PREFIX + "run";
    static final String HOST = PREFIX + "host";
    static final String MACHINE = PREFIX + "machine";
    static final String BOOT_ID = PREFIX + "boot-id";
    static final String PID_NAMESPACE = PREFIX + "pid-namespace";
    static final String PID = PREFIX + "pid";
    /** For people; what counts are the ticks. */
    static final String PID_START = PREFIX + "pid-start";

    static final String PID_START_TICKS = PREFIX + "pid-start-ticks";
    static final String OWNER = PREFIX + "owner";
    static final String KEPT = PREFIX + "kept";
    static final String EXPIRES = PREFIX + "expires";

    /** Longer than any run of tests; after it, anybody may remove what is left. */
    static final Duration TERM = Duration.ofHours(24);

    /** Of what is renewed while its owner lives, longer than a person halts one to debug it. */
    static final Duration RENEWED_TERM = Duration.ofMinutes(90);

    private static final int START_AFTER_NAME = 22 - 3;

    /** A lease of this JVM, for nothing in particular. */
    static Lease ofThisProcess() {
        ProcessHandle self = ProcessHandle.current();
        return new Lease(
                UUID.randomUUID().toString(),
                hostName(),
                read(Path.of("/etc/machine-id")),
                read(Path.of("/proc/sys/kernel/random/boot_id")),
                link(Path.of("/proc/self/ns/pid")),
                self.pid(),
                start(self.pid()),
                "",
                false,
                in(TERM));
    }

    /** The same owner's lease of something new, with its full term ahead. */
    Lease of(String what) {
        return of(what, TERM);
    }

    /** The same of something that a {@link LeaseRenewal} keeps, as long as its owner lives. */
    Lease renewedOf(String what) {
        return of(what, RENEWED_TERM);
    }

    private Lease of(String what, Duration term) {
        return new Lease(run, host, machine, bootId, pidNamespace, pid, pidStartTicks, what, kept, in(term));
    }

    /** What changes in a configuration when somebody is to look at what it is of. */
    static Map<String, String> keptKeys() {
        return Map.of(KEPT, "true", EXPIRES, in(TERM).toString());
    }

    /** What changes when its owner is found alive. */
    static Map<String, String> renewedKeys() {
        return Map.of(EXPIRES, in(RENEWED_TERM).toString());
    }

    private static Instant in(Duration term) {
        return Instant.now().plus(term).truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * Reads a lease from the configuration of an instance or a network; empty where it is not ours, or not one that we can read:
     * then it is not for us to judge.
     */
    static Optional<Lease> read(Map<String, String> config) {
        if (!config.containsKey(RUN) || !config.containsKey(EXPIRES)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Lease(
                    config.get(RUN),
                    config.getOrDefault(HOST, ""),
                    config.getOrDefault(MACHINE, ""),
                    config.getOrDefault(BOOT_ID, ""),
                    config.getOrDefault(PID_NAMESPACE, ""),
                    Long.parseLong(config.getOrDefault(PID, "0")),
                    config.getOrDefault(PID_START_TICKS, ""),
                    config.getOrDefault(OWNER, ""),
                    Boolean.parseBoolean(config.get(KEPT)),
                    Instant.parse(config.get(EXPIRES))));
        } catch (NumberFormatException | DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Whether a key of a configuration is one of those that say to whom something belongs. */
    static boolean isKey(String key) {
        return Set.of(RUN, HOST, MACHINE, BOOT_ID, PID_NAMESPACE, PID, PID_START, PID_START_TICKS, OWNER, KEPT, EXPIRES)
                .contains(key);
    }

    /** The keys that go into a create call. */
    Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(RUN, run);
        keys.put(HOST, host);
        keys.put(MACHINE, machine);
        keys.put(BOOT_ID, bootId);
        keys.put(PID_NAMESPACE, pidNamespace);
        keys.put(PID, Long.toString(pid));
        ProcessHandle.of(pid)
                .flatMap(process -> process.info().startInstant())
                .ifPresent(start -> keys.put(PID_START, start.toString()));
        keys.put(PID_START_TICKS, pidStartTicks);
        keys.put(OWNER, owner);
        keys.put(EXPIRES, expires.toString());
        return keys;
    }

    /**
     * Whether nobody needs any more what this lease is on, as far as that can be known from here.
     *
     * @param here the lease of this process
     * @param sameMachine whether the daemon runs on this machine, so that what bears this machine's name and id was created on it
     */
    boolean isOver(Lease here, boolean sameMachine, Instant now) {
        return now.isAfter(expires) || isOfADeadProcess(here, sameMachine);
    }

    /**
     * Whether the process that it is of has ended, as far as that can be known from here, and nobody is to look at what it has left.
     *
     * @param here the lease of this process
     * @param sameMachine as for {@link #isOver}
     */
    boolean isOfADeadProcess(Lease here, boolean sameMachine) {
        if (kept || bootId.isEmpty()) {
            return false;
        }
        if (bootId.equals(here.bootId)) {
            // One kernel, whatever its containers are called; which process is meant, only its own namespace knows.
            return pidNamespace.equals(here.pidNamespace) && !ownerIsAlive();
        }
        // The machine was booted again since. A remote daemon may have others of that name.
        return sameMachine && host.equals(here.host) && machine.equals(here.machine);
    }

    /** A process of that id that may be another one counts as the owner: to wait for the lease's end harms nobody. */
    private boolean ownerIsAlive() {
        return ProcessHandle.of(pid).isPresent()
                && (pidStartTicks.isEmpty() || start(pid).equals(pidStartTicks));
    }

    /** The 22nd field of proc_pid_stat(5); the 2nd, the command's name in parentheses, may itself contain both and spaces. */
    private static String start(long pid) {
        String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return afterName.length > START_AFTER_NAME ? afterName[START_AFTER_NAME] : "";
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
