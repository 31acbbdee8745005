package io.github.incusstemcell.container;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What could be found out about a container in a few seconds, for somebody who was not there: taken before it is deleted.
 *
 * <p>All of it was printed by the guest, or for it, and is as trustworthy as what runs there. What is asked of the guest changes nothing
 * in it, except that a {@linkplain StemcellContainer#pause() paused} one is resumed meanwhile.
 *
 * @param container the name of the container
 * @param shellCommand the command that opens a shell in it, where it is kept
 * @param status Incus's word for it, such as {@code Running}, or why there is none
 * @param systemState systemd's word, such as {@code degraded}, or why there is none
 * @param failedUnits the units that have failed; empty also where systemd does not answer
 * @param lastCommands the last commands that were run by way of the {@link StemcellContainer}, one line each
 * @param files everything else, to be read or kept as files
 * @param artifacts files of the guest that were asked for by {@link ContainerSpec#artifacts()}, each by its path in the guest; also what could
 *     not be fetched, with the trouble
 * @param duration how long the collection took
 */
public record Diagnostics(
        String container,
        String shellCommand,
        String status,
        String systemState,
        List<FailedUnit> failedUnits,
        List<String> lastCommands,
        List<File> files,
        List<File> artifacts,
        Duration duration) {

    /** Copies the lists. */
    public Diagnostics {
        Objects.requireNonNull(container, "container");
        Objects.requireNonNull(shellCommand, "shellCommand");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(systemState, "systemState");
        Objects.requireNonNull(duration, "duration");
        failedUnits = List.copyOf(failedUnits);
        lastCommands = List.copyOf(lastCommands);
        files = List.copyOf(files);
        artifacts = List.copyOf(artifacts);
    }

    /**
     * A unit that has failed.
     *
     * @param name such as {@code nginx.service}
     * @param result how, such as {@code exit-code, status 1}
     * @param journal the last lines of its journal
     */
    public record FailedUnit(String name, String result, List<String> journal) {

        /** Copies the list. */
        public FailedUnit {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(result, "result");
            journal = List.copyOf(journal);
        }
    }

    /**
     * One thing that was asked for.
     *
     * @param name a good name for a file, such as {@code journal.txt}; of an artifact its path in the guest
     * @param title the same for people
     * @param content what came, cut to a few MiB, with a mark where it was cut; empty where nothing came
     * @param trouble why it is not all there; empty where it is
     */
    public record File(String name, String title, byte[] content, Optional<String> trouble) {

        /** Refuses nulls. */
        public File {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(title, "title");
            Objects.requireNonNull(content, "content");
            Objects.requireNonNull(trouble, "trouble");
        }

        /** {@return the content as UTF-8} */
        public String text() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    /**
     * One of the files.
     *
     * @param name its name, such as {@code journal.txt}
     * @return the file; empty where there is none of that name
     */
    public Optional<File> file(String name) {
        return files.stream().filter(file -> file.name().equals(name)).findFirst();
    }
}
