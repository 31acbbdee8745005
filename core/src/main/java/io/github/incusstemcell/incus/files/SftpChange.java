package io.github.incusstemcell.incus.files;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import okio.Buffer;

/** What to change of a file. */
public record SftpChange(OptionalInt mode, Optional<Owner> owner, Optional<Instant> modified) {

    /** Who a file belongs to. */
    public record Owner(int uid, int gid) {}

    public static SftpChange mode(int mode) {
        return new SftpChange(OptionalInt.of(mode), Optional.empty(), Optional.empty());
    }

    public static SftpChange owner(int uid, int gid) {
        return new SftpChange(OptionalInt.empty(), Optional.of(new Owner(uid, gid)), Optional.empty());
    }

    public static SftpChange modified(Instant modified) {
        return new SftpChange(OptionalInt.empty(), Optional.empty(), Optional.of(modified));
    }

    Buffer appendTo(Buffer body) {
        int flags = (owner.isPresent() ? SftpAttributes.HAS_OWNER : 0)
                | (mode.isPresent() ? SftpAttributes.HAS_MODE : 0)
                | (modified.isPresent() ? SftpAttributes.HAS_TIMES : 0);
        body.writeInt(flags);
        owner.ifPresent(who -> body.writeInt(who.uid()).writeInt(who.gid()));
        mode.ifPresent(value -> body.writeInt(value | special(value)));
        modified.ifPresent(when -> body.writeInt((int) when.getEpochSecond()).writeInt((int) when.getEpochSecond()));
        return body;
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
}
