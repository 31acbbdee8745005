package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.systemd.Unit;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code systemd-analyze verify} says of a unit's files. */
record UnitVerification(UnitCheck check) {

    /** It ends with 0 or 1, whichever, by its version and by how grave it is. */
    private static final int LAST_CODE = 1;

    void verify(List<String> except) {
        check.holds(
                "have valid files" + (except.isEmpty() ? "" : " except for " + String.join(", ", except)),
                unit -> complaints(unit, except).isEmpty(),
                unit -> complaints(unit, except).stream()
                        .map(line -> "  systemd-analyze: " + line + "\n")
                        .reduce("", String::concat));
    }

    /** And not about one of the units that are loaded with it. */
    private static boolean isAbout(Unit unit, String line) {
        return Stream.concat(
                        Stream.of(unit.name()), Stream.concat(unit.dropIns().stream(), unit.fragmentPath().stream()))
                .anyMatch(name -> names(line, name));
    }

    /** Whether a line has all of a name, and not as part of another one: behind it a line has its number, or ends a sentence. */
    static boolean names(String line, String name) {
        return Pattern.compile("(?<![\\w:.\\\\@-])" + Pattern.quote(name) + "(?![\\w\\\\@-])")
                .matcher(line)
                .find();
    }

    private List<String> complaints(Unit unit, List<String> except) {
        Command verify = check.analyze("verify", unit.name());
        ExecResult result = check.subject().stemcell().inspect(verify);
        List<String> lines =
                result.stderr().lines().filter(line -> !line.isBlank()).toList();
        if (result.exitCode() > LAST_CODE || result.isTruncated() || !result.isSuccess() && lines.isEmpty()) {
            throw AssertionErrors.ofExit(
                    "Verifying " + unit.name() + " by '" + verify + "' on "
                            + check.subject().name(),
                    result);
        }
        return lines.stream()
                .filter(line -> isAbout(unit, line) && except.stream().noneMatch(line::contains))
                .toList();
    }
}
