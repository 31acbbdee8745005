package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.RootfsTree.InvalidLayerException;
import io.github.incusstemcell.oci.tar.Tar;
import io.github.incusstemcell.oci.tar.TarEntry;
import io.github.incusstemcell.oci.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes one root file system of several layers (OCI image spec, "Applying Changesets").
 *
 * <p>Each layer is decompressed once, its diff_id verified on the way, to the end of one file on disk; then its headers are
 * read twice: for the directories that it names and what it removes from the layers below, whatever the order in it, and for
 * what it adds. Only names are kept in memory. The file has no name, so it goes with the process, however that ends.
 */
final class LayerMerge {

    private final String image;
    private final Workspace workspace;
    private final Progress progress;
    private final RootfsTree tree = new RootfsTree();

    /**
     * Prepares to merge.
     *
     * @param image its name, for messages
     * @param workspace where there is space for all layers, not compressed
     */
    LayerMerge(String image, Workspace workspace) {
        this.image = image;
        this.workspace = workspace;
        this.progress = workspace.progress().apart();
    }

    /** Merges the layers, the lowest first. */
    Rootfs merge(List<Layer> layers, List<Blob> blobs) {
        try {
            FileChannel file = workspace.namelessFile();
            try {
                long total = layers.stream().mapToLong(Layer::size).sum();
                long done = 0;
                for (int i = 0; i < layers.size(); i++) {
                    long start = file.position();
                    decompress(layers.get(i), blobs.get(i), file, done, total);
                    apply(layers.get(i), file, start);
                    done += layers.get(i).size();
                    progress.report(what(), done, total);
                }
                return new MergedRootfs(file, tree.root());
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "Cannot merge the layers of " + image + " in " + workspace.folder() + ": " + e.getMessage()
                            + ". It takes the space of all layers, not compressed; set incus.stemcell.cache.folder to where there"
                            + " is enough.",
                    e);
        }
    }

    private String what() {
        return "Merging the layers of " + image;
    }

    private void decompress(Layer layer, Blob blob, FileChannel file, long done, long total) throws IOException {
        MessageDigest hash = layer.diffId().orElse(layer.digest()).newHash();
        try (InputStream in = blob.open();
                InputStream compressed = new CountingStream(in, progress, what(), done, total);
                InputStream tar = decompressed(layer, compressed)) {
            byte[] buffer = new byte[1 << 17];
            for (int n = read(layer, tar, buffer); n >= 0; n = read(layer, tar, buffer)) {
                hash.update(buffer, 0, n);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
            }
        }
        LayerSource.requireDiffId(layer, layer.diffId().orElse(layer.digest()).finished(hash), image);
        long partly = file.position() % Tar.BLOCK;
        if (partly > 0) {
            file.write(ByteBuffer.allocate((int) (Tar.BLOCK - partly))); // Not every tar pads its last file.
        }
    }

    private InputStream decompressed(Layer layer, InputStream compressed) {
        try {
            return Decompression.of(compressed);
        } catch (Decompression.MissingException e) {
            throw new IncusStemcellException(
                    "Cannot use " + image + ": its layer " + layer.digest() + ": " + e.getMessage() + ".", e);
        } catch (IOException e) {
            throw damaged(layer, e);
        }
    }

    private int read(Layer layer, InputStream tar, byte[] buffer) {
        try {
            return tar.read(buffer);
        } catch (IOException e) {
            throw damaged(layer, e);
        }
    }

    private void apply(Layer layer, FileChannel file, long start) throws IOException {
        long end = file.position();
        try {
            replaceLower(new TarReader(file, start, end));
            add(new TarReader(file, start, end));
            tree.endLayer();
        } catch (TarReader.MalformedTarException | InvalidLayerException e) {
            throw damaged(layer, e);
        }
    }

    /** Makes way for the directories that a layer names, and removes what it says is gone. */
    private void replaceLower(TarReader names) throws IOException, InvalidLayerException {
        List<List<String>> whiteouts = new ArrayList<>();
        List<List<String>> directories = new ArrayList<>();
        for (TarEntry entry = names.next(); entry != null; entry = names.next()) {
            List<String> path = Tar.components(entry.name());
            if (Whiteouts.isOpaque(path)) {
                directories.add(parent(path));
                whiteouts.add(path);
            } else if (Whiteouts.isWhiteout(path) && Whiteouts.note(path).isEmpty()) {
                whiteouts.add(path);
            } else if (entry.isDirectory()) {
                directories.add(path);
            }
        }
        directories.sort(Comparator.comparingInt(List::size)); // Parents before what is in them.
        for (List<String> directory : directories) {
            tree.makeWay(directory);
        }
        for (List<String> whiteout : whiteouts) {
            removeLower(whiteout);
        }
    }

    private void add(TarReader additions) throws IOException, InvalidLayerException {
        Set<List<String>> notes = new HashSet<>();
        for (TarEntry entry = additions.next(); entry != null; entry = additions.next()) {
            List<String> path = Tar.components(entry.name());
            Optional<List<String>> note = Whiteouts.note(path);
            note.ifPresent(notes::add);
            if (note.isPresent() || !Whiteouts.isWhiteout(path)) {
                tree.add(entry);
            }
        }
        // Only now: they are the targets of hard links.
        for (List<String> note : notes) {
            tree.whiteOut(note);
        }
    }

    private static List<String> parent(List<String> path) {
        return path.subList(0, path.size() - 1);
    }

    private void removeLower(List<String> path) throws InvalidLayerException {
        if (Whiteouts.isOpaque(path)) {
            tree.makeOpaque(parent(path));
            return;
        }
        String name = path.get(path.size() - 1);
        String removed = name.substring(Whiteouts.PREFIX.length());
        if (removed.isEmpty() || removed.equals(".") || removed.equals("..")) {
            throw new InvalidLayerException("the whiteout " + Tar.legible(String.join("/", path)) + " names no file");
        }
        List<String> target = new ArrayList<>(parent(path));
        target.add(removed);
        tree.whiteOut(target);
    }

    private CorruptImageException damaged(Layer layer, Exception e) {
        return new CorruptImageException(
                "Cannot use " + image + ": its layer " + layer.digest() + " is damaged: " + e.getMessage(), e);
    }
}
