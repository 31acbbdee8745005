package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.ThrowingFunction;
import io.github.incusstemcell.internal.ThrowingSupplier;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import okio.Buffer;
import okio.ByteString;

/**
 * The requests of SFTP, one method each. Paths are bytes, because names in a file system are.
 *
 * @param longestReply how long each reply is waited for
 */
public record Sftp(Session session, Duration longestReply) implements FileQuestions, Closeable {

    static final int READ = 0x1;
    static final int WRITE = 0x2;
    static final int CREATE = 0x8;
    static final int TRUNCATE = 0x10;
    static final int EXCLUSIVE = 0x20;

    /** {@return what is asked for; empty where the answer is that there is no such file} */
    public static <T> Optional<T> ifThere(ThrowingSupplier<T, SftpStatus> question) throws SftpStatus {
        try {
            return Optional.of(question.get());
        } catch (SftpStatus e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public SftpAttributes stat(ByteString path) throws SftpStatus {
        return attributes(statLater(path));
    }

    CompletableFuture<Reply> statLater(ByteString path) {
        return send(Session.STAT, path);
    }

    SftpAttributes attributes(CompletableFuture<Reply> looked) throws SftpStatus {
        return attributes(await(looked));
    }

    @Override
    public SftpAttributes lstat(ByteString path) throws SftpStatus {
        return attributes(await(send(Session.LSTAT, path)));
    }

    @Override
    public ByteString readLink(ByteString path) throws SftpStatus {
        return link(readLinkLater(path));
    }

    CompletableFuture<Reply> readLinkLater(ByteString path) {
        return send(Session.READLINK, path);
    }

    ByteString link(CompletableFuture<Reply> read) throws SftpStatus {
        return name(await(read));
    }

    public void remove(ByteString path) throws SftpStatus {
        check(removeLater(path));
    }

    CompletableFuture<Reply> removeLater(ByteString path) {
        return send(Session.REMOVE, path);
    }

    public void removeDirectory(ByteString path) throws SftpStatus {
        check(await(send(Session.RMDIR, path)));
    }

    void makeDirectory(ByteString path) throws SftpStatus {
        check(makeDirectoryLater(path));
    }

    CompletableFuture<Reply> makeDirectoryLater(ByteString path) {
        return session.send(Session.MKDIR, string(path).writeInt(0));
    }

    public void makeLink(ByteString path, ByteString target) throws SftpStatus {
        check(makeLinkLater(path, target));
    }

    /** The order of the paths is that of OpenSSH, which every server follows: not that of the draft. */
    CompletableFuture<Reply> makeLinkLater(ByteString path, ByteString target) {
        return session.send(Session.SYMLINK, string(string(target), path));
    }

    /** Replaces what is at the target, in one step. */
    public void rename(ByteString source, ByteString target) throws SftpStatus {
        Buffer body = string(ByteString.encodeUtf8("posix-rename@openssh.com"));
        string(body, source);
        check(await(session.send(Session.EXTENDED, string(body, target))));
    }

    /** Opens the rest of a file, with which this is closed. */
    public InputStream rest(ByteString path, long offset, long size) throws SftpStatus {
        return new SftpInput(this, open(path, READ), offset, size, this::close);
    }

    /** Puts new content in the place of a file in one step, as far as that can be replaced. */
    public void write(ByteString path, InputStream content) throws IOException {
        new FileReplacement(this, path).write(content);
    }

    /** Adds to the end of a file, which is created if it is not there. */
    public void append(ByteString path, byte[] content) throws IOException {
        Optional<SftpAttributes> before = ifThere(() -> stat(path));
        long end = before.map(SftpAttributes::size).orElse(0L);
        try (SftpOutput target = SftpOutput.open(this, path, WRITE | CREATE, end)) {
            target.write(content);
            if (before.isEmpty()) {
                target.change(SftpChange.mode(FileReplacement.NEW_FILE));
            }
        }
    }

    /** Makes a directory and what is missing above it. */
    public void createDirectories(ByteString path) throws SftpStatus {
        Directories.create(this, path);
    }

    /** Deletes what is there, if anything, with all that is in it. */
    public void deleteRecursively(ByteString path) throws SftpStatus {
        Directories.delete(this, path);
    }

    /** Copies a file or a directory of this machine there. */
    public void upload(Path source, ByteString target) throws IOException {
        new TreeUpload(this).copy(source, target);
    }

    /** Copies a file or a directory from there to this machine. */
    public void download(ByteString source, Path target) throws IOException {
        new TreeDownload(this).copy(source, target);
    }

    @Override
    public InputStream content(ByteString path, long size) throws SftpStatus {
        return new SftpInput(this, open(path, READ), 0, size, () -> {});
    }

    ByteString open(ByteString path, int flags) throws SftpStatus {
        return handle(openLater(path, flags));
    }

    CompletableFuture<Reply> openLater(ByteString path, int flags) {
        return session.send(Session.OPEN, string(path).writeInt(flags).writeInt(0));
    }

    ByteString handle(CompletableFuture<Reply> opened) throws SftpStatus {
        Reply reply = await(opened);
        if (reply.type() != Session.HANDLE) {
            throw status(reply);
        }
        return decode(reply.body(), Sftp::string);
    }

    CompletableFuture<Reply> closeLater(ByteString handle) {
        return send(Session.CLOSE, handle);
    }

    CompletableFuture<Reply> readLater(ByteString handle, long offset, int length) {
        return session.send(Session.READ, string(handle).writeLong(offset).writeInt(length));
    }

    /** {@return what was read; empty at the end of the file} */
    Optional<Buffer> data(CompletableFuture<Reply> read) throws SftpStatus {
        Reply reply = await(read);
        if (reply.type() == Session.DATA) {
            decode(reply.body(), Buffer::readInt);
            return Optional.of(reply.body());
        }
        SftpStatus status = status(reply);
        if (status.isEndOfFile()) {
            return Optional.empty();
        }
        throw status;
    }

    CompletableFuture<Reply> writeLater(ByteString handle, long offset, byte[] data, int start, int length) {
        Buffer body = string(handle).writeLong(offset).writeInt(length).write(data, start, length);
        return session.send(Session.WRITE, body);
    }

    public void change(ByteString path, SftpChange change) throws SftpStatus {
        check(changeLater(path, change));
    }

    CompletableFuture<Reply> changeLater(ByteString path, SftpChange change) {
        return session.send(Session.SETSTAT, change.appendTo(string(path)));
    }

    CompletableFuture<Reply> changeOpenLater(ByteString handle, SftpChange change) {
        return session.send(Session.FSETSTAT, change.appendTo(string(handle)));
    }

    @Override
    public List<Entry> list(ByteString path) throws SftpStatus {
        ByteString handle = handle(send(Session.OPENDIR, path));
        try {
            List<Entry> entries = new ArrayList<>();
            while (true) {
                Reply reply = await(send(Session.READDIR, handle));
                if (reply.type() != Session.NAME) {
                    SftpStatus status = status(reply);
                    if (status.isEndOfFile()) {
                        return entries;
                    }
                    throw status;
                }
                entries.addAll(names(reply));
            }
        } finally {
            closeLater(handle);
        }
    }

    void flush() {
        session.flush();
    }

    void check(CompletableFuture<Reply> pending) throws SftpStatus {
        check(await(pending));
    }

    private static void check(Reply reply) throws SftpStatus {
        SftpStatus status = status(reply);
        if (!status.isOk()) {
            throw status;
        }
    }

    private Reply await(CompletableFuture<Reply> pending) {
        return session.answer(pending, longestReply);
    }

    private CompletableFuture<Reply> send(int type, ByteString pathOrHandle) {
        return session.send(type, string(pathOrHandle));
    }

    private static Buffer string(ByteString value) {
        return string(new Buffer(), value);
    }

    /** A string as SFTP writes it: its length, its bytes. */
    public static Buffer string(Buffer target, ByteString value) {
        return target.writeInt(value.size()).write(value);
    }

    /** {@return the string that comes next} */
    public static ByteString string(Buffer source) throws EOFException {
        int length = source.readInt();
        if (length < 0) {
            throw new EOFException("a text of " + length + " bytes");
        }
        return source.readByteString(length);
    }

    private static SftpStatus status(Reply reply) {
        if (reply.type() != Session.STATUS) {
            throw new IllegalStateException("An unexpected reply of SFTP, of type " + reply.type());
        }
        return decode(
                reply.body(),
                body -> new SftpStatus(body.readInt(), string(body).utf8()));
    }

    static List<Entry> names(Reply reply) throws SftpStatus {
        if (reply.type() != Session.NAME) {
            throw status(reply);
        }
        return decode(reply.body(), body -> {
            int count = body.readInt();
            // Each takes some bytes, so a number that lies ends soon.
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ByteString name = string(body);
                string(body);
                entries.add(new Entry(name, SftpAttributes.of(body)));
            }
            return entries;
        });
    }

    static SftpAttributes attributes(Reply reply) throws SftpStatus {
        if (reply.type() != Session.ATTRS) {
            throw status(reply);
        }
        return decode(reply.body(), SftpAttributes::of);
    }

    private static <T> T decode(Buffer body, ThrowingFunction<Buffer, T, EOFException> decoding) {
        try {
            return decoding.apply(body);
        } catch (EOFException e) {
            throw malformed(e);
        }
    }

    private static ByteString name(Reply reply) throws SftpStatus {
        List<Entry> names = names(reply);
        if (names.isEmpty()) {
            throw malformed(new EOFException("no name"));
        }
        return names.get(0).name();
    }

    private static IncusStemcellException malformed(EOFException cause) {
        return new IncusStemcellException(
                "Reading what is answered about files failed: it is cut off, or no SFTP. Is what is between us and Incus broken?",
                cause);
    }

    @Override
    public void close() {
        session.close();
    }

    /** What the requests go by: packets of SFTP version 3, of which any number may be under way. */
    public interface Session extends Closeable {

        int INIT = 1;
        int VERSION = 2;
        int OPEN = 3;
        int CLOSE = 4;
        int READ = 5;
        int WRITE = 6;
        int LSTAT = 7;
        int SETSTAT = 9;
        int FSETSTAT = 10;
        int OPENDIR = 11;
        int READDIR = 12;
        int REMOVE = 13;
        int MKDIR = 14;
        int RMDIR = 15;
        int STAT = 17;
        int READLINK = 19;
        int SYMLINK = 20;
        int STATUS = 101;
        int HANDLE = 102;
        int DATA = 103;
        int NAME = 104;
        int ATTRS = 105;
        int EXTENDED = 200;

        /** Sends a request, at the latest where its reply is waited for, so that small ones go together; the reply may be good or not. */
        CompletableFuture<Reply> send(int type, Buffer body);

        /** Waits for a reply. */
        Reply answer(CompletableFuture<Reply> reply, Duration limit);

        /** Lets go what waits for more to be sent with. */
        void flush();

        @Override
        void close();
    }

    /** What came back: its type, and what follows its number. */
    public record Reply(int type, Buffer body) {}

    /** A name in a directory. */
    public record Entry(ByteString name, SftpAttributes attributes) {}
}
