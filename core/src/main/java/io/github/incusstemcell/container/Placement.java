package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Projects.Project;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where on the daemon containers go: project, storage pool and network. Found out once for all containers of a run.
 *
 * @param incus the daemon, in the project of the containers and of their images
 * @param pool the name of the storage pool of their root disks
 * @param network the network where the user names none; empty: one of our own
 * @param lowLevel whether the project lets instances set {@code raw.*} keys
 * @param cluster whose members they are spread over; empty where there is none
 */
record Placement(Incus incus, String pool, Optional<String> network, boolean lowLevel, Optional<Cluster> cluster) {

    /** The project that this library makes where the user names none: away from the user's own instances and images. */
    static final String DEFAULT_PROJECT = "incus-stemcell";

    /**
     * Finds project and pool, and creates the project where it is ours and missing.
     *
     * @param incus the daemon, in the project that its endpoint names
     * @param project the project that the user wants, or empty
     * @param wanted the storage pool that the user wants, or empty
     * @param created how large a storage pool is made where none clones images, or empty
     * @throws IncusStemcellException if what the user wants does not exist
     */
    static Placement find(Incus incus, Optional<String> project, Optional<String> wanted, Optional<String> created) {
        // Without a quorum no question is answered, and this one says so.
        Cluster.of(incus);
        Incus placed = incus.project(project(incus, project));
        Optional<Project> restricted = placed.projects().find(placed.project()).filter(Project::isRestricted);
        Optional<Cluster> cluster = Cluster.of(placed);
        RootDiskPools pools = new RootDiskPools(placed, cluster, created);
        return new Placement(
                placed,
                wanted.map(pools::configured)
                        .orElseGet(() -> restricted.isPresent() ? pools.ofProject() : pools.fastest()),
                restricted.flatMap(Placement::network),
                restricted.map(Placement::allowsLowLevel).orElse(true),
                cluster);
    }

    private static String project(Incus incus, Optional<String> wanted) {
        if (wanted.isPresent()) {
            requireProject(incus, wanted.get());
            return wanted.get();
        }
        if (!incus.project().equals("default")) {
            // The endpoint's own, as in a remote's or a user's socket's: there is nowhere else to go.
            return incus.project();
        }
        List<String> visible =
                incus.projects().list().stream().map(Project::name).toList();
        if (visible.contains(DEFAULT_PROJECT)) {
            return DEFAULT_PROJECT;
        }
        if (!visible.contains("default")) {
            return only(incus, visible);
        }
        createDefaultProject(incus);
        return DEFAULT_PROJECT;
    }

    /** Who does not see the default project is confined to some, and may create none. */
    private static String only(Incus incus, List<String> projects) {
        if (projects.size() != 1) {
            throw new IncusStemcellException("Incus on " + incus.endpoint() + " confines us to "
                    + (projects.isEmpty() ? "no project at all" : "the projects " + String.join(", ", projects))
                    + ". Name one that we may use with incus.stemcell.project");
        }
        return projects.get(0);
    }

    private static void requireProject(Incus incus, String name) {
        if (incus.projects().find(name).isEmpty()) {
            throw new IncusStemcellException("The project '" + name + "' from incus.stemcell.project does not exist on "
                    + incus.endpoint() + ". Create it with: incus project create " + name);
        }
    }

    /** Creates the project that this library makes, unless another process does at that moment. */
    static void createDefaultProject(Incus incus) {
        Map<String, String> features = new LinkedHashMap<>();
        features.put("features.images", "true");
        features.put("features.profiles", "true");
        features.put("features.storage.volumes", "true");
        features.put("features.networks", "false");
        try {
            incus.projects().create(DEFAULT_PROJECT, features, "Containers and images of Incus Stemcell");
        } catch (IncusException e) {
            boolean madeByAnother = incus.projects().find(DEFAULT_PROJECT).isPresent();
            if (!madeByAnother) {
                throw e;
            }
        }
    }

    private static boolean allowsLowLevel(Project project) {
        return "allow".equals(project.config().get("restricted.containers.lowlevel"));
    }

    /** Refuses a storage pool that is not there. */
    void requirePool(String name) {
        new RootDiskPools(incus, cluster, Optional.empty()).require(name);
    }

    /** Where only some networks are allowed, ours is none of them. */
    private static Optional<String> network(Project project) {
        return Stream.of(project.config()
                        .getOrDefault("restricted.networks.access", "")
                        .split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .findFirst();
    }
}
