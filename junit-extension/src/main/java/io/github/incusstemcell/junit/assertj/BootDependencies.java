package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.Set;
import java.util.stream.Collectors;

/** All units that the guest's default target pulls in at boot, however: by links of any unit file, aliases or generators. */
final class BootDependencies {

    private BootDependencies() {}

    static Set<String> of(StemcellContainer stemcell) {
        Command command = Command.of(
                        "systemctl", "list-dependencies", "--all", "--plain", "--no-pager", "--full", "default.target")
                .environment("LC_ALL", "C");
        ExecResult result = stemcell.inspect(command);
        // Each unit is in a line of its own, behind a mark of its state where the output is taken for a terminal's.
        Set<String> names = result.stdout()
                .lines()
                .map(line -> line.replaceFirst("^[^A-Za-z0-9_.\\\\@:-]+", "").strip())
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        if (!result.isSuccess() || result.isTruncated() || names.size() < 2) {
            throw AssertionErrors.of("Asking what starts at boot on " + stemcell.name() + " by '" + command
                    + "' ended with exit code " + result.exitCode() + " and " + names.size()
                    + " units\n  stderr: " + result.stderr().strip());
        }
        return names;
    }
}
