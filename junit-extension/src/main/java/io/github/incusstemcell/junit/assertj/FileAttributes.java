package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.List;
import java.util.function.Function;

/**
 * What the kernel says of a file and SFTP does not. It is asked by perl, which is in every Debian and Ubuntu (perl-base is essential),
 * while getcap(8) and lsattr(1) may be missing, and change their words.
 */
final class FileAttributes {

    /** Prints the attribute security.capability in hex, or nothing where the file has none. */
    private static final String CAPABILITIES = """
            use POSIX qw(uname);
            my %lgetxattr = (x86_64 => 192, aarch64 => 9);
            my $number = $lgetxattr{(uname())[4]} or die "unknown machine\\n";
            my ($path, $attribute, $value) = ($ARGV[0], "security.capability", "\\0" x 64);
            my $length = syscall($number, $path, $attribute, $value, 64);
            if ($length < 0) {
                exit 0 if $! == 61 || $! == 95; # ENODATA, EOPNOTSUPP
                die "$!\\n";
            }
            print unpack("H*", substr($value, 0, $length));
            """;

    /** Prints whether statx(2) has STATX_ATTR_IMMUTABLE set. */
    private static final String IMMUTABLE = """
            use POSIX qw(uname);
            my %statx = (x86_64 => 332, aarch64 => 291);
            my $number = $statx{(uname())[4]} or die "unknown machine\\n";
            my ($path, $found) = ($ARGV[0], "\\0" x 256);
            # AT_FDCWD, AT_SYMLINK_NOFOLLOW, no more than what is always given
            syscall($number, -100, $path, 0x100, 0, $found) == 0 or die "$!\\n";
            my ($flags, $known) = (unpack("Q", substr($found, 8, 8)), unpack("Q", substr($found, 56, 8)));
            $known & 0x10 or die "its file system does not say which files are immutable\\n";
            print $flags & 0x10 ? "yes" : "no";
            """;

    /** Prints the two attributes that hold access lists in hex, with a comma between them, and nothing for one that there is not. */
    private static final String ACCESS_LISTS = """
            use POSIX qw(uname);
            my %lgetxattr = (x86_64 => 192, aarch64 => 9);
            my $number = $lgetxattr{(uname())[4]} or die "unknown machine\\n";
            my ($path, @found) = ($ARGV[0]);
            for ("access", "default") {
                my ($attribute, $value) = ("system.posix_acl_$_", "\\0" x 65536);
                my $length = syscall($number, $path, $attribute, $value, 65536);
                die "$!\\n" if $length < 0 && $! != 61 && $! != 95; # ENODATA, EOPNOTSUPP
                push @found, $length < 0 ? "" : unpack("H*", substr($value, 0, $length));
            }
            print join(",", @found);
            """;

    private FileAttributes() {}

    static AccessList accessList(StemcellContainer stemcell, String path) {
        String hex = ask(stemcell, stemcell::inspectFiles, ACCESS_LISTS, path, "the access lists");
        return hex.equals(",")
                ? new AccessList(List.of())
                : AccessList.ofHex(stemcell.name(), hex, Accounts.of(stemcell));
    }

    static Capabilities capabilities(StemcellContainer stemcell, String path) {
        String hex = ask(stemcell, stemcell::inspectFiles, CAPABILITIES, path, "the capabilities");
        return hex.isEmpty() ? Capabilities.NONE : Capabilities.ofHex(stemcell.name(), hex);
    }

    static boolean isImmutable(StemcellContainer stemcell, String path) {
        return ask(stemcell, stemcell::inspectFileAttributes, IMMUTABLE, path, "the attributes")
                .equals("yes");
    }

    private static String ask(
            StemcellContainer stemcell, Function<Command, ExecResult> look, String script, String path, String what) {
        ExecResult result = look.apply(Command.perl(script, path).environment("LC_ALL", "C"));
        if (!result.isSuccess()) {
            throw AssertionErrors.ofExit(
                    "Reading " + what + " of " + path + " on " + stemcell.name() + " by perl", result);
        }
        return result.stdout();
    }
}
