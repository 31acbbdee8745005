package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.systemd.Unit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of the system a service is exposed to, by systemd-analyze(1). The figure for all of a unit is in the last line of its text
 * since systemd 240; its JSON, since 250, has the figures of the single settings only.
 */
record Exposure(UnitCheck check) {

    /** What no unit exceeds. */
    private static final double HIGHEST = 10;

    private static final Pattern OVERALL =
            Pattern.compile("Overall exposure level for \\S+: (\\d{1,9}(?:\\.\\d{1,9})?) ");

    void check(double most) {
        if (!(most >= 0 && most < HIGHEST)) {
            throw new IllegalArgumentException("Not a limit of security exposure, 0 to less than 10: " + most);
        }
        check.holds(
                "have a security exposure of at most " + most,
                unit -> of(unit) <= most,
                unit -> "  security exposure: " + of(unit) + " (systemd-analyze " + (check.isUsers() ? "--user " : "")
                        + "security " + unit.name() + " says of what)\n");
    }

    /** From 0 to 10. */
    private double of(Unit unit) {
        Command analyze = check.analyze("security", "--no-pager", "--", unit.name());
        ExecResult result = check.subject().stemcell().inspect(analyze);
        Matcher overall = OVERALL.matcher(result.stdout());
        if (!overall.find()) {
            throw AssertionErrors.of("Reading the security exposure of " + unit.name() + " on "
                    + check.subject().name() + " by '"
                    + analyze + "' gave none; exit code " + result.exitCode() + "\n  stderr: "
                    + result.stderr().strip());
        }
        return Double.parseDouble(overall.group(1));
    }
}
