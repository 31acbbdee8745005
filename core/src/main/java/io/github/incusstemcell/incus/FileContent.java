package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import okio.ByteString;

/** What is in a file: opens, replaces and extends it, by the file server or, where that shows something else, from inside. */
record FileContent(FileServer server, String path) {

    InputStream read() {
        ByteString file = FileServer.bytes(path);
        try {
            return KernelFiles.isOne(path) ? kernelFiles().read(path) : served(file);
        } catch (KernelFiles.Unreachable e) {
            return servedOrFailure(file);
        } catch (SftpStatus e) {
            throw server.failure("Reading", path, e);
        }
    }

    private InputStream servedOrFailure(ByteString file) {
        try {
            return served(file);
        } catch (SftpStatus e) {
            throw server.failure("Reading", path, e);
        }
    }

    private InputStream served(ByteString file) throws SftpStatus {
        Sftp sftp = server.open();
        boolean opened = false;
        try {
            Sftp.Attributes attributes = sftp.stat(file);
            requireContent(attributes.type());
            InputStream content = new SftpInput(sftp, sftp.open(file, Sftp.READ), attributes.size(), sftp::close);
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

    void write(InputStream content) {
        if (KernelFiles.isOne(path)) {
            writeInside(content);
            return;
        }
        server.on("Writing", path, sftp -> {
            new FileReplacement(sftp, FileServer.bytes(path)).write(content);
            return null;
        });
    }

    private void writeInside(InputStream content) {
        try {
            kernelFiles().write(path, content);
        } catch (SftpStatus e) {
            throw server.failure("Writing", path, e);
        } catch (KernelFiles.Unreachable e) {
            throw server.failure("Writing", path, Reason.OTHER, "such files are there only while the instance runs");
        }
    }

    void append(byte[] content) {
        server.on("Appending to", path, sftp -> {
            append(sftp, FileServer.bytes(path), content);
            return null;
        });
    }

    private static void append(Sftp sftp, ByteString file, byte[] content) throws SftpStatus, IOException {
        Optional<Sftp.Attributes> before = Sftp.ifThere(() -> sftp.stat(file));
        long end = before.map(Sftp.Attributes::size).orElse(0L);
        try (SftpOutput target = SftpOutput.open(sftp, file, Sftp.WRITE | Sftp.CREATE, end)) {
            target.write(content);
            if (before.isEmpty()) {
                target.change(Sftp.Change.mode(FileReplacement.NEW_FILE));
            }
        }
    }

    private KernelFiles kernelFiles() {
        return new KernelFiles(server.api(), server.instance());
    }
}
