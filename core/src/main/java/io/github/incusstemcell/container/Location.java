package io.github.incusstemcell.container;

import java.util.Objects;
import java.util.Optional;

/**
 * Where on the daemon a container stands, as far as it is not where all others stand.
 *
 * @param project the name of an existing Incus project, or empty for that of {@link Stemcells}
 * @param storagePool the name of an existing storage pool for its root disk, or empty for that of {@link Stemcells}
 * @param target the names of members of the daemon's cluster, separated by commas, or the group that its own scheduler is to choose from, as
 *     {@code @default}; empty for all that are online
 */
public record Location(Optional<String> project, Optional<String> storagePool, Optional<String> target) {

    /** Where all others stand. */
    public static final Location DEFAULT = new Location(Optional.empty(), Optional.empty(), Optional.empty());

    /** Refuses nulls. */
    public Location {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(storagePool, "storagePool");
        Objects.requireNonNull(target, "target");
    }

    /**
     * The same in another project.
     *
     * @param name the name of an existing project
     * @return the copy
     */
    public Location withProject(String name) {
        return new Location(Optional.of(name), storagePool, target);
    }

    /**
     * The same on another storage pool.
     *
     * @param name the name of an existing pool
     * @return the copy
     */
    public Location withStoragePool(String name) {
        return new Location(project, Optional.of(name), target);
    }

    /**
     * The same on other members of the cluster, of which one is chosen.
     *
     * @param member the members' names, separated by commas, or a group, as {@code @default}
     * @return the copy
     */
    public Location withTarget(String member) {
        return new Location(project, storagePool, Optional.of(member));
    }
}
