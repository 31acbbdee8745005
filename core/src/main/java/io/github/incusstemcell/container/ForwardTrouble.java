package io.github.incusstemcell.container;

import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a forward does not carry what it should, for the log, as clients see nothing of it. Who tries again and again would fill the log with the same. */
final class ForwardTrouble {

    private static final Logger LOG = LoggerFactory.getLogger(ForwardTrouble.class);

    private final String forward;
    private final AtomicReference<String> last = new AtomicReference<>("");

    /**
     * @param forward as messages name it
     */
    ForwardTrouble(String forward) {
        this.forward = forward;
    }

    /**
     * Says it, unless it has been said before or nobody needs to know.
     *
     * @param what it has done, as {@code ended a connection}
     */
    void tell(String what, Exception why, boolean isClosed) {
        String reason = String.valueOf(why.getMessage());
        if (isClosed || reason.equals(last.getAndSet(reason))) {
            LOG.debug("{} {}", forward, what, why);
        } else {
            LOG.warn("{} {}: {}", forward, what, reason);
        }
    }

    /** The next time, it is said again. */
    void isOver() {
        last.set("");
    }
}
