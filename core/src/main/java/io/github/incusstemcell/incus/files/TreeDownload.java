package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.files.Sftp.Reply;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import okio.Buffer;
import okio.ByteString;

/**
 * Copies files of a guest to this machine, with their permissions and times; pipes, sockets and devices are left out. The
 * guest is not to be trusted: nothing is written outside of the target, whatever names and links it shows. What is done here is done in the
 * order in which the guest shows its files, while those that come next are opened and read there already.
 */
final class TreeDownload {

    private static final int SMALL = 32 * 1024;

    /** So many files are opened ahead, and so many read. */
    private static final int AHEAD = 64;

    private final Sftp sftp;
    private final Deque<Step> opened = new ArrayDeque<>();
    private final Deque<Step> reading = new ArrayDeque<>();

    TreeDownload(Sftp sftp) {
        this.sftp = sftp;
    }

    /** Something to be done on this machine, when it is its turn. */
    private interface Step {
        /** Asks for what will be needed then. */
        default void read() throws SftpStatus {}

        void finish() throws IOException;
    }

    void copy(ByteString source, Path target) throws IOException {
        requireNoLink(target);
        SftpAttributes attributes = sftp.stat(source);
        switch (attributes.type()) {
            case DIRECTORY -> copyDirectory(source, target, attributes);
            case FILE -> copyFile(source, target, attributes);
            default -> throw new SftpStatus(Reason.NOT_A_FILE);
        }
        while (!opened.isEmpty() || !reading.isEmpty()) {
            advance();
        }
    }

    private void add(Step step) throws IOException {
        opened.add(step);
        if (opened.size() > AHEAD) {
            advance();
        }
    }

    private void advance() throws IOException {
        if (!opened.isEmpty()) {
            Step next = opened.remove();
            next.read();
            reading.add(next);
        }
        if (opened.isEmpty() || reading.size() > AHEAD) {
            reading.remove().finish();
        }
    }

    /** Whether the link is to be replaced, or what it leads to, only who made it knows. */
    private static void requireNoLink(Path target) throws IOException {
        if (Files.isSymbolicLink(target)) {
            throw new SftpStatus(
                    Reason.OTHER,
                    "the target " + target + " is a symbolic link to " + Files.readSymbolicLink(target)
                            + "; name the place itself, or remove the link");
        }
    }

    private void copyDirectory(ByteString source, Path target, SftpAttributes attributes) throws IOException {
        add(() -> {
            if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(target);
                Files.createDirectory(target);
            }
        });
        for (Sftp.Entry entry : sftp.list(source)) {
            Path child = target.resolve(local(name(entry)));
            copyChild(Directories.resolve(source, entry.name()), child, entry.attributes());
        }
        add(() -> finish(target, attributes));
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

    private void copyChild(ByteString source, Path target, SftpAttributes attributes) throws IOException {
        switch (attributes.type()) {
            case DIRECTORY -> copyDirectory(source, target, attributes);
            case FILE -> copyFile(source, target, attributes);
            case SYMLINK -> {
                CompletableFuture<Reply> link = sftp.readLinkLater(source);
                add(() -> {
                    Path leadsTo = local(GuestName.text(sftp.link(link)));
                    Files.deleteIfExists(target);
                    Files.createSymbolicLink(target, leadsTo);
                });
            }
            default -> {
                // Nothing that could be copied.
            }
        }
    }

    private void copyFile(ByteString source, Path target, SftpAttributes attributes) throws IOException {
        if (attributes.size() <= SMALL) {
            add(new Small(sftp.openLater(source, Sftp.READ), target, attributes));
        } else {
            add(() -> copyLong(source, target, attributes));
        }
    }

    private void copyLong(ByteString source, Path target, SftpAttributes attributes) throws IOException {
        requireRoom(target, attributes.size());
        try (InputStream content = sftp.content(source, attributes.size());
                OutputStream output = create(target)) {
            content.transferTo(output);
        }
        finish(target, attributes);
    }

    /** What a guest says of the length of a file may be anything. */
    private static void requireRoom(Path target, long size) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        long free = Files.getFileStore(folder).getUsableSpace();
        if (size > free) {
            throw new SftpStatus(
                    Reason.OTHER,
                    "its " + size + " bytes do not fit on this machine, where in " + folder + " only " + free
                            + " bytes are free");
        }
    }

    private static OutputStream create(Path target) throws IOException {
        Files.deleteIfExists(target);
        return Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void finish(Path target, SftpAttributes attributes) throws IOException {
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

    /** One reply is all there is, as a rule. */
    private final class Small implements Step {

        private final CompletableFuture<Reply> opened;
        private final Path target;
        private final SftpAttributes attributes;
        private ByteString handle = ByteString.EMPTY;
        private CompletableFuture<Reply> read = new CompletableFuture<>();

        Small(CompletableFuture<Reply> opened, Path target, SftpAttributes attributes) {
            this.opened = opened;
            this.target = target;
            this.attributes = attributes;
        }

        @Override
        public void read() throws SftpStatus {
            handle = sftp.handle(opened);
            read = sftp.readLater(handle, 0, SMALL);
        }

        @Override
        public void finish() throws IOException {
            Optional<Buffer> block = sftp.data(read);
            try (OutputStream output = create(target)) {
                long length = 0;
                while (block.isPresent() && !block.get().exhausted()) {
                    length += block.get().size();
                    output.write(block.get().readByteArray());
                    // A file of /proc says that it is empty, and another one may have grown meanwhile.
                    block = length == attributes.size() && length < SMALL
                            ? Optional.empty()
                            : sftp.data(sftp.readLater(handle, length, SMALL));
                }
            }
            sftp.closeLater(handle);
            TreeDownload.finish(target, attributes);
        }
    }
}
