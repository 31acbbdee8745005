package io.github.incusstemcell.junit.assertj;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A process of a guest, as {@code /proc} has it.
 *
 * @param pid its number
 * @param parent the number of its parent; 0 where it has none
 * @param parentName what the kernel calls its parent, in full where that shows in its program; empty where it has none
 * @param name what the kernel calls it, of which it keeps 15 bytes
 * @param executable the path of the program that it runs; empty where the kernel does not say, as of its own threads
 * @param arguments what it was started with, the program first
 * @param state proc_pid_stat(5)'s letter for what it does, as {@code S}
 * @param threads how many threads it has, the main one among them also where that has ended
 * @param uid the number of the user whose rights it has
 * @param cgroup its control group, as {@code /system.slice/cron.service}
 * @param details its environment, limits and open files
 */
public record GuestProcess(
        int pid,
        int parent,
        String parentName,
        String name,
        String executable,
        List<String> arguments,
        char state,
        int threads,
        long uid,
        String cgroup,
        ProcessDetails details) {

    /** TASK_COMM_LEN of linux/sched.h, without the byte that ends it. */
    private static final int LONGEST_NAME = 15;

    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d{1,18})]");

    /** Keeps the list as it is. */
    public GuestProcess {
        arguments = List.copyOf(arguments);
    }

    /** {@return the inodes of its sockets} */
    public Set<Long> sockets() {
        return details.openFiles().stream()
                .map(SOCKET::matcher)
                .filter(Matcher::matches)
                .map(socket -> Long.valueOf(socket.group(1)))
                .collect(Collectors.toSet());
    }

    /** {@return what it was started with, in one line} */
    public String commandLine() {
        return String.join(" ", arguments);
    }

    /** {@return the innermost service or scope that it is part of; empty where it is part of none} */
    public Optional<String> unit() {
        String[] path = cgroup.split("/");
        for (int i = path.length - 1; i >= 0; i--) {
            if (path[i].endsWith(".service") || path[i].endsWith(".scope")) {
                // Before what would be taken for a file of the kernel, as memory.service, systemd puts an underscore.
                return Optional.of(path[i].startsWith("_") ? path[i].substring(1) : path[i]);
            }
        }
        return Optional.empty();
    }

    /** Whether it has not ended. The state is that of its main thread, which may end before others. */
    boolean isAlive() {
        return state != 'X' && (state != 'Z' || threads > 1);
    }

    /** Whether it is part of a unit of one of these names. */
    boolean isPartOf(List<String> names) {
        return unit().filter(names::contains).isPresent();
    }

    /**
     * Whether it is called so: by a path, that of its program; by what the kernel keeps of a name; or, where that is not all of the name,
     * by the name of its program or of what that was started as, or of the script that it runs.
     */
    boolean isNamed(String wanted) {
        if (wanted.startsWith("/")) {
            return executable.equals(wanted);
        }
        byte[] bytes = wanted.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= LONGEST_NAME) {
            return name.equals(wanted);
        }
        boolean isStart = name.equals(new String(Arrays.copyOf(bytes, LONGEST_NAME), StandardCharsets.UTF_8));
        return fileName(executable).equals(wanted)
                || arguments.stream()
                        .limit(isStart ? arguments.size() : 1)
                        .map(GuestProcess::fileName)
                        .anyMatch(wanted::equals);
    }

    /** Whether its parent is called so, in full or as the kernel has it. */
    boolean isOfParent(String wanted) {
        byte[] bytes = parentName.getBytes(StandardCharsets.UTF_8);
        return parentName.equals(wanted)
                || bytes.length > LONGEST_NAME
                        && new String(Arrays.copyOf(bytes, LONGEST_NAME), StandardCharsets.UTF_8).equals(wanted);
    }

    /** What the kernel keeps of its name, or all of it where that shows in its program. */
    String fullName() {
        return fullName(name, executable);
    }

    static String fullName(String name, String executable) {
        String program = fileName(executable);
        return program.startsWith(name) && name.length() == LONGEST_NAME ? program : name;
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** What of processes does not vary all the time, as whether they sleep does. */
    static List<?> comparable(List<GuestProcess> processes) {
        return processes.stream()
                .map(process -> List.of(
                        process.pid,
                        process.parent,
                        process.uid,
                        process.arguments,
                        process.executable,
                        process.cgroup))
                .toList();
    }

    /** As sshd[712] of ssh.service. */
    String words() {
        return name + "[" + pid + "]" + unit().map(" of "::concat).orElse("");
    }

    @Override
    public String toString() {
        return words();
    }
}
