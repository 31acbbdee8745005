package io.github.incusstemcell.container;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Work that is done once on a container, and kept as an image of its own, from which others start then.
 *
 * <p>The image is kept under a key made of the image that the container came from, the {@link #name}, the {@link #version}, the names,
 * modes and contents of the {@link #files}, the {@linkplain Provisioner#fingerprint fingerprint} of the work, and the configuration, devices and profiles of the {@link ContainerSpec}. Whoever has the same
 * key, in this run or another, gets that image. Work without a fingerprint, such as a lambda, is not looked at: after a change of it, change
 * the version.
 *
 * <p>The container has the settings of the {@link ContainerSpec}, but not its files, which each container gets before it boots, nor its
 * address. It is shut down in good order, and a test finds what was written to its disk, but no process, and nothing in {@code /run}.
 * It finds a fresh machine: what the boot before the work made for that one machine is put back to what the image had, so that
 * each container makes its own: {@code /etc/machine-id}, ssh host keys, stamps of timers, and the logs that the boot began or that were
 * empty. {@code ConditionFirstBoot} holds again where it held for the image. Incus writes its templates into each container anew, those of
 * the {@linkplain io.github.incusstemcell.stemcell.GuestOverlay overlay} among them.
 *
 * <p>Two of the same name, version and files are equal, whatever their work is.
 *
 * @param name what does the work, such as a class and its method; not blank
 * @param version changes when the work does
 * @param files files and folders of this machine that the work takes; relative ones are looked for in the working directory
 * @param work what is done; called on any thread
 */
public record Provisioning(String name, String version, List<Path> files, Provisioner work) {

    /**
     * Checks that nothing is missing.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    public Provisioning {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A provisioning needs a name, by which its image is found again");
        }
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(work, "work");
        files = List.copyOf(files);
    }

    /**
     * A provisioning without a version, which takes no files.
     *
     * @param name what does the work, by which the image is found again; not blank
     * @param work what is done
     * @return the provisioning
     */
    public static Provisioning of(String name, Provisioner work) {
        return new Provisioning(name, "", List.of(), work);
    }

    /**
     * The same with another version.
     *
     * @param changed the version
     * @return the copy
     */
    public Provisioning withVersion(String changed) {
        return new Provisioning(name, changed, files, work);
    }

    /**
     * The same with other files.
     *
     * @param taken files and folders of this machine
     * @return the copy
     */
    public Provisioning withFiles(Path... taken) {
        return new Provisioning(name, version, Arrays.asList(taken), work);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Provisioning provisioning
                && provisioning.name.equals(name)
                && provisioning.version.equals(version)
                && provisioning.files.equals(files);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, version, files);
    }

    @Override
    public String toString() {
        return name + (version.isEmpty() ? "" : " (version " + version + ")");
    }
}
