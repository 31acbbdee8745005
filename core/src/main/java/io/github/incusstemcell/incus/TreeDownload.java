package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.SftpSession.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import okio.Buffer;
import okio.ByteString;

/**
 * Copies files of a guest to this machine, with their permissions and times; pipes, sockets and devices are left out. The
 * guest is not to be trusted: nothing is written outside of the target, whatever names and links it shows.
 */
final class TreeDownload {

    private static final int SMALL = 32 * 1024;
    private static final int BATCH = 128;

    private final Sftp sftp;
    private final List<Small> batch = new ArrayList<>();

    TreeDownload(Sftp sftp) {
        this.sftp = sftp;
    }

    void copy(ByteString source, Path target) throws IOException, SftpStatus {
        requireNoLink(target);
        Sftp.Attributes attributes = sftp.stat(source);
        switch (attributes.type()) {
            case DIRECTORY -> copyDirectory(source, target, attributes);
            case FILE -> {
                copyFile(source, target, attributes);
                flush();
            }
            default -> throw new SftpStatus(Reason.NOT_A_FILE);
        }
    }

    /** Whether the link is to be replaced, or what it leads to, only who made it knows. */
    private static void requireNoLink(Path target) throws IOException, SftpStatus {
        if (Files.isSymbolicLink(target)) {
            throw new SftpStatus(
                    Reason.OTHER,
                    "the target " + target + " is a symbolic link to " + Files.readSymbolicLink(target)
                            + "; name the place itself, or remove the link");
        }
    }

    private void copyDirectory(ByteString source, Path target, Sftp.Attributes attributes)
            throws IOException, SftpStatus {
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(target);
            Files.createDirectory(target);
        }
        for (Sftp.Entry entry : sftp.list(source)) {
            Path child = target.resolve(local(name(entry)));
            copyChild(Directories.resolve(source, entry.name()), child, entry.attributes());
        }
        flush();
        finish(target, attributes);
    }

    private static String name(Sftp.Entry entry) throws IOException {
        String name = GuestName.text(entry.name());
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
            throw new IOException("the guest shows a file with the name '" + name + "'");
        }
        return name;
    }

    /** A name that this machine has no characters for would become the same as another one. */
    private static Path local(String name) throws SftpStatus {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            String shown = GuestName.shown(name);
            throw new SftpStatus(
                    Reason.OTHER,
                    "no file of this machine can have the name '" + shown + "', "
                            + (shown.equals(name) ? "which its locale has no characters for" : "which is not UTF-8"));
        }
    }

    private void copyChild(ByteString source, Path target, Sftp.Attributes attributes) throws IOException, SftpStatus {
        switch (attributes.type()) {
            case DIRECTORY -> copyDirectory(source, target, attributes);
            case FILE -> copyFile(source, target, attributes);
            case SYMLINK -> {
                Files.deleteIfExists(target);
                Files.createSymbolicLink(target, local(GuestName.text(sftp.readLink(source))));
            }
            default -> {
                // Nothing that could be copied.
            }
        }
    }

    private void copyFile(ByteString source, Path target, Sftp.Attributes attributes) throws IOException, SftpStatus {
        // A file of /proc says that it is empty; only reading tells.
        if (attributes.size() > 0 && attributes.size() <= SMALL) {
            batch.add(new Small(source, target, attributes));
            if (batch.size() == BATCH) {
                flush();
            }
            return;
        }
        requireRoom(target, attributes.size());
        try (InputStream content = new SftpInput(sftp, sftp.open(source, Sftp.READ), attributes.size(), () -> {});
                OutputStream output = create(target)) {
            content.transferTo(output);
        }
        finish(target, attributes);
    }

    /** What a guest says of the length of a file may be anything. */
    private static void requireRoom(Path target, long size) throws IOException, SftpStatus {
        Path folder = target.toAbsolutePath().getParent();
        long free = Files.getFileStore(folder).getUsableSpace();
        if (size > free) {
            throw new SftpStatus(
                    Reason.OTHER,
                    "its " + size + " bytes do not fit on this machine, where in " + folder + " only " + free
                            + " bytes are free");
        }
    }

    private void flush() throws IOException, SftpStatus {
        List<CompletableFuture<Reply>> opened = new ArrayList<>();
        for (Small file : batch) {
            opened.add(sftp.openLater(file.source(), Sftp.READ));
        }
        List<ByteString> handles = new ArrayList<>();
        List<CompletableFuture<Reply>> reads = new ArrayList<>();
        for (CompletableFuture<Reply> reply : opened) {
            ByteString handle = sftp.handle(reply);
            handles.add(handle);
            reads.add(sftp.readLater(handle, 0, SMALL));
        }
        for (int i = 0; i < batch.size(); i++) {
            Small file = batch.get(i);
            Optional<Buffer> content = sftp.data(reads.get(i));
            try (OutputStream output = create(file.target())) {
                copyBlock(handles.get(i), content, output);
            }
            sftp.closeLater(handles.get(i));
            finish(file.target(), file.attributes());
        }
        batch.clear();
    }

    /** One reply is all there is, as a rule; a file that has grown meanwhile has more. */
    private void copyBlock(ByteString handle, Optional<Buffer> first, OutputStream output)
            throws IOException, SftpStatus {
        long offset = 0;
        for (Optional<Buffer> block = first; block.isPresent(); ) {
            long length = block.get().size();
            output.write(block.get().readByteArray());
            offset += length;
            block = length == SMALL ? sftp.data(sftp.readLater(handle, offset, SMALL)) : Optional.empty();
        }
    }

    private static OutputStream create(Path target) throws IOException {
        Files.deleteIfExists(target);
        return Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void finish(Path target, Sftp.Attributes attributes) throws IOException {
        Files.setPosixFilePermissions(target, permissions(attributes.permissions()));
        Files.setLastModifiedTime(target, FileTime.from(Instant.ofEpochSecond(attributes.modified())));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }

    private record Small(ByteString source, Path target, Sftp.Attributes attributes) {}
}
