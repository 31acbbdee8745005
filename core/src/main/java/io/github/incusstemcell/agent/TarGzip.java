package io.github.incusstemcell.agent;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Archives as agents take and give them: gzipped tars, small enough to be held in memory. */
final class TarGzip {

    private TarGzip() {}

    /**
     * A file in an archive.
     *
     * @param mode its permissions, such as 0755
     * @param link where it leads, if it is a symbolic link
     */
    record Entry(byte[] content, int mode, Optional<String> link) {

        Entry(byte[] content, int mode) {
            this(content, mode, Optional.empty());
        }

        static Entry link(String target) {
            return new Entry(new byte[0], 0777, Optional.of(target));
        }
    }

    /** The same files give the same bytes, whenever they are packed. */
    static byte[] of(Map<String, Entry> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (Map.Entry<String, Entry> file : files.entrySet()) {
                Optional<String> link = file.getValue().link();
                TarArchiveEntry entry = link.isEmpty()
                        ? new TarArchiveEntry(file.getKey())
                        : new TarArchiveEntry(file.getKey(), TarConstants.LF_SYMLINK);
                link.ifPresent(entry::setLinkName);
                entry.setSize(file.getValue().content().length);
                entry.setMode(file.getValue().mode());
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue().content());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing an archive in memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** The files of an archive by their paths, without a leading {@code ./}. */
    static Map<String, Entry> files(byte[] archive) throws IOException {
        Map<String, Entry> files = new LinkedHashMap<>();
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile() && !entry.isLink() && !entry.isSymbolicLink()) {
                    String name = entry.getName();
                    files.put(
                            name.startsWith("./") ? name.substring(2) : name,
                            new Entry(tar.readAllBytes(), entry.getMode() & 07777));
                }
            }
        }
        return files;
    }

    static Map<String, String> texts(byte[] archive) {
        Map<String, String> texts = new LinkedHashMap<>();
        try {
            files(archive).forEach((path, file) -> texts.put(path, new String(file.content(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new AgentException("The logs that the agent has sent are no gzipped tar: " + e.getMessage(), e);
        }
        return texts;
    }
}
