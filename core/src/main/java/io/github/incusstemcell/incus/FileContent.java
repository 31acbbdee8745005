package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.files.FileQuestions;
import io.github.incusstemcell.incus.files.FileQuestions.Kind;
import io.github.incusstemcell.incus.files.Sftp;
import io.github.incusstemcell.incus.files.SftpAttributes;
import io.github.incusstemcell.incus.files.SftpStatus;
import io.github.incusstemcell.internal.ThrowingConsumer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import okio.ByteString;

/** What is in a file: opens, replaces and extends it, by the file server or, where that shows something else, from inside. */
record FileContent(FileServer server, String path) {

    private static final int LARGEST_IN_MEMORY = 64 << 20;

    /** Opens it to be read step by step, from somewhere in it. */
    InputStream read(long offset) {
        return open(attributes -> requireContent(attributes.type()), offset);
    }

    /** Reads all of it, if it is a file, as nothing else need have an end, and not too long. */
    byte[] readAll() {
        if (!KernelFiles.isOne(path)) {
            return server.looking("Reading", path, this::whole);
        }
        Optional<byte[]> kept = keptKernelFile();
        if (kept.isPresent()) {
            return kept.get();
        }
        try (InputStream content = open(FileContent::requireFileForMemory, 0)) {
            return whole(content);
        } catch (IOException e) {
            throw server.failure("Reading", path, e);
        }
    }

    /** What a process inside reads, too, except where it is about the reading process. */
    private Optional<byte[]> keptKernelFile() {
        if (path.startsWith("/proc/self/") || path.startsWith("/proc/thread-self/")) {
            return Optional.empty();
        }
        return server.kept("Reading", path, files -> whole(files.content(FileServer.bytes(path), 0)));
    }

    private byte[] whole(FileQuestions files) throws IOException {
        ByteString file = FileServer.bytes(path);
        files.expect(file, Kind.STAT, Kind.CONTENT);
        SftpAttributes attributes = files.stat(file);
        requireFileForMemory(attributes);
        try (InputStream content = files.content(file, attributes.size())) {
            return whole(content);
        }
    }

    private static byte[] whole(InputStream content) throws IOException {
        byte[] all = content.readNBytes(LARGEST_IN_MEMORY + 1);
        if (all.length > LARGEST_IN_MEMORY) {
            throw tooLong("its content is");
        }
        return all;
    }

    /**
     * @param check looks at what the file is before it is opened
     */
    private InputStream open(ThrowingConsumer<SftpAttributes, SftpStatus> check, long offset) {
        try {
            return KernelFiles.isOne(path) ? inside(check, offset) : served(check, offset);
        } catch (IOException e) {
            throw server.failure("Reading", path, e);
        }
    }

    private InputStream inside(ThrowingConsumer<SftpAttributes, SftpStatus> check, long offset) throws IOException {
        InputStream content;
        try {
            content = kernelFiles().read(path);
        } catch (KernelFiles.Unreachable e) {
            return served(check, offset);
        }
        content.skip(offset);
        return content;
    }

    private InputStream served(ThrowingConsumer<SftpAttributes, SftpStatus> check, long offset) throws SftpStatus {
        ByteString file = FileServer.bytes(path);
        Sftp sftp = server.open();
        boolean opened = false;
        try {
            SftpAttributes attributes = sftp.stat(file);
            check.accept(attributes);
            InputStream content = sftp.rest(file, offset, attributes.size());
            opened = true;
            return content;
        } finally {
            if (!opened) {
                sftp.close();
            }
        }
    }

    private static void requireContent(FileType type) throws SftpStatus {
        if (type == FileType.DIRECTORY) {
            throw new SftpStatus(Reason.IS_A_DIRECTORY);
        }
        if (type == FileType.FIFO || type == FileType.SOCKET) {
            // To open one of these waits for a partner, perhaps for ever.
            throw new SftpStatus(Reason.NOT_A_FILE);
        }
    }

    private static void requireFileForMemory(SftpAttributes attributes) throws SftpStatus {
        requireContent(attributes.type());
        if (attributes.type() != FileType.FILE) {
            throw new SftpStatus(Reason.NOT_A_FILE);
        }
        if (attributes.size() > LARGEST_IN_MEMORY) {
            throw tooLong("its " + attributes.size() + " bytes are");
        }
    }

    private static SftpStatus tooLong(String what) {
        return new SftpStatus(
                Reason.OTHER,
                what + " more than the " + LARGEST_IN_MEMORY
                        + " that are read into memory; use read(path) or copyFrom");
    }

    void write(InputStream content) {
        if (KernelFiles.isOne(path)) {
            writeInside(content);
            return;
        }
        server.act("Writing", path, sftp -> sftp.write(FileServer.bytes(path), content));
    }

    private void writeInside(InputStream content) {
        try {
            kernelFiles().write(path, content);
        } catch (SftpStatus e) {
            throw server.failure("Writing", path, e);
        } catch (KernelFiles.Unreachable e) {
            throw server.failure(
                    "Writing", path, new SftpStatus(Reason.OTHER, "such files are there only while the instance runs"));
        }
    }

    void append(byte[] content) {
        server.act("Appending to", path, sftp -> sftp.append(FileServer.bytes(path), content));
    }

    private KernelFiles kernelFiles() {
        return new KernelFiles(server.api(), server.instance());
    }
}
