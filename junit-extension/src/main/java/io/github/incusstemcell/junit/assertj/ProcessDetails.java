package io.github.incusstemcell.junit.assertj;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a process of a guest has, as {@code /proc} says it.
 *
 * @param nice its nice value, -20 to 19
 * @param memoryBytes what it has in memory, shared pages included (VmRSS); 0 for threads of the kernel
 * @param environment the variables with which it was started
 * @param limits all of them
 * @param openFiles what it has open: paths, and the kernel's words for what has none, as {@code socket:[4711]}
 */
public record ProcessDetails(
        int nice,
        long memoryBytes,
        Map<String, String> environment,
        Map<ProcessLimit, Limit> limits,
        List<String> openFiles) {

    /**
     * A limit, getrlimit(2); one beyond {@link Long#MAX_VALUE} is that.
     *
     * @param soft what is in force; empty where nothing is
     * @param hard how far the process may raise it; empty where that is without an end
     */
    public record Limit(OptionalLong soft, OptionalLong hard) {

        private static String words(OptionalLong limit) {
            return limit.isPresent() ? String.valueOf(limit.getAsLong()) : "unlimited";
        }

        @Override
        public String toString() {
            return words(soft) + ":" + words(hard);
        }
    }

    /** Keeps maps and lists as they are. */
    public ProcessDetails {
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        limits = Map.copyOf(limits);
        openFiles = List.copyOf(openFiles);
    }

    /** {@return how many of them there are, without values, which may be secret} */
    @Override
    public String toString() {
        return "nice " + nice + ", " + environment.size() + " variables, " + openFiles.size() + " open files";
    }
}
