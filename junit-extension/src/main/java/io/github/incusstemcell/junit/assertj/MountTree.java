package io.github.incusstemcell.junit.assertj;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which mounts are in which, to tell those that are hidden. A guest may have very many, so that they are not compared with each other.
 *
 * @param all them, by number
 * @param places how many there are at each path, by the number of the mount that they are in
 */
record MountTree(Map<String, Placed> all, Map<String, Map<String, Integer>> places) {

    /** A mount, its number, and that of the one that it is in. */
    record Placed(String id, String parent, GuestMount mount) {

        String path() {
            return mount.path();
        }
    }

    static MountTree of(List<Placed> mounts) {
        MountTree tree = new MountTree(new HashMap<>(), new HashMap<>());
        for (Placed mount : mounts) {
            tree.all.put(mount.id(), mount);
            tree.places
                    .computeIfAbsent(mount.parent(), parent -> new HashMap<>())
                    .merge(mount.path(), 1, Integer::sum);
        }
        return tree;
    }

    /** Whether it is, or one of those that it is in: by what is on top of it, or is in the same mount at a folder above it. */
    boolean isHidden(Placed mount) {
        boolean isHidden = countOnTop(mount) > 0;
        Set<String> way = new HashSet<>();
        Placed at = mount;
        while (!isHidden && way.add(at.id()) && all.containsKey(at.parent())) {
            Placed parent = all.get(at.parent());
            int itself = at.path().equals(parent.path()) ? 1 : 0;
            isHidden = isBelowAnother(at) || countOnTop(parent) > itself;
            at = parent;
        }
        return isHidden;
    }

    private int countOnTop(Placed mount) {
        return in(mount.id()).getOrDefault(mount.path(), 0);
    }

    private boolean isBelowAnother(Placed mount) {
        Map<String, Integer> others = in(mount.parent());
        String folder = mount.path();
        while (folder.length() > 1) {
            folder = folder.substring(0, Math.max(1, folder.lastIndexOf('/')));
            if (others.containsKey(folder)) {
                return true;
            }
        }
        return false;
    }

    private Map<String, Integer> in(String id) {
        return places.getOrDefault(id, Map.of());
    }
}
