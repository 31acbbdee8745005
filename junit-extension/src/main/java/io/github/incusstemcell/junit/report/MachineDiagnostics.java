package io.github.incusstemcell.junit.report;

/**
 * Hangs on the failure of a test as a suppressed exception, so that every log which shows the failure also shows how its container was.
 * It has no stack trace: nothing was thrown.
 */
public final class MachineDiagnostics extends RuntimeException {

    MachineDiagnostics(String summary) {
        super(summary, null, false, false);
    }
}
