package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.files.FileQuestions;
import io.github.incusstemcell.incus.files.GuestName;
import io.github.incusstemcell.incus.files.SftpAttributes;
import io.github.incusstemcell.incus.files.SftpStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * What a file system says about a name in it; of a symbolic link, about the link itself.
 *
 * @param path the absolute path, to be handed to {@link GuestFiles} as it is; bytes that are not UTF-8 are in it as {@link GuestFiles}
 *     says
 * @param type what it is
 * @param mode its permissions and special bits: setuid, setgid, sticky; 0 to 07777
 * @param uid the number of its owner, as seen from inside of the instance
 * @param gid the number of its group, as seen from inside of the instance
 * @param size its length in bytes; files of /proc say 0 and have content anyway
 * @param modified when its content last changed, in whole seconds
 * @param linkTarget what a symbolic link holds, word for word; empty for everything else
 */
public record FileStat(
        String path,
        FileType type,
        int mode,
        int uid,
        int gid,
        long size,
        Instant modified,
        Optional<String> linkTarget) {

    /** What is said of a name, and of a symbolic link what it holds. */
    static FileStat of(FileQuestions files, String path, SftpAttributes found) throws SftpStatus {
        Optional<String> target = found.type() == FileType.SYMLINK
                ? Optional.of(GuestName.text(files.readLink(FileServer.bytes(path))))
                : Optional.empty();
        return new FileStat(
                path,
                found.type(),
                found.permissions(),
                found.uid(),
                found.gid(),
                found.size(),
                Instant.ofEpochSecond(found.modified()),
                target);
    }

    /** {@return the last part of the path; empty for /} */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** {@return whether it is a regular file} */
    public boolean isFile() {
        return type == FileType.FILE;
    }

    /** {@return whether it is a directory} */
    public boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    /** {@return whether it is a symbolic link} */
    public boolean isSymbolicLink() {
        return type == FileType.SYMLINK;
    }
}
