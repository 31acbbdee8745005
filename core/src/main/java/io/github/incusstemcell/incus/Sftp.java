package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.SftpSession.Reply;
import java.io.Closeable;
import java.io.EOFException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import okio.Buffer;
import okio.ByteString;

/**
 * The requests of SFTP, one method each. Paths are bytes, because names in a file system are.
 *
 * @param longestReply how long each reply is waited for
 */
record Sftp(SftpSession session, Duration longestReply) implements FileQuestions, Closeable {

    static final int READ = 0x1;
    static final int WRITE = 0x2;
    static final int APPEND = 0x4;
    static final int CREATE = 0x8;
    static final int TRUNCATE = 0x10;
    static final int EXCLUSIVE = 0x20;

    private static final int HAS_SIZE = 0x1;
    private static final int HAS_OWNER = 0x2;
    private static final int HAS_MODE = 0x4;
    private static final int HAS_TIMES = 0x8;

    interface Question<T> {
        T ask() throws SftpStatus;
    }

    /** {@return the answer; empty where it is that there is no such file} */
    static <T> Optional<T> ifThere(Question<T> question) throws SftpStatus {
        try {
            return Optional.of(question.ask());
        } catch (SftpStatus e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Attributes stat(ByteString path) throws SftpStatus {
        return attributes(statLater(path));
    }

    CompletableFuture<Reply> statLater(ByteString path) {
        return send(SftpSession.STAT, path);
    }

    Attributes attributes(CompletableFuture<Reply> looked) throws SftpStatus {
        return attributes(await(looked));
    }

    @Override
    public Attributes lstat(ByteString path) throws SftpStatus {
        return attributes(await(send(SftpSession.LSTAT, path)));
    }

    @Override
    public ByteString readLink(ByteString path) throws SftpStatus {
        return link(readLinkLater(path));
    }

    CompletableFuture<Reply> readLinkLater(ByteString path) {
        return send(SftpSession.READLINK, path);
    }

    ByteString link(CompletableFuture<Reply> read) throws SftpStatus {
        return name(await(read));
    }

    void remove(ByteString path) throws SftpStatus {
        check(removeLater(path));
    }

    CompletableFuture<Reply> removeLater(ByteString path) {
        return send(SftpSession.REMOVE, path);
    }

    void removeDirectory(ByteString path) throws SftpStatus {
        check(await(send(SftpSession.RMDIR, path)));
    }

    void makeDirectory(ByteString path) throws SftpStatus {
        check(makeDirectoryLater(path));
    }

    CompletableFuture<Reply> makeDirectoryLater(ByteString path) {
        return session.send(SftpSession.MKDIR, string(path).writeInt(0));
    }

    void makeLink(ByteString path, ByteString target) throws SftpStatus {
        check(makeLinkLater(path, target));
    }

    /** The order of the paths is that of OpenSSH, which every server follows: not that of the draft. */
    CompletableFuture<Reply> makeLinkLater(ByteString path, ByteString target) {
        return session.send(SftpSession.SYMLINK, SftpSession.string(string(target), path));
    }

    /** Replaces what is at the target, in one step. */
    void rename(ByteString source, ByteString target) throws SftpStatus {
        Buffer body = string(ByteString.encodeUtf8("posix-rename@openssh.com"));
        SftpSession.string(body, source);
        check(await(session.send(SftpSession.EXTENDED, SftpSession.string(body, target))));
    }

    @Override
    public InputStream content(ByteString path, long size) throws SftpStatus {
        return new SftpInput(this, open(path, READ), size, () -> {});
    }

    ByteString open(ByteString path, int flags) throws SftpStatus {
        return handle(openLater(path, flags));
    }

    CompletableFuture<Reply> openLater(ByteString path, int flags) {
        return session.send(SftpSession.OPEN, string(path).writeInt(flags).writeInt(0));
    }

    ByteString handle(CompletableFuture<Reply> opened) throws SftpStatus {
        Reply reply = await(opened);
        if (reply.type() != SftpSession.HANDLE) {
            throw status(reply);
        }
        return decode(reply.body(), SftpSession::string);
    }

    void close(ByteString handle) throws SftpStatus {
        check(await(closeLater(handle)));
    }

    CompletableFuture<Reply> closeLater(ByteString handle) {
        return send(SftpSession.CLOSE, handle);
    }

    CompletableFuture<Reply> readLater(ByteString handle, long offset, int length) {
        return session.send(SftpSession.READ, string(handle).writeLong(offset).writeInt(length));
    }

    /** {@return what was read; empty at the end of the file} */
    Optional<Buffer> data(CompletableFuture<Reply> read) throws SftpStatus {
        Reply reply = await(read);
        if (reply.type() == SftpSession.DATA) {
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
        return session.send(SftpSession.WRITE, body);
    }

    void change(ByteString path, Change change) throws SftpStatus {
        check(changeLater(path, change));
    }

    CompletableFuture<Reply> changeLater(ByteString path, Change change) {
        return session.send(SftpSession.SETSTAT, change.appendTo(string(path)));
    }

    CompletableFuture<Reply> changeOpenLater(ByteString handle, Change change) {
        return session.send(SftpSession.FSETSTAT, change.appendTo(string(handle)));
    }

    @Override
    public List<Entry> list(ByteString path) throws SftpStatus {
        ByteString handle = handle(send(SftpSession.OPENDIR, path));
        try {
            List<Entry> entries = new ArrayList<>();
            while (true) {
                Reply reply = await(send(SftpSession.READDIR, handle));
                if (reply.type() != SftpSession.NAME) {
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
        return SftpSession.string(new Buffer(), value);
    }

    private static SftpStatus status(Reply reply) {
        if (reply.type() != SftpSession.STATUS) {
            throw new IllegalStateException("An unexpected reply of SFTP, of type " + reply.type());
        }
        return decode(
                reply.body(),
                body -> new SftpStatus(body.readInt(), SftpSession.string(body).utf8()));
    }

    static List<Entry> names(Reply reply) throws SftpStatus {
        if (reply.type() != SftpSession.NAME) {
            throw status(reply);
        }
        return decode(reply.body(), body -> {
            int count = body.readInt();
            // Each takes some bytes, so a number that lies ends soon.
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ByteString name = SftpSession.string(body);
                SftpSession.string(body);
                entries.add(new Entry(name, Attributes.of(body)));
            }
            return entries;
        });
    }

    static Attributes attributes(Reply reply) throws SftpStatus {
        if (reply.type() != SftpSession.ATTRS) {
            throw status(reply);
        }
        return decode(reply.body(), Attributes::of);
    }

    private interface Decoding<T> {
        T of(Buffer body) throws EOFException;
    }

    private static <T> T decode(Buffer body, Decoding<T> decoding) {
        try {
            return decoding.of(body);
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

    /** A name in a directory. */
    record Entry(ByteString name, Attributes attributes) {}

    /** What SFTP knows of a file. */
    record Attributes(long size, int uid, int gid, int mode, long modified) {

        static Attributes of(Buffer body) throws EOFException {
            int flags = body.readInt();
            long size = (flags & HAS_SIZE) != 0 ? body.readLong() : 0;
            boolean owner = (flags & HAS_OWNER) != 0;
            int uid = owner ? body.readInt() : 0;
            int gid = owner ? body.readInt() : 0;
            int mode = (flags & HAS_MODE) != 0 ? body.readInt() : 0;
            long modified = 0;
            if ((flags & HAS_TIMES) != 0) {
                body.readInt();
                modified = body.readInt() & 0xffffffffL;
            }
            if (flags < 0) {
                skipExtended(body);
            }
            return new Attributes(size, uid, gid, mode, modified);
        }

        private static void skipExtended(Buffer body) throws EOFException {
            for (int left = body.readInt(); left > 0; left--) {
                SftpSession.string(body);
                SftpSession.string(body);
            }
        }

        FileType type() {
            return FileType.of(mode);
        }

        int permissions() {
            return mode & 07777;
        }
    }

    /** What to change of a file. */
    record Change(OptionalInt mode, Optional<Owner> owner, Optional<Instant> modified) {

        static Change mode(int mode) {
            return new Change(OptionalInt.of(mode), Optional.empty(), Optional.empty());
        }

        static Change owner(int uid, int gid) {
            return new Change(OptionalInt.empty(), Optional.of(new Owner(uid, gid)), Optional.empty());
        }

        static Change modified(Instant modified) {
            return new Change(OptionalInt.empty(), Optional.empty(), Optional.of(modified));
        }

        Buffer appendTo(Buffer body) {
            int flags = (owner.isPresent() ? HAS_OWNER : 0)
                    | (mode.isPresent() ? HAS_MODE : 0)
                    | (modified.isPresent() ? HAS_TIMES : 0);
            body.writeInt(flags);
            owner.ifPresent(who -> body.writeInt(who.uid()).writeInt(who.gid()));
            mode.ifPresent(value -> body.writeInt(value | special(value)));
            modified.ifPresent(
                    when -> body.writeInt((int) when.getEpochSecond()).writeInt((int) when.getEpochSecond()));
            return body;
        }
    }

    /**
     * The special bits once more, where Go has them: the daemon's library takes the number for one of Go's, and newer
     * versions of it for what the draft says. Each of the two ignores the bits of the other.
     */
    private static int special(int mode) {
        return ((mode & 04000) != 0 ? 1 << 23 : 0)
                | ((mode & 02000) != 0 ? 1 << 22 : 0)
                | ((mode & 01000) != 0 ? 1 << 20 : 0);
    }

    /** Who a file belongs to. */
    record Owner(int uid, int gid) {}
}
