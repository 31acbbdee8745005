package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.incus.GuestFileException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.UUID;
import okio.ByteString;

/** Puts new content in the place of a file in one step: it is written beside it and then takes its name. */
record FileReplacement(Sftp sftp, ByteString path) {

    static final int NEW_FILE = 0644;
    private static final int LINKS_AT_MOST = 40;

    void write(InputStream content) throws IOException {
        ByteString target = followed();
        Optional<SftpAttributes> before = Sftp.ifThere(() -> sftp.lstat(target));
        if (before.isPresent() && before.get().type() == FileType.DIRECTORY) {
            throw new SftpStatus(Reason.IS_A_DIRECTORY);
        }
        if (before.isPresent() && before.get().type() != FileType.FILE) {
            writeInPlace(target, content);
            return;
        }
        Directories.requireParent(sftp, target);
        replace(target, before, content);
    }

    private ByteString followed() throws SftpStatus {
        ByteString current = path;
        for (int links = 0; links < LINKS_AT_MOST; links++) {
            ByteString here = current;
            Optional<SftpAttributes> found = Sftp.ifThere(() -> sftp.lstat(here));
            if (found.isEmpty() || found.get().type() != FileType.SYMLINK) {
                return current;
            }
            current = Directories.resolve(Directories.parent(current), sftp.readLink(current));
        }
        throw new SftpStatus(Reason.TOO_MANY_LINKS);
    }

    private void replace(ByteString target, Optional<SftpAttributes> before, InputStream content) throws IOException {
        ByteString beside = Directories.resolve(
                Directories.parent(target), ByteString.encodeUtf8(".incus-stemcell-" + UUID.randomUUID()));
        boolean replaced;
        try {
            try (SftpOutput output = SftpOutput.open(sftp, beside, Sftp.WRITE | Sftp.CREATE | Sftp.EXCLUSIVE, 0)) {
                output.writeAll(content);
                takeOver(before, output);
            }
            replaced = rename(beside, target);
        } catch (IOException | RuntimeException e) {
            removeAfter(e, beside);
            throw e;
        }
        if (!replaced) {
            remove(beside);
        }
    }

    /** What went wrong first is why; that something of it stays only comes on top. */
    private void removeAfter(Exception failure, ByteString beside) {
        try {
            remove(beside);
        } catch (SftpStatus | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void remove(ByteString beside) throws SftpStatus {
        Sftp.ifThere(() -> {
            sftp.remove(beside);
            return true;
        });
    }

    /** The owner comes first: to change it takes the setuid and setgid bits away. */
    private static void takeOver(Optional<SftpAttributes> before, SftpOutput output) throws IOException {
        if (before.isPresent()) {
            output.change(SftpChange.owner(before.get().uid(), before.get().gid()));
        }
        output.change(SftpChange.mode(before.map(SftpAttributes::permissions).orElse(NEW_FILE)));
    }

    /** {@return whether the new file has its name now; a mount point keeps its own file, which then gets the content} */
    private boolean rename(ByteString beside, ByteString target) throws IOException {
        try {
            sftp.rename(beside, target);
            return true;
        } catch (SftpStatus e) {
            if (e.reason() != Reason.BUSY) {
                throw e;
            }
        }
        try (InputStream content = sftp.content(beside, 0)) {
            writeInPlace(target, content);
        }
        return false;
    }

    private void writeInPlace(ByteString target, InputStream content) throws IOException {
        try (SftpOutput output = SftpOutput.open(sftp, target, Sftp.WRITE | Sftp.TRUNCATE, 0)) {
            output.writeAll(content);
        }
    }
}
