package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusException;
import java.util.Arrays;
import java.util.Optional;

/** Knows in words for users what it means that the daemon refused a request, where that can be told. */
interface Refusal {

    /** {@return what stands in the way, and what to do; empty where the daemon's own words have to do} */
    Optional<String> explanation(IncusException refused);

    /**
     * Makes a request.
     *
     * @param refusals who are asked, one after the other, if the daemon refuses
     * @throws IncusStemcellException with the words of the first that knows
     * @throws IncusException as it came, where nobody does
     */
    static void explaining(Runnable request, Refusal... refusals) {
        try {
            request.run();
        } catch (IncusException e) {
            throw Arrays.stream(refusals)
                    .flatMap(refusal -> refusal.explanation(e).stream())
                    .findFirst()
                    .map(words -> new IncusStemcellException(words, e))
                    .orElse(e);
        }
    }
}
