package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.Locale;

/**
 * What a user may do to a file, access(2). The kernel is asked with the user's rights and groups: it knows of folders on the way, access
 * lists and read-only mounts. By the shell, as not each program named test asks it: that of uutils, which Ubuntu has since 25.10, looks at
 * modes, and at the first group only.
 */
enum Access {
    READ("-r"),
    WRITE("-w"),
    EXECUTE("-x");

    private final String test;

    Access(String test) {
        this.test = test;
    }

    String words() {
        return this == WRITE ? "writable" : this == READ ? "readable" : "executable";
    }

    boolean isGranted(StemcellContainer stemcell, GuestUser user, String path) {
        Command command = Command.of(
                        "setpriv",
                        "--reuid=" + user.name(),
                        "--regid=" + user.gid(),
                        "--init-groups",
                        "sh",
                        "-c",
                        "test " + test + " \"$1\"",
                        "sh",
                        path)
                .environment("LC_ALL", "C");
        ExecResult result = stemcell.inspectFiles(command);
        if (result.exitCode() > 1 || !result.stderr().isEmpty()) {
            throw AssertionErrors.ofExit(
                    "Asking whether " + user.name() + " may " + name().toLowerCase(Locale.ROOT) + " " + path + " on "
                            + stemcell.name() + " by '" + command + "'",
                    result);
        }
        return result.isSuccess();
    }
}
