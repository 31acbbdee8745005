package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.files.Sftp.Reply;
import io.github.incusstemcell.internal.ThrowingRunnable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import okio.ByteString;

/**
 * Copies files of this machine into a guest, with their modes and times. Nothing is waited for on the way but what is needed to go on, so
 * that a file costs no round trip of its own: the daemon's server does all in the order in which it is asked, but for reading and writing,
 * of which the end of a file waits for all.
 */
final class TreeUpload {

    private static final int BLOCK = 128 * 1024;

    /** So many files are open at a time. */
    private static final int FILES = 128;

    /** So many answers are not looked at yet. */
    private static final int ANSWERS = 128;

    private final Sftp sftp;
    private final byte[] block = new byte[BLOCK];
    private final Deque<Opening> opened = new ArrayDeque<>();

    /** Each looks whether something was done that was asked for. */
    private final Deque<ThrowingRunnable<SftpStatus>> checks = new ArrayDeque<>();

    TreeUpload(Sftp sftp) {
        this.sftp = sftp;
    }

    private record Opening(CompletableFuture<Reply> reply, Path source, ByteString target) {}

    void copy(Path source, ByteString target) throws IOException {
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
            open(source, target);
        }
        while (!opened.isEmpty()) {
            write(opened.remove());
        }
        lookAtAll();
    }

    private void requirePlace(ByteString target) throws SftpStatus {
        Directories.requireParent(sftp, target);
        Optional<SftpAttributes> found = Sftp.ifThere(() -> sftp.stat(target));
        if (found.isPresent() && found.get().type() == FileType.DIRECTORY) {
            throw new SftpStatus(Reason.IS_A_DIRECTORY);
        }
    }

    /** A directory's time is set when nothing is put into it any more. */
    private void copyChildren(Path source, ByteString target) throws IOException {
        try (Stream<Path> children = Files.list(source)) {
            for (Path child : (Iterable<Path>) children::iterator) {
                copyChild(child, Directories.resolve(target, GuestName.bytes(child.getFileName())));
            }
        }
        expect(sftp.changeLater(target, traits(source)));
    }

    private void copyChild(Path source, ByteString target) throws IOException {
        BasicFileAttributes attributes = attributes(source);
        if (attributes.isDirectory()) {
            CompletableFuture<Reply> made = sftp.makeDirectoryLater(target);
            CompletableFuture<Reply> found = sftp.statLater(target);
            expect(() -> requireDirectory(made, found));
            copyChildren(source, target);
        } else if (attributes.isSymbolicLink()) {
            CompletableFuture<Reply> removed = sftp.removeLater(target);
            expect(() -> requireRemoved(removed));
            expect(sftp.makeLinkLater(target, GuestName.bytes(Files.readSymbolicLink(source))));
        } else if (attributes.isRegularFile()) {
            open(source, target);
        }
    }

    /** What was made, or was there before. */
    private void requireDirectory(CompletableFuture<Reply> made, CompletableFuture<Reply> found) throws SftpStatus {
        try {
            sftp.check(made);
        } catch (SftpStatus e) {
            FileType type = Sftp.ifThere(() -> sftp.attributes(found))
                    .map(SftpAttributes::type)
                    .orElseThrow(() -> e);
            if (type != FileType.DIRECTORY) {
                throw new SftpStatus(Reason.NOT_A_DIRECTORY);
            }
        }
    }

    private void requireRemoved(CompletableFuture<Reply> removed) throws SftpStatus {
        try {
            sftp.check(removed);
        } catch (SftpStatus e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }

    private void open(Path source, ByteString target) throws IOException {
        opened.add(new Opening(sftp.openLater(target, Sftp.WRITE | Sftp.CREATE | Sftp.TRUNCATE), source, target));
        if (opened.size() > FILES) {
            write(opened.remove());
        }
    }

    private void write(Opening file) throws IOException {
        ByteString handle = handle(file.reply());
        try (InputStream content = Files.newInputStream(file.source())) {
            long offset = 0;
            for (int count = content.readNBytes(block, 0, BLOCK);
                    count > 0;
                    count = content.readNBytes(block, 0, BLOCK)) {
                expect(sftp.writeLater(handle, offset, block, 0, count));
                offset += count;
            }
        }
        expect(sftp.closeLater(handle));
        expect(sftp.changeLater(file.target(), traits(file.source())));
    }

    /** Where one cannot be opened, it may be for what failed before. */
    private ByteString handle(CompletableFuture<Reply> opened) throws SftpStatus {
        try {
            return sftp.handle(opened);
        } catch (SftpStatus e) {
            lookAtAll();
            throw e;
        }
    }

    private void expect(CompletableFuture<Reply> reply) throws SftpStatus {
        expect(() -> sftp.check(reply));
    }

    private void expect(ThrowingRunnable<SftpStatus> check) throws SftpStatus {
        checks.add(check);
        if (checks.size() > ANSWERS) {
            checks.remove().run();
        }
    }

    private void lookAtAll() throws SftpStatus {
        while (!checks.isEmpty()) {
            checks.remove().run();
        }
    }

    private static BasicFileAttributes attributes(Path source) throws IOException {
        return Files.readAttributes(source, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static SftpChange traits(Path source) throws IOException {
        Instant modified = Files.getLastModifiedTime(source).toInstant();
        return new SftpChange(OptionalInt.of(mode(source)), Optional.empty(), Optional.of(modified));
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
}
