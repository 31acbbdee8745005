package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.Assertions;

/** Assertions on one file, folder or link. What does not exist fails all of them but {@link #doesNotExist()}. */
public final class FileAssert {

    private final Subject subject;
    private final String path;
    private final GuestFiles files;

    FileAssert(Subject subject, String path) {
        this.subject = subject;
        this.path = path;
        this.files = subject.stemcell().files();
    }

    private FileAssert that(String wanted, Predicate<FileStat> holds) {
        Optional<FileStat> file =
                subject.read(() -> files.find(path), stat -> stat.filter(holds).isPresent());
        if (file.filter(holds).isEmpty()) {
            throw failure(wanted, file.map(FileAssert::words).orElseGet(this::surroundings));
        }
        return this;
    }

    private AssertionError failure(String wanted, String was) {
        return subject.failure("Expecting " + path + " on " + subject.name() + " to " + wanted
                + subject.timing().words() + "\n  but " + was);
    }

    private static String words(FileStat file) {
        return "was: " + file.type().name().toLowerCase(java.util.Locale.ROOT) + ", mode " + octal(file.mode())
                + ", owner "
                + file.uid() + ":" + file.gid() + ", " + file.size() + " bytes"
                + file.linkTarget().map(target -> ", to " + target).orElse("");
    }

    private static String octal(int mode) {
        return String.format("%04o", mode);
    }

    /** What is there instead, in the nearest folder that exists. */
    private String surroundings() {
        String folder = path;
        while (folder.length() > 1) {
            folder = folder.substring(0, Math.max(1, folder.lastIndexOf('/')));
            if (files.isDirectory(folder)) {
                List<String> names = files.list(folder).stream()
                        .map(FileStat::name)
                        .sorted()
                        .limit(20)
                        .toList();
                return "it does not exist; in " + folder + ": "
                        + (names.isEmpty() ? "nothing" : String.join(", ", names));
            }
        }
        return "it does not exist";
    }

    /** {@return this, where there is something, a dangling link included} */
    public FileAssert exists() {
        return that("exist", file -> true);
    }

    /** {@return this, where there is nothing} */
    public FileAssert doesNotExist() {
        Optional<FileStat> file = subject.read(() -> files.find(path), Optional::isEmpty);
        if (file.isPresent()) {
            throw failure("not exist", words(file.get()));
        }
        return this;
    }

    /** {@return this, where it is a regular file} */
    public FileAssert isFile() {
        return that("be a file", FileStat::isFile);
    }

    /** {@return this, where it is a folder} */
    public FileAssert isDirectory() {
        return that("be a directory", FileStat::isDirectory);
    }

    /**
     * Checks a symbolic link.
     *
     * @param target what is written in it; not null
     * @return this
     */
    public FileAssert isLinkTo(String target) {
        return that(
                "be a link to " + target,
                file -> file.linkTarget().filter(target::equals).isPresent());
    }

    /**
     * Checks the mode.
     *
     * @param mode exactly this one, setuid, setgid and sticky included, as {@code 0644}
     * @return this
     */
    public FileAssert hasMode(int mode) {
        return that("have mode " + octal(mode), file -> file.mode() == mode);
    }

    /**
     * Checks the mode.
     *
     * @param mode what is allowed at most, as {@code 0640}
     * @return this
     */
    public FileAssert hasModeAtMost(int mode) {
        return that("be no more permissive than " + octal(mode), file -> (file.mode() & ~mode) == 0);
    }

    /**
     * Checks the owner.
     *
     * @param uid the number of the user
     * @param gid the number of the group
     * @return this
     */
    public FileAssert hasOwner(int uid, int gid) {
        return that("be owned by " + uid + ":" + gid, file -> file.uid() == uid && file.gid() == gid);
    }

    /**
     * Checks the size.
     *
     * @param bytes the number of bytes
     * @return this
     */
    public FileAssert hasSize(long bytes) {
        return that("have " + bytes + " bytes", file -> file.size() == bytes);
    }

    /**
     * Goes on with the content in plain AssertJ.
     *
     * @return assertions on the content as UTF-8
     */
    public AbstractStringAssert<?> content() {
        isFile();
        return Assertions.assertThat(files.readString(path)).as("content of %s on %s", path, subject.name());
    }
}
