package io.github.incusstemcell;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that this library throws on purpose.
 *
 * <p>The message says what was attempted, on what, what came back, and what to do next. Unchecked, because a test that
 * cannot have its machine has nothing sensible to catch. What a guest has written is in it as {@link GuestText} shows it, and no message is
 * longer than about 16,000 characters.
 */
public class IncusStemcellException extends RuntimeException {

    /**
     * Describes a failure that has no cause below it.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     */
    public IncusStemcellException(String message) {
        super(GuestText.message(message));
    }

    /**
     * Describes a failure that another one caused.
     *
     * @param message what was attempted, on what, what came back, and what to do next
     * @param cause what came from below, or null
     */
    public IncusStemcellException(String message, @Nullable Throwable cause) {
        super(GuestText.message(message), cause);
    }

    /** {@return what was attempted, on what, what came back, and what to do next} */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
