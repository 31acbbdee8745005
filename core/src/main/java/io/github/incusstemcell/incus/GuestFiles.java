package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.files.FileQuestions.Kind;
import io.github.incusstemcell.incus.files.GuestName;
import io.github.incusstemcell.incus.files.Sftp;
import io.github.incusstemcell.incus.files.SftpAttributes;
import io.github.incusstemcell.incus.files.SftpChange;
import io.github.incusstemcell.incus.files.SftpStatus;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import okio.ByteString;

/**
 * The files of one instance, whether it runs or not, over {@code GET /1.0/instances/NAME/sftp}.
 *
 * <p>Paths are those of the instance, absolute. They are bytes there: what is UTF-8 is that text here, and each byte that is not is one of
 * the characters U+DC80 to U+DCFF, which no UTF-8 has, so that no two names are the same here. Modes are POSIX permissions with the special bits, 0 to 07777.
 * Where something cannot be done, a {@link GuestFileException} says why; where there is no such instance, an
 * {@link IncusException} of code 404.
 */
public final class GuestFiles {

    private final FileServer server;

    GuestFiles(Api api, String instance) {
        this(new FileServer(api, instance, Optional.empty()));
    }

    GuestFiles(FileServer server) {
        this.server = server;
    }

    /**
     * Looks at several files and reads them in one go, where there is a way to do so, for who is going to ask for all of them. What was seen
     * of them is what this shows from then on; all else is looked up when it is asked for.
     *
     * @param paths the absolute paths
     * @return the same files, to be asked for these before anything changes
     */
    public GuestFiles prefetch(String... paths) {
        return new GuestFiles(server.seeing(files ->
                files.expectFiles(Stream.of(paths).map(FileServer::bytes).toList())));
    }

    /**
     * Looks at all files whose paths match a pattern, as glob(7) has it, and at the folders on the way, as {@link #prefetch} does.
     *
     * @param pattern the absolute path, in which {@code *}, {@code ?} and {@code [a-z]} stand for parts of names
     * @param withContent whether the regular ones are read, too
     * @return the same files, to be asked for these before anything changes
     */
    public GuestFiles prefetchMatching(String pattern, boolean withContent) {
        return new GuestFiles(server.seeing(files -> files.expectMatching(FileServer.bytes(pattern), withContent)));
    }

    /**
     * Reads a whole file as UTF-8; see {@link #readBytes}.
     *
     * @param path the absolute path
     * @return its content
     * @throws GuestFileException if there is no such file, it is no file but a directory, a device, a pipe or a socket, or it is longer
     *     than 64 MiB
     */
    public String readString(String path) {
        return new String(readBytes(path), StandardCharsets.UTF_8);
    }

    /**
     * Reads a whole file, of up to 64 MiB, into memory. For longer ones there are {@link #read} and {@link #copyFrom}.
     *
     * @param path the absolute path
     * @return its content
     * @throws GuestFileException if there is no such file, it is no file but a directory, a device, a pipe or a socket, or it is longer
     *     than 64 MiB
     */
    public byte[] readBytes(String path) {
        return content(path).readAll();
    }

    /**
     * Opens a file to be read from its beginning. Of a long file only a few blocks are in memory at a time. Files of
     * /proc and /sys show what a process inside of the instance sees.
     *
     * @param path the absolute path
     * @return its content, to be closed soon: while it is open, the daemon cannot stop the instance in good order
     * @throws GuestFileException if there is no such file, or it is a directory
     */
    public InputStream read(String path) {
        return read(path, 0);
    }

    /**
     * Opens a file to be read from somewhere in it to its end, as {@link #read(String)} does from its beginning.
     *
     * @param path the absolute path
     * @param offset how many bytes are left out; not negative
     * @return the rest of its content, to be closed soon
     * @throws GuestFileException if there is no such file, or it is a directory
     */
    public InputStream read(String path, long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("Not an offset: " + offset);
        }
        return content(path).read(offset);
    }

    /**
     * Writes a text as UTF-8; see {@link #write(String, InputStream)}.
     *
     * @param path the absolute path
     * @param content the text
     * @throws GuestFileException if it cannot be written
     */
    public void writeString(String path, String content) {
        write(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes bytes; see {@link #write(String, InputStream)}.
     *
     * @param path the absolute path
     * @param content the bytes
     * @throws GuestFileException if it cannot be written
     */
    public void write(String path, byte[] content) {
        write(path, new ByteArrayInputStream(content));
    }

    /**
     * Writes a file: a new one, of root with mode 0644, or in place of one that is there, whose mode and owner it keeps.
     * The new content appears in one step: whoever reads the file meanwhile sees all of the old or all of the new one,
     * and if writing fails the old one stays. A symbolic link stays, and the file it leads to is replaced. What cannot be
     * replaced, such as a device, a file of /proc or /sys, or a mount, is written to as it stands.
     *
     * @param path the absolute path
     * @param content the content, read to its end, not closed
     * @throws GuestFileException if its parent directory does not exist, it is a directory, or there is no space left
     */
    public void write(String path, InputStream content) {
        content(path).write(content);
    }

    /**
     * Adds bytes to the end of a file, which is created if it is not there. Where others append at the same time, bytes
     * may get lost: SFTP has no way to prevent it.
     *
     * @param path the absolute path
     * @param content the bytes
     * @throws GuestFileException if it cannot be written
     */
    public void append(String path, byte[] content) {
        content(path).append(content);
    }

    /**
     * Adds a text, as UTF-8, to the end of a file; see {@link #append(String, byte[])}.
     *
     * @param path the absolute path
     * @param content the text
     * @throws GuestFileException if it cannot be written
     */
    public void append(String path, String content) {
        append(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Looks whether there is something of that name. Follows symbolic links: one that leads nowhere does not count. Below
     * what is no directory there is nothing.
     *
     * @param path the absolute path
     * @return whether there is
     * @throws GuestFileException if nobody can tell, as symbolic links lead in a circle or the path is too long
     */
    public boolean exists(String path) {
        return followed(path).isPresent();
    }

    /**
     * Looks whether there is a directory of that name, or a symbolic link that leads to one.
     *
     * @param path the absolute path
     * @return whether there is
     * @throws GuestFileException if nobody can tell, as symbolic links lead in a circle or the path is too long
     */
    public boolean isDirectory(String path) {
        return followed(path)
                .filter(found -> found.type() == FileType.DIRECTORY)
                .isPresent();
    }

    private Optional<SftpAttributes> followed(String path) {
        return server.looking("Looking at", path, files -> Sftp.ifThere(() -> files.stat(FileServer.bytes(path))));
    }

    /**
     * Looks at what is there, without following a symbolic link.
     *
     * @param path the absolute path
     * @return what the file system says of it
     * @throws GuestFileException if there is no such file
     */
    public FileStat stat(String path) {
        return server.looking("Looking at", path, files -> {
            ByteString file = FileServer.bytes(path);
            files.expect(file, Kind.LSTAT, Kind.READ_LINK);
            return FileStat.of(files, path, files.lstat(file));
        });
    }

    /**
     * Looks at what is there, if anything, without following a symbolic link.
     *
     * @param path the absolute path
     * @return what the file system says of it; empty where there is no such file, nor can be, as below what is no directory
     * @throws GuestFileException if nobody can tell, as symbolic links on the way lead in a circle or the path is too long
     */
    public Optional<FileStat> find(String path) {
        return server.looking("Looking at", path, files -> {
            ByteString file = FileServer.bytes(path);
            files.expect(file, Kind.LSTAT, Kind.READ_LINK);
            Optional<SftpAttributes> found = Sftp.ifThere(() -> files.lstat(file));
            return found.isEmpty() ? Optional.empty() : Optional.of(FileStat.of(files, path, found.get()));
        });
    }

    /**
     * Lists a directory.
     *
     * @param path the absolute path
     * @return what is in it, by name, without itself and its parent
     * @throws GuestFileException if there is no such directory
     */
    public List<FileStat> list(String path) {
        return server.looking("Listing", path, asked -> {
            ByteString directory = FileServer.bytes(path);
            asked.expect(directory, Kind.STAT, Kind.LIST);
            if (asked.stat(directory).type() != FileType.DIRECTORY) {
                throw new SftpStatus(Reason.NOT_A_DIRECTORY);
            }
            List<FileStat> files = new ArrayList<>();
            String prefix = path.endsWith("/") ? path : path + "/";
            for (Sftp.Entry entry : asked.list(directory)) {
                files.add(FileStat.of(asked, prefix + GuestName.text(entry.name()), entry.attributes()));
            }
            files.sort(Comparator.comparing(FileStat::path));
            return files;
        });
    }

    /**
     * Makes a directory of root with mode 0755, and those above it that are missing. One that is there stays as it is.
     *
     * @param path the absolute path
     * @throws GuestFileException if something else than a directory stands in the way
     */
    public void createDirectories(String path) {
        server.act("Creating directory", path, sftp -> sftp.createDirectories(FileServer.bytes(path)));
    }

    /**
     * Makes a symbolic link.
     *
     * @param path the absolute path of the link
     * @param target what it holds: absolute or relative, there or not
     * @throws GuestFileException if there is something of that name, or its parent directory does not exist
     */
    public void createSymbolicLink(String path, String target) {
        server.act("Creating link", path, sftp -> sftp.makeLink(FileServer.bytes(path), GuestName.bytes(target)));
    }

    /**
     * Gives something another name, in place of what has that name, in one step.
     *
     * @param path the absolute path
     * @param target the absolute path that it gets
     * @throws GuestFileException if there is no such file, or the target is on another file system
     */
    public void move(String path, String target) {
        server.act("Moving", path, sftp -> sftp.rename(FileServer.bytes(path), FileServer.bytes(target)));
    }

    /**
     * Deletes a file, a symbolic link, or an empty directory.
     *
     * @param path the absolute path
     * @throws GuestFileException if there is no such file, or it is a directory with something in it
     */
    public void delete(String path) {
        server.act("Deleting", path, sftp -> {
            ByteString file = FileServer.bytes(path);
            if (sftp.lstat(file).type() == FileType.DIRECTORY) {
                sftp.removeDirectory(file);
            } else {
                sftp.remove(file);
            }
        });
    }

    /**
     * Deletes whatever is there, a directory with all that is in it; nothing is fine. Follows no symbolic link.
     *
     * @param path the absolute path
     * @throws GuestFileException if something cannot be deleted
     */
    public void deleteRecursively(String path) {
        server.act("Deleting", path, sftp -> sftp.deleteRecursively(FileServer.bytes(path)));
    }

    /**
     * Copies a file or a whole directory of this machine into the instance, with modes and times; all of it belongs to root
     * there. What is in a directory of that name already stays, unless something of the same name comes. Symbolic links
     * inside of a directory are copied as links; pipes, sockets and devices are left out.
     *
     * @param source a file or a directory of this machine
     * @param target the absolute path that it gets in the instance
     * @throws GuestFileException if something cannot be read here or written there
     */
    public void copyTo(Path source, String target) {
        server.act("Copying '" + source + "' to", target, sftp -> sftp.upload(source, FileServer.bytes(target)));
    }

    /**
     * Copies a file or a whole directory of the instance to this machine, with permissions and times. Symbolic links
     * inside of a directory are copied as links; pipes, sockets and devices there are left out. What is in a directory of that name
     * already stays, unless something of the same name comes, which replaces it, links too.
     *
     * @param source the absolute path in the instance; a symbolic link is followed
     * @param target the path that it gets on this machine, whose parent is there, and which is no symbolic link
     * @throws GuestFileException if something cannot be read there or written here, the source is a pipe, a socket or a device, a name
     *     in it can be none of this machine, or a file does not fit on it
     */
    public void copyFrom(String source, Path target) {
        server.act("Copying", source, sftp -> sftp.download(FileServer.bytes(source), target));
    }

    /**
     * Sets the permissions and special bits of a file.
     *
     * @param path the absolute path; a symbolic link is followed
     * @param mode 0 to 07777, such as 0644
     * @throws GuestFileException if there is no such file
     */
    public void setPermissions(String path, int mode) {
        change("Setting the permissions of", path, SftpChange.mode(FileMode.require(mode)));
    }

    /**
     * Sets the owner and the group of a file.
     *
     * @param path the absolute path; a symbolic link is followed
     * @param uid the number of the user, as seen from inside of the instance
     * @param gid the number of the group, as seen from inside of the instance
     * @throws GuestFileException if there is no such file
     */
    public void setOwner(String path, int uid, int gid) {
        change("Setting the owner of", path, SftpChange.owner(uid, gid));
    }

    /**
     * Sets when the content of a file last changed.
     *
     * @param path the absolute path; a symbolic link is followed
     * @param modified the time, of which whole seconds are kept
     * @throws GuestFileException if there is no such file
     */
    public void setModified(String path, Instant modified) {
        change("Setting the time of", path, SftpChange.modified(modified));
    }

    private void change(String what, String path, SftpChange change) {
        server.act(what, path, sftp -> sftp.change(FileServer.bytes(path), change));
    }

    private FileContent content(String path) {
        return new FileContent(server, path);
    }
}
