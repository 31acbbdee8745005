package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.incus.TestDaemon.Way;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest may show as its files, and what must not come of it on this machine. */
@Timeout(60)
class UntrustedFilesTest {

    private static TestDaemon daemon;
    private static Instance instance;
    private static GuestFiles files;

    @BeforeAll
    static void start() {
        daemon = new TestDaemon(Way.SOCKET);
        instance = daemon.started();
        files = instance.files();
        instance.exec(
                        Command.shell(
                                "mkfifo /root/pipe; ln -s /dev/zero /root/zero; ln -s pipe /root/link; truncate -s 4398046511104 /root/huge"))
                .requireSuccess();
    }

    @AfterAll
    static void delete() {
        daemon.close();
    }

    private static String failed(String what, String path, String why) {
        return what + " '" + path + "' in instance '" + instance + "' failed: " + why;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/root/zero", "/dev/tty", "/root/pipe", "/root/link"})
    void areLookedAtBeforeTheyAreCopied(String path, @TempDir Path here) {
        assertThatThrownBy(() -> files.copyFrom(path, here.resolve("copy")))
                .isInstanceOf(GuestFileException.class)
                .hasMessage(failed("Copying", path, "it is neither a file nor a directory"));
        assertThat(here).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/root/zero", "/root/pipe", "/proc/../dev/zero"})
    void areLookedAtBeforeTheyAreReadAsAWhole(String path) {
        assertThatThrownBy(() -> files.readBytes(path))
                .isInstanceOf(GuestFileException.class)
                .hasMessage(failed("Reading", path, "it is neither a file nor a directory"));
    }

    @Test
    void areCopiedOnlyWhereThereIsRoom(@TempDir Path here) {
        assertThatThrownBy(() -> files.copyFrom("/root/huge", here.resolve("copy")))
                .isInstanceOf(GuestFileException.class)
                .hasMessageStartingWith(failed("Copying", "/root/huge", "its 4398046511104 bytes do not fit on "))
                .hasMessageEndingWith(" bytes are free");
        assertThat(here).isEmptyDirectory();
    }

    @Test
    void areReadAsAWholeOnlyUpToABound() {
        assertThatThrownBy(() -> files.readString("/root/huge"))
                .isInstanceOf(GuestFileException.class)
                .hasMessage(failed(
                        "Reading",
                        "/root/huge",
                        "its 4398046511104 bytes are more than the 67108864 that are read into memory;"
                                + " use read(path) or copyFrom"));
    }

    @Test
    void keepTheirNamesApartWhichAreNoUtf8() {
        String folder = "/root/" + UUID.randomUUID();
        instance.exec(
                        Command.shell(
                                "mkdir " + folder + "; cd " + folder
                                        + "; echo one >$(printf 'a\\377'); echo two >$(printf 'a\\376'); ln -s $(printf '\\377x') link"))
                .requireSuccess();

        assertThat(files.list(folder)).extracting(FileStat::path).hasSize(3).doesNotHaveDuplicates();
        assertThat(files.list(folder).stream().filter(FileStat::isFile).map(file -> files.readString(file.path())))
                .containsExactlyInAnyOrder("one\n", "two\n");
        FileStat link = files.stat(folder + "/link");
        files.createSymbolicLink(folder + "/again", link.linkTarget().orElseThrow());
        assertThat(instance.exec(Command.of("readlink", folder + "/again")).stdoutBytes())
                .containsExactly(0xff, 'x', '\n');
        files.list(folder).forEach(file -> files.delete(file.path()));
        assertThat(files.list(folder)).isEmpty();
    }

    @Test
    void refuseAPathThatIsNoText() {
        assertThatThrownBy(() -> files.writeString("/root/\ud800", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a path, as it has half of a character in it: '/root/\\ud800'");
    }

    @Test
    void areNotCopiedUnderANameThatAnotherHas(@TempDir Path here) throws IOException {
        String folder = "/root/" + UUID.randomUUID();
        instance.exec(Command.shell("mkdir " + folder + "; cd " + folder
                        + "; echo one >$(printf 'a\\377'); echo two >$(printf 'a\\376')"))
                .requireSuccess();

        assertThatThrownBy(() -> files.copyFrom(folder, here.resolve("copy")))
                .isInstanceOf(GuestFileException.class)
                .hasMessageStartingWith(failed("Copying", folder, "no file of this machine can have the name 'a\\xf"))
                .hasMessageEndingWith("', which is not UTF-8");
    }

    @Test
    void keepTheirNamesApartWhichAreNoUtf8Here(@TempDir Path here) throws Exception {
        Process made = new ProcessBuilder(
                        "sh", "-c", "mkdir tree; echo one >tree/$(printf 'a\\377'); echo two >tree/$(printf 'a\\376')")
                .directory(here.toFile())
                .start();
        assertThat(made.waitFor()).isZero();
        String folder = "/root/" + UUID.randomUUID();

        files.copyTo(here.resolve("tree"), folder);

        assertThat(instance.exec(Command.shell("cd " + folder + "; printf '%s\\n' * | od -An -tx1"))
                        .stdout())
                .isEqualToIgnoringWhitespace("61 fe 0a 61 ff 0a");
        assertThat(new ProcessBuilder("rm", "-rf", here.resolve("tree").toString())
                        .start()
                        .waitFor())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "/etc"})
    void areNotCopiedThroughALinkOfThisMachineNorInItsPlace(String source, @TempDir Path here) throws IOException {
        Path precious = Files.createDirectory(here.resolve("precious"));
        Path file = Files.writeString(precious.resolve("file"), "precious");
        Path link = here.resolve("link");
        Files.createSymbolicLink(link, source.equals("/etc") ? precious : file);

        assertThatThrownBy(() -> files.copyFrom(source, link))
                .isInstanceOf(GuestFileException.class)
                .hasMessage(failed(
                        "Copying",
                        source,
                        "the target " + link + " is a symbolic link to "
                                + (source.equals("/etc") ? precious : file)
                                + "; name the place itself, or remove the link"));
        assertThat(link).isSymbolicLink();
        assertThat(precious).isDirectoryContaining(file::equals);
        assertThat(file).hasContent("precious");
    }

    @Test
    void replaceALinkThatAnEarlierCopyLeft(@TempDir Path here) throws IOException {
        Path outside = Files.writeString(here.resolve("outside"), "precious");
        String folder = "/root/" + UUID.randomUUID();
        files.createDirectories(folder);
        files.createSymbolicLink(folder + "/file", outside.toString());
        files.copyFrom(folder, here.resolve("copy"));
        files.delete(folder + "/file");
        files.writeString(folder + "/file", "hostile");

        files.copyFrom(folder, here.resolve("copy"));

        assertThat(outside).hasContent("precious");
        assertThat(Files.isSymbolicLink(here.resolve("copy/file"))).isFalse();
        assertThat(here.resolve("copy/file")).hasContent("hostile");
    }

    @Test
    void keepTheCauseOfAFailureOnThisMachine(@TempDir Path here) throws IOException {
        IOException reason = new IOException("the disk is on fire");
        InputStream burning = new InputStream() {
            @Override
            public int read() throws IOException {
                throw reason;
            }
        };

        assertThatThrownBy(() -> files.write("/root/never", burning)).hasCause(reason);
        assertThatThrownBy(() -> files.copyTo(here.resolve("missing"), "/root/never"))
                .hasMessageEndingWith("there is no file " + here.resolve("missing") + " on this machine")
                .hasCauseInstanceOf(java.nio.file.NoSuchFileException.class);
        assertThatThrownBy(() -> files.copyTo(Path.of("missing"), "/root/never"))
                .hasMessageEndingWith(" on this machine, where 'missing' begins at the working directory");
        assertThatThrownBy(() -> files.copyFrom("/etc/passwd", here.resolve("missing/passwd")))
                .hasCauseInstanceOf(java.nio.file.NoSuchFileException.class);
        assertThat(files.exists("/root/never")).isFalse();
    }

    @Test
    void sayFirstWhyTheyCouldNotBeReplaced() {
        files.createDirectories("/root/full");
        InputStream breaking = new InputStream() {
            private int count;

            @Override
            public int read() throws IOException {
                if (count++ < 1000) {
                    return 'x';
                }
                // Now what is beside the file cannot be removed any more.
                instance.exec(Command.shell("cd /root/full; f=$(ls -A); rm $f; mkdir $f; touch $f/x"))
                        .requireSuccess();
                throw new IOException("the disk is on fire");
            }
        };

        Throwable thrown = catchThrowable(() -> files.write("/root/full/file", breaking));

        assertThat(thrown)
                .isInstanceOf(GuestFileException.class)
                .hasMessage(failed("Writing", "/root/full/file", "the disk is on fire"));
    }
}
