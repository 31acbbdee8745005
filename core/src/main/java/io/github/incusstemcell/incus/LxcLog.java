package io.github.incusstemcell.incus;

import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What LXC says of a start that it refused, {@code lxc.log}. The daemon begins it anew at each start, and of a start that failed it says
 * itself only with which status a helper of its own ended.
 */
final class LxcLog {

    /** The helper, as 6.0 and 7.0 call it. */
    private static final List<String> STARTERS = List.of("forkstart", "forklxc");

    /** {@code lxc NAME TIME ERROR CATEGORY - FILE:FUNCTION:LINE - MESSAGE}. */
    private static final Pattern ERROR =
            Pattern.compile("^lxc \\S+ \\S+ ERROR +\\S+ - \\S+ - (.+)$", Pattern.MULTILINE);

    /** The first is the reason, and those after it say what came of it. */
    private static final int ERRORS = 3;

    private static final int LENGTH = 300;

    private LxcLog() {}

    /**
     * Makes a request by which an instance is started, perhaps.
     *
     * @throws IncusException if the daemon refuses, with what LXC says, if that is the reason
     */
    static <T> T explaining(Instance instance, Supplier<T> request) {
        try {
            return request.get();
        } catch (IncusException e) {
            boolean byStarter = STARTERS.stream().anyMatch(e.answer()::contains);
            List<String> errors = byStarter ? errors(instance, e) : List.of();
            throw errors.isEmpty() ? e : e.explained("LXC says: " + String.join("; ", errors));
        }
    }

    private static List<String> errors(Instance instance, IncusException failure) {
        try {
            return errors(instance.log("lxc.log"));
        } catch (IncusException e) {
            failure.addSuppressed(e);
            return List.of();
        }
    }

    static List<String> errors(String log) {
        return ERROR.matcher(log)
                .results()
                .map(match -> match.group(1).replaceAll("\\p{Cntrl}", "\uFFFD"))
                .map(message -> message.substring(0, Math.min(LENGTH, message.length())))
                .limit(ERRORS)
                .toList();
    }
}
