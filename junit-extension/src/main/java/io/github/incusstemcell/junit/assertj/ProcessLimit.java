package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the kernel limits of each process, getrlimit(2). */
public enum ProcessLimit {
    /** Processor time, in seconds. */
    CPU("Max cpu time"),
    /** The size of a file that it writes, in bytes. */
    FSIZE("Max file size"),
    /** Its data, in bytes. */
    DATA("Max data size"),
    /** Its stack, in bytes. */
    STACK("Max stack size"),
    /** A dump of its core, in bytes. */
    CORE("Max core file size"),
    /** Its pages in memory, in bytes. */
    RSS("Max resident set"),
    /** The processes and threads of its user. */
    NPROC("Max processes"),
    /** Open files. */
    NOFILE("Max open files"),
    /** Memory that is never swapped, in bytes. */
    MEMLOCK("Max locked memory"),
    /** Its address space, in bytes. */
    AS("Max address space"),
    /** Locks of files. */
    LOCKS("Max file locks"),
    /** Signals that are queued for its user. */
    SIGPENDING("Max pending signals"),
    /** Message queues of its user, in bytes. */
    MSGQUEUE("Max msgqueue size"),
    /** How far it may lower its nice value: to 20 less this. */
    NICE("Max nice priority"),
    /** Its priority under a policy of real time. */
    RTPRIO("Max realtime priority"),
    /** Processor time under a policy of real time without a pause, in microseconds. */
    RTTIME("Max realtime timeout");

    private static final Pattern SPACES = Pattern.compile(" +");

    private static final List<ProcessLimit> ALL = List.of(values());

    /** How proc_pid_limits(5) calls it, and a space. */
    private final String beginning;

    ProcessLimit(String kernels) {
        this.beginning = kernels + " ";
    }

    /** {@return that of a line of proc_pid_limits(5)} */
    static Optional<ProcessLimit> of(String line) {
        return ALL.stream().filter(limit -> line.startsWith(limit.beginning)).findFirst();
    }

    /** What stands behind the name: soft limit, hard limit, and the unit, which is missing for some. */
    String[] fields(String line) {
        return SPACES.split(line.substring(beginning.length()).strip());
    }
}
