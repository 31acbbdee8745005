package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.LoadState;
import io.github.incusstemcell.systemd.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The links by which units are enabled, as they are on the disk: systemd does not say which of them it has read, nor where they are. */
record BootLinks(List<Link> links) {

    /** What is in it is gone at the next boot. */
    private static final String RUN = "/run/systemd/system";

    /** Of those to which users and programs add links: what is in others changes with an image only, or with each boot. */
    private static final List<String> CHANGED = List.of("/etc/systemd/system", RUN);

    /** Folders that are not there are no error. */
    private static final Command FIND = Command.shell("find /etc/systemd/system " + RUN
            + " /run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late"
            + " /usr/local/lib/systemd/system /usr/lib/systemd/system -mindepth 2 -maxdepth 2 -type l"
            + " ! -lname /dev/null -printf '%p\\0' 2>/dev/null; true");

    private static final Pattern PATH =
            Pattern.compile("(/.+)/([\\w:.\\\\@-]+\\.[a-z]+)\\.(?:wants|requires|upholds)/([\\w:.\\\\@-]+)");

    /** By what a link has one unit start another one. */
    private static final List<Dependency> BY_LINK = List.of(Dependency.WANTS, Dependency.REQUIRES, Dependency.UPHOLDS);

    /** That a unit is started with another one. */
    record Link(String folder, String starter, String unit) {

        boolean isOf(Unit other) {
            return other.names().contains(unit);
        }

        boolean isBy(String name, Function<String, Unit> units) {
            return starter.equals(name) || units.apply(starter).name().equals(name);
        }
    }

    static BootLinks of(StemcellContainer stemcell) {
        return of(stemcell.inspect(FIND).requireWhole().stdout());
    }

    static BootLinks of(String paths) {
        List<Link> links = new ArrayList<>();
        Stream.of(paths.split("\0")).map(PATH::matcher).filter(Matcher::matches).forEach(path -> {
            // What is for all instances of a template is for no unit of its own.
            if (!path.group(2).contains("@.") && !path.group(3).contains("@.")) {
                links.add(new Link(path.group(1), path.group(2), path.group(3)));
            }
        });
        return new BootLinks(links);
    }

    /** Whether nothing but a link that is gone at the next boot has one unit start with another one. */
    boolean areGoneAtBoot(Unit unit, String starter, Function<String, Unit> units) {
        List<String> folders = links.stream()
                .filter(link -> link.isOf(unit) && link.isBy(starter, units))
                .map(Link::folder)
                .distinct()
                .toList();
        return folders.equals(List.of(RUN));
    }

    /** The unit that starts this one by a link that systemd has not read. */
    Optional<String> unread(Unit unit, Function<String, Unit> units) {
        return links.stream()
                .filter(link -> CHANGED.contains(link.folder()) && link.isOf(unit))
                .map(Link::starter)
                .filter(starter -> isUnread(unit, units.apply(starter)))
                .findFirst();
    }

    private static boolean isUnread(Unit unit, Unit starter) {
        return starter.loadState() == LoadState.LOADED
                && BY_LINK.stream()
                        .noneMatch(relation -> starter.dependencies(relation).contains(unit.name()));
    }
}
