package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.FileType;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Which files of a tree are meant: in the words of find(1), and the same of what SFTP says of a file, for guests that do not run.
 *
 * @param argv the words
 * @param holds whether a file is one of those; the accounts are those of the guest
 */
record TreeFilter(List<String> argv, BiPredicate<FileStat, Accounts> holds) {

    /** find(1)'s letters, without those of rare things. */
    static final Map<FileType, String> LETTERS =
            Map.of(FileType.FILE, "f", FileType.DIRECTORY, "d", FileType.SYMLINK, "l");

    private static final int WRITABLE_BY_ALL = 0002;
    private static final int STICKY = 01000;

    static TreeFilter named(String pattern) {
        return new TreeFilter(
                List.of("-name", pattern),
                (file, accounts) -> Glob.matches(pattern, file.path().equals("/") ? "/" : file.name()));
    }

    static TreeFilter ofType(FileType type) {
        return new TreeFilter(List.of("-type", LETTERS.get(type)), (file, accounts) -> file.type() == type);
    }

    /** The modes of symbolic links mean nothing. */
    static TreeFilter withAnyOfMode(int bits) {
        return new TreeFilter(
                List.of("!", "-type", "l", "-perm", "/" + FileLook.octal(bits)),
                (file, accounts) -> !file.isSymbolicLink() && (file.mode() & bits) != 0);
    }

    /** Regular files that have all of these bits. */
    static TreeFilter filesWithMode(int bits) {
        return new TreeFilter(
                List.of("-type", "f", "-perm", "-" + FileLook.octal(bits)),
                (file, accounts) -> file.isFile() && (file.mode() & bits) == bits);
    }

    /** Files to which everybody may write, and folders without the sticky bit. */
    static TreeFilter writableByAll() {
        return new TreeFilter(
                List.of("-perm", "-0002", "(", "-type", "f", "-o", "-type", "d", "!", "-perm", "-1000", ")"),
                (file, accounts) -> (file.mode() & WRITABLE_BY_ALL) != 0
                        && (file.isFile() || file.isDirectory() && (file.mode() & STICKY) == 0));
    }

    static TreeFilter ownedBy(String user) {
        return new TreeFilter(List.of("-user", user), (file, accounts) -> isOwner(accounts, user, file));
    }

    static TreeFilter notOwnedBy(String user) {
        return new TreeFilter(List.of("!", "-user", user), (file, accounts) -> !isOwner(accounts, user, file));
    }

    private static boolean isOwner(Accounts accounts, String user, FileStat file) {
        GuestUser owner = accounts.user(user)
                .orElseThrow(() -> AssertionErrors.of("Expecting the user " + user + " to exist, whose files are looked"
                        + " for\n  but " + accounts.noSuchUser(user)));
        return owner.uid() == file.uid();
    }

    /** Of users or groups that do not exist. */
    static TreeFilter ofUnknown() {
        return new TreeFilter(
                List.of("(", "-nouser", "-o", "-nogroup", ")"),
                (file, accounts) -> accounts.users().stream().noneMatch(user -> user.uid() == file.uid())
                        || accounts.groups().stream().noneMatch(group -> group.gid() == file.gid()));
    }
}
