package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.RootfsTree.Directory;
import io.github.incusstemcell.oci.RootfsTree.Node;
import io.github.incusstemcell.oci.tar.Tar;
import io.github.incusstemcell.oci.tar.TarEntry;
import io.github.incusstemcell.oci.tar.TarHeaders;
import io.github.incusstemcell.oci.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The layers of an image as one tar stream, each directory followed by all that is in it, names in the order of their
 * bytes. In this order, tar can give directories their times and attributes whatever else it does to them, and the stream
 * is the same whenever and wherever it is made.
 */
final class MergedRootfs implements Rootfs {

    private static final byte[] END = new byte[2 * Tar.BLOCK];

    private final FileChannel layers;
    private final Directory root;
    private final long size;

    /**
     * Joins layers that were laid over each other.
     *
     * @param layers a file of all layers, one after the other, not compressed
     * @param root what is left of them
     */
    MergedRootfs(FileChannel layers, Directory root) throws IOException {
        this.layers = layers;
        this.root = root;
        this.size = countBytes();
    }

    @Override
    public InputStream open() throws IOException {
        return new Stream(new Walk());
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(size);
    }

    @Override
    public Optional<Digest> digest() {
        return Optional.empty();
    }

    /** Frees the disk space. */
    @Override
    public void close() throws IOException {
        layers.close();
    }

    private long countBytes() throws IOException {
        long bytes = 0;
        Walk walk = new Walk();
        for (Piece piece = walk.next(); piece != null; piece = walk.next()) {
            bytes += piece.head.length + piece.to - piece.from;
        }
        return bytes;
    }

    /** Some bytes of our own, then a range of the layers. */
    private record Piece(byte[] head, long from, long to) {

        private static final byte[] NOTHING = new byte[0];

        static Piece of(byte[] head) {
            return new Piece(head, 0, 0);
        }

        static Piece of(long from, long to) {
            return new Piece(NOTHING, from, to);
        }
    }

    /** Goes through the tree once, giving an entry at a time. */
    private final class Walk {

        private record Level(String path, Iterator<Map.Entry<String, Node>> children) {}

        private final TarReader reader = TarReader.jumping(layers);
        private final Deque<Level> levels = new ArrayDeque<>();
        private final Map<Node, String> firstNames = new IdentityHashMap<>();
        /**
         * Before all names or none: GNU tar sets a directory's time once the names no longer begin with its own. Most
         * layers have none, and describe no root that would need it.
         */
        private final String prefix = root.entry == RootfsTree.NOT_DESCRIBED ? "" : "./";

        private boolean begun;
        private boolean ended;

        Walk() throws IOException {}

        /** {@return the next piece of the stream, or null at its end} */
        @Nullable
        Piece next() throws IOException {
            if (!begun) {
                begun = true;
                levels.push(new Level(prefix, root.children.entrySet().iterator()));
                return directory(root, "./");
            }
            while (!levels.isEmpty()) {
                Level level = levels.peek();
                if (level.children.hasNext()) {
                    Map.Entry<String, Node> child = level.children.next();
                    return piece(level.path + child.getKey(), child.getValue());
                }
                levels.pop();
            }
            boolean first = !ended;
            ended = true;
            return first ? Piece.of(END) : null;
        }

        private Piece piece(String path, Node node) throws IOException {
            if (node instanceof Directory directory) {
                levels.push(new Level(path + "/", directory.children.entrySet().iterator()));
                return directory(directory, path + "/");
            }
            TarEntry entry = reader.at(node.entry);
            String first = node.shared ? firstNames.putIfAbsent(node, path) : null;
            return first == null ? entry(entry, path) : Piece.of(TarHeaders.hardLink(entry, path, first));
        }

        private Piece directory(Directory directory, String path) throws IOException {
            return directory.entry == RootfsTree.NOT_DESCRIBED
                    ? Piece.of(TarHeaders.directory(path))
                    : entry(reader.at(directory.entry), path);
        }

        private Piece entry(TarEntry entry, String path) {
            return entry.verbatim() && isNamed(entry, path)
                    ? Piece.of(entry.start(), entry.end())
                    : new Piece(TarHeaders.renamed(entry, path), entry.headerEnd(), entry.end());
        }

        /** Whether the entry has this name already; directories go with and without a slash behind. */
        private static boolean isNamed(TarEntry entry, String path) {
            return entry.name().equals(path) || entry.isDirectory() && (entry.name() + "/").equals(path);
        }
    }

    /** Reads piece after piece. */
    private final class Stream extends InputStream {

        private final Walk walk;
        private byte[] head = new byte[0];
        private int headAt;
        private long from;
        private long to;
        private boolean ended;

        Stream(Walk walk) {
            this.walk = walk;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int done = 0;
            while (done < length && advance()) {
                done += copy(buffer, offset + done, length - done);
            }
            return done == 0 && length > 0 ? -1 : done;
        }

        private int copy(byte[] buffer, int offset, int length) throws IOException {
            if (headAt < head.length) {
                int n = Math.min(length, head.length - headAt);
                System.arraycopy(head, headAt, buffer, offset, n);
                headAt += n;
                return n;
            }
            int n = layers.read(ByteBuffer.wrap(buffer, offset, (int) Math.min(length, to - from)), from);
            if (n <= 0) {
                throw new IOException("The merged layers end early, at byte " + from);
            }
            from += n;
            return n;
        }

        /** {@return whether there is anything left, in this piece or another} */
        private boolean advance() throws IOException {
            while (!ended && headAt == head.length && from == to) {
                Piece piece = walk.next();
                if (piece == null) {
                    ended = true;
                } else {
                    head = piece.head;
                    headAt = 0;
                    from = piece.from;
                    to = piece.to;
                }
            }
            return !ended;
        }
    }
}
