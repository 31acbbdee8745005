package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The packages that dpkg knows of in a guest. */
record Packages(List<GuestPackage> entries) {

    private static final String FORMAT = "${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\n";

    /** With what dpkg has not yet written into the list of all packages. */
    private static final String[] DATABASE = {"/var/lib/dpkg", "/var/lib/dpkg/updates", "/var/lib/dpkg/triggers"};

    private static final Map<String, String> OTHERS =
            Map.of("/var/lib/rpm", "rpm", "/usr/lib/sysimage/rpm", "rpm", "/lib/apk/db", "apk");

    static Packages of(StemcellContainer stemcell) {
        ExecResult listed =
                stemcell.inspect(Command.of("dpkg-query", "-W", "-f", FORMAT).dependingOn(DATABASE));
        if (!listed.isSuccess()) {
            refuseOthers(stemcell);
        }
        return of(stemcell.name(), listed.requireWhole().stdout());
    }

    static Packages of(String guest, String listed) {
        List<GuestPackage> entries = listed.lines()
                .map(line -> GuestLine.read("packages of dpkg-query on " + guest, line, Packages::entryOf))
                .toList();
        if (entries.stream().noneMatch(GuestPackage::isInstalled)) {
            throw AssertionErrors.of("dpkg of " + guest + " knows of no installed package");
        }
        return new Packages(entries);
    }

    private static GuestPackage entryOf(String line) {
        String[] field = line.split("\t", -1);
        return new GuestPackage(field[1], field[2], field[3], field[0].strip());
    }

    /** Tells whose packages there are instead of dpkg's. */
    static void refuseOthers(StemcellContainer stemcell) {
        OTHERS.forEach((folder, program) -> {
            if (stemcell.files().exists(folder)) {
                throw AssertionErrors.of("Expecting packages of dpkg on " + stemcell.name() + "\n  but it has those of "
                        + program + ", in " + folder + ", which are not looked at");
            }
        });
    }

    private Optional<GuestPackage> entry(String name) {
        return entries.stream()
                .filter(entry -> entry.isNamed(name))
                .min(Comparator.comparing(entry -> entry.isInstalled() ? 0 : entry.isGone() ? 2 : 1));
    }

    Optional<GuestPackage> there(String name) {
        return entry(name).filter(entry -> !entry.isGone());
    }

    /** {@return those that are installed of a name, each for another architecture} */
    List<GuestPackage> installed(String name) {
        return entries.stream()
                .filter(entry -> entry.isNamed(name) && entry.isInstalled())
                .toList();
    }

    /** Which others there are of the same name, as messages say it behind what one of them is. */
    String wordsOfOthers(GuestPackage one, String name) {
        String others = entries.stream()
                .filter(entry -> entry.isNamed(name)
                        && !entry.isGone()
                        && !entry.architecture().equals(one.architecture()))
                .map(GuestPackage::fullName)
                .collect(Collectors.joining(" "));
        return others.isEmpty() ? "" : "; there is also " + others;
    }

    String notThere(String name) {
        if (entry(name).isPresent()) {
            return "it was removed, and only its configuration is left";
        }
        return "there is no such package; the closest names: "
                + NearMisses.text(
                        name,
                        entries.stream()
                                .filter(GuestPackage::isInstalled)
                                .map(GuestPackage::name)
                                .toList());
    }
}
