package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.SftpSession.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import okio.ByteString;

/**
 * Copies files of this machine into a guest, with their modes and times. Small ones go in batches, so that a file costs
 * no round trip of its own; large ones are streamed.
 */
final class TreeUpload {

    private static final int SMALL = 32 * 1024;
    private static final int BATCH = 128;

    private final Sftp sftp;
    private final List<Small> batch = new ArrayList<>();

    TreeUpload(Sftp sftp) {
        this.sftp = sftp;
    }

    void copy(Path source, ByteString target) throws IOException, SftpStatus {
        if (Files.notExists(source)) {
            throw new NoSuchFileException(
                    "there is no file " + source.toAbsolutePath().normalize() + " on this machine"
                            + (source.isAbsolute() ? "" : ", where '" + source + "' begins at the working directory"));
        }
        if (Files.isDirectory(source)) {
            Directories.create(sftp, target);
            copyChildren(source, target);
        } else {
            requirePlace(target);
            copyFile(source, target, attributes(source));
        }
        flush();
        if (Files.isDirectory(source)) {
            finish(source, target);
        }
    }

    private void requirePlace(ByteString target) throws SftpStatus {
        Directories.requireParent(sftp, target);
        Optional<Sftp.Attributes> found = Sftp.ifThere(() -> sftp.stat(target));
        if (found.isPresent() && found.get().type() == FileType.DIRECTORY) {
            throw new SftpStatus(Reason.IS_A_DIRECTORY);
        }
    }

    private void copyChildren(Path source, ByteString target) throws IOException, SftpStatus {
        try (Stream<Path> children = Files.list(source)) {
            for (Path child : (Iterable<Path>) children::iterator) {
                copyChild(child, Directories.resolve(target, GuestName.bytes(child.getFileName())));
            }
        }
    }

    private void copyChild(Path source, ByteString target) throws IOException, SftpStatus {
        BasicFileAttributes attributes = attributes(source);
        if (attributes.isDirectory()) {
            Directories.create(sftp, target);
            copyChildren(source, target);
            flush();
            finish(source, target);
        } else if (attributes.isSymbolicLink()) {
            if (Sftp.ifThere(() -> sftp.lstat(target)).isPresent()) {
                sftp.remove(target);
            }
            sftp.makeLink(target, GuestName.bytes(Files.readSymbolicLink(source)));
        } else if (attributes.isRegularFile()) {
            copyFile(source, target, attributes);
        }
    }

    /** A directory's time is set when nothing is put into it any more. */
    private void finish(Path source, ByteString target) throws IOException, SftpStatus {
        sftp.change(target, traits(source));
    }

    private void copyFile(Path source, ByteString target, BasicFileAttributes attributes)
            throws IOException, SftpStatus {
        if (attributes.isRegularFile() && attributes.size() <= SMALL) {
            batch.add(new Small(source, target));
            if (batch.size() == BATCH) {
                flush();
            }
            return;
        }
        try (InputStream content = Files.newInputStream(source);
                SftpOutput output = SftpOutput.open(sftp, target, Sftp.WRITE | Sftp.CREATE | Sftp.TRUNCATE, 0)) {
            output.writeAll(content);
            output.change(traits(source));
        }
    }

    private void flush() throws IOException, SftpStatus {
        List<CompletableFuture<Reply>> opened = new ArrayList<>();
        for (Small file : batch) {
            opened.add(sftp.openLater(file.target(), Sftp.WRITE | Sftp.CREATE | Sftp.TRUNCATE));
        }
        List<CompletableFuture<Reply>> written = new ArrayList<>();
        List<ByteString> handles = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            ByteString handle = sftp.handle(opened.get(i));
            byte[] content = Files.readAllBytes(batch.get(i).source());
            written.add(sftp.writeLater(handle, 0, content, 0, content.length));
            handles.add(handle);
        }
        check(written);
        List<CompletableFuture<Reply>> finished = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            finished.add(
                    sftp.changeOpenLater(handles.get(i), traits(batch.get(i).source())));
            finished.add(sftp.closeLater(handles.get(i)));
        }
        check(finished);
        batch.clear();
    }

    private void check(List<CompletableFuture<Reply>> replies) throws SftpStatus {
        for (CompletableFuture<Reply> reply : replies) {
            sftp.check(reply);
        }
    }

    private static BasicFileAttributes attributes(Path source) throws IOException {
        return Files.readAttributes(source, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static Sftp.Change traits(Path source) throws IOException {
        Instant modified = Files.getLastModifiedTime(source).toInstant();
        return new Sftp.Change(OptionalInt.of(mode(source)), Optional.empty(), Optional.of(modified));
    }

    private static int mode(Path source) throws IOException {
        if (source.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return (int) Files.getAttribute(source, "unix:mode") & 07777;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(source);
        int mode = 0;
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            mode = mode << 1 | (permissions.contains(permission) ? 1 : 0);
        }
        return mode;
    }

    private record Small(Path source, ByteString target) {}
}
