package io.github.incusstemcell.container;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * What is done with a container that did not come up, or in which provisioning failed.
 *
 * @param diagnosed takes what was found out about it within 5 seconds
 * @param diagnoses whether anything is to be found out
 * @param keeps whether it is left for a person to look at, until a day after its creation; otherwise it is deleted
 */
public record OnFailure(Consumer<Diagnostics> diagnosed, boolean diagnoses, boolean keeps) {

    /** It is deleted, and nothing is found out about it. */
    public static final OnFailure DELETE = new OnFailure(diagnostics -> {}, false, false);

    /** Refuses null. */
    public OnFailure {
        Objects.requireNonNull(diagnosed, "diagnosed");
    }

    /**
     * The same, but it is found out before, within 5 seconds, how it was.
     *
     * @param listener takes what was found out
     * @return the copy
     */
    public OnFailure diagnosing(Consumer<Diagnostics> listener) {
        return new OnFailure(listener, true, keeps);
    }

    /**
     * The same, but the container is left, running if it does, for a person to look at, until a day after its creation.
     *
     * @param kept whether it is
     * @return the copy
     */
    public OnFailure keeping(boolean kept) {
        return new OnFailure(diagnosed, diagnoses, kept);
    }
}
