package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;

/**
 * An error that the Incus daemon answered.
 *
 * <p>The message names the request and repeats what the daemon said; {@link #code()} is the number that goes with it.
 * Permission errors are sometimes 500 rather than 403: that is how the daemon reports them.
 */
public class IncusException extends IncusStemcellException {

    private final int code;
    private final String answer;

    IncusException(String request, int code, String answer) {
        super(request + " failed: " + answer + " (" + code + ")");
        this.code = code;
        this.answer = answer;
    }

    IncusException(IncusException failure, String explanation) {
        super(failure.getMessage() + ". " + explanation, failure);
        this.code = failure.code;
        this.answer = failure.answer;
    }

    /** {@return the same error with what else is known of it} */
    IncusException explained(String explanation) {
        return new IncusException(this, explanation);
    }

    /** {@return the daemon's error code; the numbers are those of HTTP: 400, 403, 404, 409, 500} */
    public int code() {
        return code;
    }

    /** {@return what the daemon said, word for word} */
    public String answer() {
        return answer;
    }

    boolean isNotFound() {
        return code == 404;
    }
}
