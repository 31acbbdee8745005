package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.Optional;

/** Where symbolic links lead, by readlink(1): SFTP's own request for it goes by names alone. */
final class FileLinks {

    private FileLinks() {}

    /** The path without links in it, as the kernel has it, be there something or not. */
    static String plainPath(StemcellContainer stemcell, String path) {
        Command command = Command.of("readlink", "-mz", "--", path).environment("LC_ALL", "C");
        return stemcell.inspect(command).requireWhole().stdout().replace("\0", "");
    }

    /** The path of what is there, without links in it; empty where there is nothing, or links lead nowhere or in a circle. */
    static Optional<String> realPath(StemcellContainer stemcell, String path) {
        Command command = Command.of("readlink", "-ez", "--", path).environment("LC_ALL", "C");
        ExecResult result = stemcell.inspect(command);
        if (result.isSuccess()) {
            return Optional.of(result.requireWhole().stdout().replace("\0", ""));
        }
        if (result.exitCode() == 1 && result.stderr().isEmpty()) {
            return Optional.empty();
        }
        throw AssertionErrors.ofExit(
                "Following the links of " + path + " on " + stemcell.name() + " by '" + command + "'", result);
    }
}
