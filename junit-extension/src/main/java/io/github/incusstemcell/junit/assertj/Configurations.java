package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.GuestFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What programs of a guest make of all the files that configure them. */
final class Configurations {

    /** What sshd says where a socket listens for it that has not started it yet: its unit makes the folder. */
    private static final String NO_FOLDER_OF_SSHD = "Missing privilege separation directory: /run/sshd";

    private Configurations() {}

    /** sshd_config(5) with its includes and defaults, as {@code sshd -T} prints it. */
    static SettingsAssert sshd(Subject subject) {
        return ofProgram(subject, "the configuration of sshd", Settings::ofWords, "sshd", "-T");
    }

    /** All files of sysctl.d(5), in the order in which systemd-sysctl(8) reads them. */
    static SettingsAssert sysctls(Subject subject) {
        return ofProgram(
                subject, "the configured sysctls", Settings::ofSysctls, "systemd-analyze", "cat-config", "sysctl.d");
    }

    /** A file of systemd's own, with its drop-ins. */
    static SettingsAssert systemd(Subject subject, String name) {
        Arguments.systemdConfiguration(name);
        return ofProgram(
                subject,
                "systemd's " + name,
                printed -> Settings.ofFilesInSections(printed, "systemd/" + name),
                "systemd-analyze",
                "cat-config",
                "systemd/" + name);
    }

    /** os-release(5): the first of these that is there. */
    static SettingsAssert osRelease(Subject subject) {
        return new SettingsAssert(
                subject,
                "os-release",
                () -> Stream.of("/etc/os-release", "/usr/lib/os-release")
                        .flatMap(path -> content(subject, path).stream())
                        .findFirst()
                        .map(Settings::ofShell),
                () -> "there is neither /etc/os-release nor /usr/lib/os-release");
    }

    /** Empty where there is nothing, or a link leads to nothing. */
    private static Optional<String> content(Subject subject, String path) {
        try {
            return Optional.of(subject.stemcell().files().readString(path));
        } catch (GuestFileException e) {
            if (e.reason().isAbsence()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What logrotate(8) is told of a log. */
    static SettingsAssert logRotation(Subject subject, String path) {
        Arguments.plainPath(path);
        return new SettingsAssert(
                subject,
                "the rotation of " + path,
                () -> LogRotation.of(subject.stemcell()).of(path),
                () -> LogRotation.of(subject.stemcell()).surroundings(path));
    }

    /** What a user's login shell has. */
    static SettingsAssert loginEnvironment(Subject subject, String user) {
        return ofProgram(
                subject,
                "the login environment of " + user,
                Settings::ofEnvironment,
                "su", // by the rules of PAM for it, which take in /etc/environment; runuser(1) has others
                "--login",
                user,
                "--command",
                "printf '\\0' && env --null");
    }

    /** The same as sshd makes of it for one connection, with what its {@code Match} lines say. */
    static SettingsAssert sshd(Subject subject, String user, String address) {
        Arguments.user(user);
        String from = Addresses.plain(address);
        return ofProgram(
                subject,
                "the configuration of sshd for " + user + " from " + from,
                Settings::ofWords,
                "sshd",
                "-T",
                "-C",
                "user=" + user + ",host=" + from + ",addr=" + from + ",laddr=127.0.0.1,lport=22");
    }

    private static SettingsAssert ofProgram(
            Subject subject, String name, Function<String, Settings> reader, String... argv) {
        return new SettingsAssert(subject, name, () -> {
            Command command = inEnglish(Command.of(argv));
            ExecResult result = subject.stemcell().inspect(command);
            if (result.stderr().contains(NO_FOLDER_OF_SSHD)) {
                result = subject.stemcell().inspect(inEnglish(withFolderOfSshd(argv)));
            }
            // A file of comments alone is there, too: its path is in a comment. Where there is none, another comment
            // says so.
            boolean isSilent = result.stdout().lines().noneMatch(line -> line.matches("[^#\\s].*|# /\\S+"));
            if (!result.isSuccess() || result.isTruncated() || isSilent) {
                throw AssertionErrors.of("Reading " + name + " on " + subject.name() + " by '" + command
                        + "' ended with exit code " + result.exitCode()
                        + (isSilent ? " and printed no configuration" : "")
                        + "\n  stderr: " + result.stderr().strip());
            }
            return reader.apply(result.stdout());
        });
    }

    private static Command inEnglish(Command command) {
        return command.environment("LC_ALL", "C").environment("SYSTEMD_PAGER", "cat");
    }

    /** In a mount namespace of its own, so that the guest stays as it is. */
    private static Command withFolderOfSshd(String... argv) {
        List<String> wrapped = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
        wrapped.add("mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/sshd && exec \"$@\"");
        wrapped.add("sh");
        wrapped.addAll(List.of(argv));
        return Command.of(wrapped);
    }
}
