package io.github.incusstemcell.oci;

import io.github.incusstemcell.oci.tar.Tar;
import io.github.incusstemcell.oci.tar.TarEntry;
import io.github.incusstemcell.oci.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a folder or of a tar file, by their names in it. */
interface ArchiveEntries {

    /** One file. */
    interface Member extends Blob {

        /** {@return its size in bytes} */
        long size();

        /** Reads it whole, where it is small. */
        default byte[] read(int limit) throws IOException {
            if (size() > limit) {
                throw new IOException("it has " + size() + " bytes, more than the " + limit + " that it may have");
            }
            try (InputStream in = open()) {
                return in.readNBytes(limit);
            }
        }
    }

    /** {@return the file of this name, with slashes between folders} */
    Optional<Member> find(String name) throws IOException;

    /** Gives the files of a folder. */
    static ArchiveEntries of(Path folder) {
        return name -> {
            Path file = folder.resolve(name).normalize();
            return file.startsWith(folder.normalize()) && Files.isRegularFile(file)
                    ? Optional.of(new FileRange(file, 0, Files.size(file)))
                    : Optional.empty();
        };
    }

    /**
     * Gives the files of a tar file, compressed or not. A compressed one is decompressed to the workspace, because its
     * files are not read in their order.
     *
     * @param image for the progress
     */
    static ArchiveEntries ofTar(Tarball tar, String image, Workspace workspace) throws IOException {
        if (tar.path().isPresent() && !Decompression.isCompressed(tar.path().get())) {
            Path plain = tar.path().get();
            try (FileChannel channel = FileChannel.open(plain)) {
                return TarMembers.index(channel, (start, size) -> new FileRange(plain, start, size));
            }
        }
        FileChannel channel = workspace.namelessFile();
        try (InputStream compressed =
                        new CountingStream(tar.open(), workspace.progress(), "Unpacking " + image, 0, tar.size());
                InputStream in = Decompression.of(compressed)) {
            in.transferTo(Channels.newOutputStream(channel));
        }
        return TarMembers.index(channel, (start, size) -> new ChannelRange(channel, start, size));
    }

    /** A range of a file that keeps its name, opened for each reader. */
    record FileRange(Path file, long start, long size) implements Member {
        @Override
        public InputStream open() throws IOException {
            FileChannel channel = FileChannel.open(file);
            return new RangeStream(channel, start, size, true);
        }
    }

    /** A range of a file that has no name any more. */
    record ChannelRange(FileChannel channel, long start, long size) implements Member {
        @Override
        public InputStream open() {
            return new RangeStream(channel, start, size, false);
        }
    }

    /** The index of a tar file. */
    final class TarMembers implements ArchiveEntries {

        private interface Ranges {
            Member of(long start, long size);
        }

        /** More than any chain of links between layers. */
        private static final int MOST_LINKS = 32;

        private final Map<String, Member> files = new HashMap<>();
        private final Map<String, String> links = new HashMap<>();

        static TarMembers index(FileChannel channel, Ranges ranges) throws IOException {
            TarMembers members = new TarMembers();
            TarReader reader = new TarReader(channel, 0, channel.size());
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                List<String> path = Tar.components(entry.name());
                if (path.isEmpty() && !entry.isDirectory()) {
                    throw new TarReader.MalformedTarException("in its tar stream, " + Tar.legible(entry.name())
                            + " is no directory, though it stands for all that is in it");
                }
                String name = String.join("/", path);
                if (entry.isFile()) {
                    members.files.put(name, ranges.of(entry.dataStart(), entry.dataSize()));
                } else if (entry.isHardLink()) {
                    members.links.put(name, entry.linkName());
                } else if (entry.isSymbolicLink()) {
                    // docker save of old writes a layer that it has written already as ../<id>/layer.tar.
                    String folder = String.join("/", path.subList(0, path.size() - 1));
                    members.links.put(name, folder + "/" + entry.linkName());
                }
            }
            return members;
        }

        @Override
        public Optional<Member> find(String name) {
            String target = String.join("/", Tar.components(name));
            for (int i = 0; i < MOST_LINKS && links.containsKey(target) && !files.containsKey(target); i++) {
                target = String.join("/", Tar.components(links.get(target)));
            }
            return Optional.ofNullable(files.get(target));
        }
    }
}
