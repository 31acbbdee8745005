package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import java.util.List;
import java.util.stream.Collectors;

/** No Incus could be reached. The message lists every endpoint that was tried, in order, and why it failed. */
public class IncusUnavailableException extends IncusStemcellException {

    private final List<Attempt> attempts;

    IncusUnavailableException(List<Attempt> attempts) {
        super(message(attempts));
        this.attempts = List.copyOf(attempts);
    }

    /** {@return the endpoints that were tried, in order; may be empty} */
    public List<Attempt> attempts() {
        return attempts;
    }

    private static String message(List<Attempt> attempts) {
        return "No Incus can be reached. Tried, in this order:"
                + attempts.stream()
                        .map(attempt ->
                                "\n  " + attempt.endpoint() + " (" + attempt.origin() + "): " + attempt.outcome())
                        .collect(Collectors.joining())
                + "\nInstall Incus and start it, or name one by the system property incus.stemcell.endpoint"
                + " (a socket's path, or https://host:8443).";
    }

    /**
     * One endpoint that was tried.
     *
     * @param endpoint the socket's path or the URL
     * @param origin what named it, such as {@code INCUS_SOCKET}
     * @param outcome why it cannot be used
     */
    public record Attempt(String endpoint, String origin, String outcome) {}
}
