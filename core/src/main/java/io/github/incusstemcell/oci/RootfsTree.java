package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.tar.Tar;
import io.github.incusstemcell.oci.tar.TarEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of a root file system while layers are laid over each other (OCI image spec, "Image Layer Filesystem
 * Changeset"), and where the headers of each file lie. It follows symbolic links as the root file system's own programs
 * would, so nothing in it can lie outside of its root.
 *
 * <p>Small, because images have hundreds of thousands of files: about 130 bytes for each.
 */
final class RootfsTree {

    /** As many as Linux follows, and more; a loop has no end. */
    private static final int MOST_LINKS = 255;

    /** Stands for directories that no layer describes. */
    static final long NOT_DESCRIBED = -1;

    /** A file of any kind. Several names can share one, which then are hard links. */
    static class Node {
        long entry;
        boolean shared;

        Node(long entry) {
            this.entry = entry;
        }
    }

    /** A symbolic link. */
    private static final class Link extends Node {
        private final String target;

        Link(long entry, String target) {
            super(entry);
            this.target = target;
        }
    }

    /** A directory; its children in the order of their names' bytes, so that what is made of them is always the same. */
    static final class Directory extends Node {
        final Map<String, Node> children = new TreeMap<>();
        /** What the layer at hand removed, kept for as long as it can still be linked to; mostly null. */
        private @Nullable Map<String, Node> removed;

        Directory(long entry) {
            super(entry);
        }
    }

    /** Says that a layer cannot be applied. */
    static final class InvalidLayerException extends Exception {
        InvalidLayerException(String message) {
            super(message);
        }
    }

    private final Directory root = new Directory(NOT_DESCRIBED);
    private final Set<Directory> withRemoved = new HashSet<>();

    Directory root() {
        return root;
    }

    /**
     * Makes way for a directory that the layer at hand names: what lower layers have there that is none, goes, and a symbolic link's
     * target stays. To be called before all else that the layer does, for parents before what is in them, as only parents that a layer
     * does not name are to be followed.
     */
    void makeWay(List<String> directory) throws InvalidLayerException {
        if (directory.isEmpty()) {
            return;
        }
        Directory parent = existing(directory.subList(0, directory.size() - 1));
        String name = directory.get(directory.size() - 1);
        if (parent != null && parent.children.get(name) != null && !(parent.children.get(name) instanceof Directory)) {
            remove(parent, name);
            parent.children.put(name, new Directory(NOT_DESCRIBED));
        }
    }

    /** Removes what lower layers have at this path. */
    void whiteOut(List<String> path) throws InvalidLayerException {
        Directory parent = existing(path.subList(0, path.size() - 1));
        if (parent != null) {
            remove(parent, path.get(path.size() - 1));
        }
    }

    /** Removes all that lower layers have in this directory. */
    void makeOpaque(List<String> path) throws InvalidLayerException {
        Directory directory = existing(path);
        if (directory != null) {
            for (String name : new ArrayList<>(directory.children.keySet())) {
                remove(directory, name);
            }
        }
    }

    private void remove(Directory parent, String name) {
        Node node = parent.children.remove(name);
        if (node != null) {
            if (parent.removed == null) {
                parent.removed = new HashMap<>();
                withRemoved.add(parent);
            }
            parent.removed.putIfAbsent(name, node); // What lower layers had, and not what made way.
        }
    }

    /** Forgets what the layer removed. */
    void endLayer() {
        withRemoved.forEach(directory -> directory.removed = null);
        withRemoved.clear();
    }

    /** Lays an entry over what is there. */
    void add(TarEntry entry) throws InvalidLayerException {
        List<String> path = Tar.components(entry.name());
        if (path.isEmpty()) {
            if (!entry.isDirectory()) {
                throw new InvalidLayerException("its root would be no directory");
            }
            root.entry = entry.start();
            return;
        }
        Directory parent = made(path.subList(0, path.size() - 1));
        String name = path.get(path.size() - 1);
        Node old = parent.children.get(name);
        if (entry.isDirectory()) {
            if (old instanceof Directory) {
                old.entry = entry.start(); // What is in it stays.
            } else {
                parent.children.put(name, new Directory(entry.start()));
            }
        } else if (entry.isHardLink()) {
            parent.children.put(name, linked(entry));
        } else if (entry.isSymbolicLink()) {
            parent.children.put(name, new Link(entry.start(), entry.linkName()));
        } else {
            parent.children.put(name, new Node(entry.start()));
        }
    }

    /** The file that a hard link means, as it is at this moment: what replaces that name later leaves the link alone. */
    private Node linked(TarEntry entry) throws InvalidLayerException {
        List<String> path = Tar.components(entry.linkName());
        Node target = null;
        if (!path.isEmpty()) {
            Directory parent = existing(path.subList(0, path.size() - 1), true);
            target = parent == null ? null : linkable(parent, path.get(path.size() - 1));
        }
        if (target == null || target instanceof Directory) {
            throw new InvalidLayerException(Tar.legible(entry.name()) + " is a hard link to "
                    + Tar.legible(entry.linkName()) + ", which is " + (target == null ? "not there" : "a directory"));
        }
        target.shared = true;
        return target;
    }

    /** No directory can be linked to, so that what one replaced is meant. */
    private static @Nullable Node linkable(Directory parent, String name) {
        Node target = child(parent, name, true);
        return target instanceof Directory && parent.removed != null
                ? parent.removed.getOrDefault(name, target)
                : target;
    }

    private static @Nullable Node child(Directory parent, String name, boolean alsoRemoved) {
        Node child = parent.children.get(name);
        return child == null && alsoRemoved && parent.removed != null ? parent.removed.get(name) : child;
    }

    private @Nullable Directory existing(List<String> path) throws InvalidLayerException {
        return existing(path, false);
    }

    /** {@return the directory at a path, or null where there is none} */
    private @Nullable Directory existing(List<String> path, boolean alsoRemoved) throws InvalidLayerException {
        Directory directory = root;
        for (String name : resolved(path, alsoRemoved)) {
            if (!(child(directory, name, alsoRemoved) instanceof Directory next)) {
                return null;
            }
            directory = next;
        }
        return directory;
    }

    /** {@return the directory at a path, made where it is missing or where something else stands in its way} */
    private Directory made(List<String> path) throws InvalidLayerException {
        Directory directory = root;
        for (String name : resolved(path, false)) {
            Node child = directory.children.get(name);
            if (!(child instanceof Directory)) {
                child = new Directory(NOT_DESCRIBED);
                directory.children.put(name, child);
            }
            directory = (Directory) child;
        }
        return directory;
    }

    /** The path without the symbolic links in it. What is missing counts as a directory. */
    private List<String> resolved(List<String> path, boolean alsoRemoved) throws InvalidLayerException {
        Deque<String> rest = new ArrayDeque<>(path);
        List<String> names = new ArrayList<>();
        List<Node> nodes = new ArrayList<>(List.of(root));
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.remove(names.size() - 1);
                    nodes.remove(nodes.size() - 1);
                }
                continue;
            }
            Node parent = nodes.get(nodes.size() - 1);
            Node child = parent instanceof Directory directory ? child(directory, name, alsoRemoved) : null;
            if (child instanceof Link link) {
                if (++links > MOST_LINKS) {
                    throw new InvalidLayerException(
                            "/" + Tar.legible(String.join("/", path)) + " leads through a loop of symbolic links");
                }
                if (link.target.startsWith("/")) {
                    names.clear();
                    nodes.subList(1, nodes.size()).clear();
                }
                pushAll(rest, link.target);
            } else {
                names.add(name);
                nodes.add(child == null ? new Node(NOT_DESCRIBED) : child);
            }
        }
        return names;
    }

    private static void pushAll(Deque<String> rest, String target) {
        String[] parts = target.split("/");
        for (int i = parts.length - 1; i >= 0; i--) {
            if (!parts[i].isEmpty() && !parts[i].equals(".")) {
                rest.push(parts[i]);
            }
        }
    }
}
