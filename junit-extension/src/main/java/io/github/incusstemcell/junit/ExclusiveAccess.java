package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.RestorePoint;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.internal.Waiting;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets the tests that share machines use them one after the other, each on machines as the first of them found them.
 *
 * <p>Waiting is for a {@link Semaphore}, which does not make JUnit's fork-join pool start more tests meanwhile.
 */
final class ExclusiveAccess {

    private static final String SNAPSHOT = "incus-stemcell-clean";

    private final Semaphore free = new Semaphore(1);

    /** Who has the turn; written by that thread only. */
    private volatile @Nullable Turn current;

    /** Null until the first test has taken its turn; used by who has the turn only. */
    private @Nullable List<RestorePoint> clean;

    /** The turn of a test, which ends with it. */
    Turn of(ExtensionContext test) {
        return FailureTracker.by(test).turn(this, () -> new Turn(Declaration.describe(test)));
    }

    /** One test's. Taken once, and closed at the test's end. */
    final class Turn {

        private final String test;
        private @Nullable Thread thread;
        private boolean taken;

        private Turn(String test) {
            this.test = test;
        }

        synchronized void take(Supplier<List<StemcellContainer>> machines) {
            if (!taken) {
                acquire();
                taken = true;
                reset(machines.get());
            }
        }

        private void acquire() {
            thread = Thread.currentThread();
            Turn other = current;
            if (other != null && other.thread == thread) {
                throw new IncusStemcellException(test + " would wait for ever for the containers that it shares with "
                        + other.test + ": JUnit runs it on the same thread while that waits for its dynamic tests."
                        + " Put @Execution(SAME_THREAD) on " + other.test);
            }
            try {
                free.acquire();
                current = this;
            } catch (InterruptedException e) {
                throw Waiting.interrupted(test + " waited for its turn at containers that it shares with others", e);
            }
        }

        synchronized void close() {
            if (taken) {
                taken = false;
                current = null;
                free.release();
            }
        }
    }

    /** Only who has the turn does this. */
    private void reset(List<StemcellContainer> machines) {
        if (clean == null) {
            // Where one of them fails, the next test takes all of them again: it is the first one then.
            clean = machines.stream()
                    .map(machine -> machine.restorePoint(SNAPSHOT))
                    .toList();
        } else {
            clean.forEach(RestorePoint::restore);
        }
    }
}
