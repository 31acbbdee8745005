package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The packages that dpkg knows of in a guest. */
record Packages(List<Entry> entries) {

    private static final String FORMAT = "${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\n";

    /**
     * A package.
     *
     * @param status two letters of dpkg: what is wanted of it, and what state it is in
     */
    record Entry(String status, String name, String version, String architecture) {

        boolean isInstalled() {
            return status.charAt(1) == 'i';
        }

        /** Whether no more than its configuration is there. */
        boolean isGone() {
            return status.charAt(1) == 'n' || status.charAt(1) == 'c';
        }

        String words() {
            return "version " + version + ", architecture " + architecture + ", status " + status;
        }
    }

    static Packages of(StemcellContainer stemcell) {
        String all =
                stemcell.exec("dpkg-query", "-W", "-f", FORMAT).requireWhole().stdout();
        List<Entry> entries = all.lines()
                .map(line -> line.split("\t", -1))
                .map(field -> new Entry(field[0].strip(), field[1], field[2], field[3]))
                .toList();
        if (entries.stream().noneMatch(Entry::isInstalled)) {
            throw new AssertionError("dpkg of " + stemcell.name() + " knows of no installed package");
        }
        return new Packages(entries);
    }

    private Optional<Entry> entry(String name) {
        return entries.stream()
                .filter(entry -> name.equals(entry.name()) || name.equals(entry.name() + ":" + entry.architecture()))
                .min(Comparator.comparing(entry -> entry.isInstalled() ? 0 : entry.isGone() ? 2 : 1));
    }

    Optional<Entry> there(String name) {
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
                                        .filter(Entry::isInstalled)
                                        .map(Entry::name)
                                        .toList()));
    }
}
