package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The packages that dpkg knows of in a guest. */
record Packages(List<GuestPackage> entries) {

    private static final String FORMAT = "${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\n";

    static Packages of(StemcellContainer stemcell) {
        String all = stemcell.inspect(Command.of("dpkg-query", "-W", "-f", FORMAT))
                .requireWhole()
                .stdout();
        List<GuestPackage> entries = all.lines()
                .map(line -> line.split("\t", -1))
                .map(field -> new GuestPackage(field[1], field[2], field[3], field[0].strip()))
                .toList();
        if (entries.stream().noneMatch(GuestPackage::isInstalled)) {
            throw AssertionErrors.of("dpkg of " + stemcell.name() + " knows of no installed package");
        }
        return new Packages(entries);
    }

    private Optional<GuestPackage> entry(String name) {
        return entries.stream()
                .filter(entry -> entry.isNamed(name))
                .min(Comparator.comparing(entry -> entry.isInstalled() ? 0 : entry.isGone() ? 2 : 1));
    }

    Optional<GuestPackage> there(String name) {
        return entry(name).filter(entry -> !entry.isGone());
    }

    String notThere(String name) {
        if (entry(name).isPresent()) {
            return "it was removed, and only its configuration is left";
        }
        return "there is no such package; the closest names: "
                + String.join(
                        ", ",
                        NearMisses.of(
                                name,
                                entries.stream()
                                        .filter(GuestPackage::isInstalled)
                                        .map(GuestPackage::name)
                                        .toList()));
    }
}
