package io.github.incusstemcell.agent;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Waiting;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The JRuby of this JVM, which is there only where the user's build has it. */
final class JRuby {

    private static final String PRESENT = "org/jruby/embed/ScriptingContainer.class";

    /** One for all, since it takes a second or more to come up; it serves one caller at a time. */
    private static @Nullable CompletableFuture<Templates> coming;

    private JRuby() {}

    static boolean isPresent() {
        return JRuby.class.getClassLoader().getResource(PRESENT) != null;
    }

    /** Has it come up on a thread of its own, where there is one. */
    static void warmUp() {
        if (isPresent()) {
            come();
        }
    }

    private static void comeUp(CompletableFuture<Templates> future) {
        try {
            future.complete(new Templates());
        } catch (RuntimeException | LinkageError e) {
            future.completeExceptionally(e);
        }
    }

    /**
     * What it reads and renders.
     *
     * @throws IncusStemcellException if there is no JRuby
     */
    static Templates templates() {
        if (!isPresent()) {
            throw new IncusStemcellException(
                    "A release is read and its templates are rendered by JRuby, which is not on the"
                            + " class path. Add org.jruby:jruby-complete:9.4.12.0 to the dependencies of the tests, or deploy rendered"
                            + " templates with JobSpec.rendered(...)");
        }
        try {
            return Waiting.on(come());
        } catch (ExecutionException e) {
            throw new IncusStemcellException(
                    "JRuby, which reads releases, does not come up: " + e.getCause()
                            + ". Is it org.jruby:jruby-complete 9.4, alone on the class path?",
                    e);
        } catch (InterruptedException e) {
            throw Waiting.interrupted("JRuby came up", e);
        }
    }

    private static synchronized CompletableFuture<Templates> come() {
        CompletableFuture<Templates> known = coming;
        if (known != null) {
            return known;
        }
        CompletableFuture<Templates> future = new CompletableFuture<>();
        coming = future;
        DaemonThreads.start("jruby", () -> comeUp(future));
        return future;
    }
}
