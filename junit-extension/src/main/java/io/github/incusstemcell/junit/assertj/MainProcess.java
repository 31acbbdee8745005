package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.systemd.Unit;
import java.util.Optional;

/** Whose rights the main process of a unit has, as the kernel says. */
record MainProcess(StemcellContainer stemcell) {

    void check(UnitCheck check, String user) {
        check.holds(
                "run as the user " + user,
                unit -> isOf(unit, user),
                check::cannotStart,
                unit -> "  main process: " + words(unit) + "\n");
    }

    private boolean isOf(Unit unit, String user) {
        Optional<Long> wanted = Accounts.of(stemcell).user(user).map(GuestUser::uid);
        return wanted.isPresent() && uid(unit).equals(wanted);
    }

    private String words(Unit unit) {
        return uid(unit)
                .map(uid -> unit.mainPid().orElseThrow() + ", user "
                        + Accounts.of(stemcell).userName(uid))
                .orElse("none runs");
    }

    /** Empty where there is none, or where it has just ended. */
    private Optional<Long> uid(Unit unit) {
        if (unit.mainPid().isEmpty()) {
            return Optional.empty();
        }
        try {
            String status =
                    stemcell.files().readString("/proc/" + unit.mainPid().getAsLong() + "/status");
            // Its name is in it, too, and may have other ends of lines.
            return FileContent.lines(status).stream()
                    .filter(line -> line.startsWith("Uid:"))
                    .map(line -> GuestLine.read(
                            "a user of the process " + unit.mainPid().getAsLong() + " on " + stemcell.name(),
                            line,
                            each -> Long.valueOf(each.split("\t")[2])))
                    .findFirst();
        } catch (GuestFileException e) {
            if (e.reason() == GuestFileException.Reason.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
