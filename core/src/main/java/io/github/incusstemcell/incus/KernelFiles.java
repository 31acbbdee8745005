package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.files.SftpStatus;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;

/**
 * Files of /proc and /sys. What they hold depends on who opens them, and the daemon's file server is no process of the
 * instance: it knows no /proc/self, and shows the network and the name of the host. So a process inside reads them.
 */
record KernelFiles(Api api, String instance) {

    private static final int NO_SUCH_PROGRAM = 127;
    private static final int NO_FILE = 3;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Links of /proc lead to everything that a process has open, such as devices. */
    private static final String READ = """
            [ ! -e "$1" ] || [ -f "$1" ] || [ -d "$1" ] || exit 3
            exec cat "$1"
            """;

    /** Not what leads out again. */
    static boolean isOne(String path) {
        return (path.startsWith("/proc/") || path.startsWith("/sys/")) && !(path + "/").contains("/../");
    }

    InputStream read(String path) throws SftpStatus, Unreachable {
        ExecResult result = run(Command.of("sh", "-c", READ, "sh", path).timeout(LONGEST));
        if (result.isTruncated()) {
            throw new SftpStatus(Reason.OTHER, "it has more than " + result.stdoutBytes().length + " bytes, or no end");
        }
        return new ByteArrayInputStream(result.stdoutBytes());
    }

    void write(String path, InputStream content) throws SftpStatus, Unreachable {
        run(Command.of("sh", "-c", "cat >\"$1\"", "sh", path).stdin(content));
    }

    private ExecResult run(Command command) throws SftpStatus, Unreachable {
        ExecResult result = started(command);
        if (result.exitCode() == NO_SUCH_PROGRAM) {
            throw new Unreachable();
        }
        if (result.timedOut()) {
            throw new SftpStatus(Reason.OTHER, "it came to no end within " + LONGEST.toSeconds() + " s");
        }
        if (result.exitCode() == NO_FILE) {
            throw new SftpStatus(Reason.NOT_A_FILE);
        }
        if (!result.isSuccess()) {
            throw SftpStatus.saidBy(result.stderr());
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
