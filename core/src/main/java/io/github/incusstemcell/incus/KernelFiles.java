package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/**
 * Files of /proc and /sys. What they hold depends on who opens them, and the daemon's file server is no process of the
 * instance: it knows no /proc/self, and shows the network and the name of the host. So a process inside reads them.
 */
final class KernelFiles {

    private static final int NO_SUCH_PROGRAM = 127;

    private final Api api;
    private final String instance;

    KernelFiles(Api api, String instance) {
        this.api = api;
        this.instance = instance;
    }

    static boolean isOne(String path) {
        return path.startsWith("/proc/") || path.startsWith("/sys/");
    }

    InputStream read(String path) throws SftpStatus, Unreachable {
        return new ByteArrayInputStream(run(Command.of("cat", path)).stdoutBytes());
    }

    void write(String path, InputStream content) throws SftpStatus, Unreachable {
        run(Command.of("sh", "-c", "cat >\"$1\"", "sh", path).stdin(content));
    }

    private ExecResult run(Command command) throws SftpStatus, Unreachable {
        ExecResult result = started(command);
        if (result.exitCode() == NO_SUCH_PROGRAM) {
            throw new Unreachable();
        }
        if (!result.isSuccess()) {
            Reason reason = Reason.of(result.stderr());
            throw new SftpStatus(reason, result.stderr().strip());
        }
        return result;
    }

    private ExecResult started(Command command) throws Unreachable {
        try {
            return new Instance(api, instance).exec(command);
        } catch (IncusException e) {
            if (e.code() == 400) {
                throw new Unreachable();
            }
            throw e;
        }
    }

    /** The instance does not run, or lacks the programs: then the file server has to do. */
    static final class Unreachable extends Exception {
        Unreachable() {
            super("No process can be started in the instance");
        }
    }
}
