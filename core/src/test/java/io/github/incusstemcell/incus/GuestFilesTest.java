package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.TestDaemon.Way;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class GuestFilesTest {

    @Nested
    class OverTheSocket extends Contract {
        OverTheSocket() {
            super(Way.SOCKET, true);
        }
    }

    @Nested
    class OverHttps extends Contract {
        OverHttps() {
            super(Way.HTTPS, true);
        }
    }

    @Nested
    class AsAMemberOfGroupIncus extends Contract {
        AsAMemberOfGroupIncus() {
            super(Way.GROUP_INCUS, true);
        }
    }

    @Nested
    class OfAStoppedInstance extends Contract {
        OfAStoppedInstance() {
            super(Way.SOCKET, false);
        }
    }

    /** Whoever runs, these files are not just bytes on a disk. */
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class OfTheKernel {

        private final TestDaemon daemon = new TestDaemon(Way.SOCKET);
        private final Instance instance = daemon.started();
        private final GuestFiles files = instance.files();

        @AfterAll
        void delete() {
            daemon.close();
        }

        @Test
        void readsFilesThatLieAboutTheirLength() {
            assertThat(files.readString("/proc/1/cmdline")).contains("/sbin/init");
            assertThat(files.readString("/proc/1/status")).contains("Name:", "voluntary_ctxt_switches");
            assertThat(files.readString("/proc/meminfo")).contains("MemTotal");
            assertThat(files.readString("/sys/kernel/mm/transparent_hugepage/enabled"))
                    .contains("[");
            assertThat(files.stat("/proc/1/status").size()).isZero();
        }

        @Test
        void seesTheKernelAsThoseInsideDo() {
            assertThat(files.readString("/proc/sys/kernel/hostname")).isEqualTo(instance + "\n");
            assertThat(files.readString("/proc/self/status")).contains("Name:");
            assertThat(files.readString("/proc/net/dev")).contains("lo:");
            assertThatThrownBy(() -> files.readString("/proc/none"))
                    .hasMessage("Reading '/proc/none' in instance '" + instance + "' failed: there is no such file");
            assertThatThrownBy(() -> files.readString("/proc/sys"))
                    .hasMessage("Reading '/proc/sys' in instance '" + instance + "' failed: it is a directory");
        }

        @Test
        void writesFilesThatCannotBeReplaced() {
            files.writeString("/dev/null", "nothing");
            assertThat(files.stat("/dev/null").type()).isEqualTo(FileType.CHARACTER_DEVICE);
            files.writeString("/proc/sys/net/ipv4/ip_unprivileged_port_start", "77");
            assertThat(files.readString("/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                    .isEqualTo("77\n");
        }

        @Test
        void writesToAFileThatIsAMount() {
            instance.exec(Command.shell("echo a >/tmp/a; echo b >/tmp/b; mount --bind /tmp/a /tmp/b"))
                    .requireSuccess();
            files.writeString("/tmp/b", "new");
            assertThat(files.readString("/tmp/a")).isEqualTo("new");
        }

        @Test
        void saysThatThereIsNoSpaceLeftAndKeepsTheOldFile() {
            files.writeString("/mnt/file", "old");
            assertThatThrownBy(() -> files.write("/mnt/file", new byte[8 << 20]))
                    .isInstanceOfSatisfying(GuestFileException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.NO_SPACE))
                    .hasMessage("Writing '/mnt/file' in instance '" + instance
                            + "' failed: there is no space left on the device");
            assertThat(files.readString("/mnt/file")).isEqualTo("old");
            assertThat(files.list("/mnt")).extracting(FileStat::name).containsExactly("file");
        }

        @Test
        void saysOfATreeThatThereIsNoSpaceLeftForIt(@TempDir Path here) throws IOException {
            for (int i = 0; i < 300; i++) {
                Files.write(Files.createDirectories(here.resolve("d" + i)).resolve("file"), new byte[32 << 10]);
            }
            assertThatThrownBy(() -> files.copyTo(here, "/mnt/tree"))
                    .isInstanceOfSatisfying(GuestFileException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.NO_SPACE))
                    .hasMessage("Copying '" + here + "' to '/mnt/tree' in instance '" + instance
                            + "' failed: there is no space left on the device");
            files.deleteRecursively("/mnt/tree");
        }

        @Test
        void refusesToWaitForTheOtherEndOfAPipe() {
            instance.exec(Command.of("mkfifo", "/tmp/pipe")).requireSuccess();
            assertThatThrownBy(() -> files.read("/tmp/pipe"))
                    .hasMessage("Reading '/tmp/pipe' in instance '" + instance
                            + "' failed: it is neither a file nor a directory");
            assertThat(files.stat("/tmp/pipe").type()).isEqualTo(FileType.FIFO);
        }

        @Test
        void showsTheSameOwnersAsInside() {
            files.writeString("/tmp/owned", "x");
            files.setOwner("/tmp/owned", 1000, 2000);
            assertThat(instance.exec(Command.of("stat", "-c", "%u %g", "/tmp/owned"))
                            .stdout())
                    .isEqualTo("1000 2000\n");
        }

        @Test
        void canBeStoppedAfterFilesWereRead() {
            Instance other = daemon.started();
            other.files().readString("/etc/passwd");

            // It would take all of the timeout, and then fail, if reading had left a process behind.
            other.stop(Duration.ofSeconds(20));
            other.start();

            assertThat(other.files().readString("/proc/1/cmdline")).contains("init");
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract {

        private final TestDaemon daemon;
        private final Instance instance;
        private final GuestFiles files;

        Contract(Way way, boolean running) {
            daemon = new TestDaemon(way);
            instance = running ? daemon.started() : daemon.stopped();
            files = instance.files();
        }

        @AfterAll
        void delete() {
            daemon.close();
        }

        /** {@return the path of a new directory of this test's own} */
        private String folder() {
            String folder = "/var/tmp/" + UUID.randomUUID();
            files.createDirectories(folder);
            return folder;
        }

        private String failed(String what, String path, String why) {
            return what + " '" + path + "' in instance '" + instance + "' failed: " + why;
        }

        @Test
        void readsWhatWasWritten() {
            String folder = folder();
            files.writeString(folder + "/text", "ü\n");
            assertThat(files.readString(folder + "/text")).isEqualTo("ü\n");
            files.write(folder + "/bytes", new byte[] {0, -1});
            assertThat(files.readBytes(folder + "/bytes")).containsExactly(0, -1);
            files.write(folder + "/empty", new byte[0]);
            assertThat(files.readBytes(folder + "/empty")).isEmpty();
        }

        @Test
        void looksAtFiles() {
            String folder = folder();
            files.writeString(folder + "/file", "12345");
            files.setPermissions(folder + "/file", 0640);
            files.setOwner(folder + "/file", 1000, 2000);
            files.setModified(folder + "/file", Instant.ofEpochSecond(1_000_000_000));
            FileStat stat = files.stat(folder + "/file");

            assertThat(stat.path()).isEqualTo(folder + "/file");
            assertThat(stat.name()).isEqualTo("file");
            assertThat(stat.type()).isEqualTo(FileType.FILE);
            assertThat(stat.mode()).isEqualTo(0640);
            assertThat(stat.uid()).isEqualTo(1000);
            assertThat(stat.gid()).isEqualTo(2000);
            assertThat(stat.size()).isEqualTo(5);
            assertThat(stat.modified()).isEqualTo(Instant.ofEpochSecond(1_000_000_000));
            assertThat(stat.linkTarget()).isEmpty();
            assertThat(files.find(folder + "/none")).isEmpty();
            assertThat(files.exists(folder + "/file")).isTrue();
            assertThat(files.exists(folder + "/none")).isFalse();
            assertThat(files.isDirectory(folder)).isTrue();
            assertThat(files.stat("/").isDirectory()).isTrue();
        }

        @Test
        void findsNothingBelowAFile() {
            String folder = folder();
            files.writeString(folder + "/file", "x");
            files.createSymbolicLink(folder + "/link", "file");
            files.createSymbolicLink(folder + "/below", "file/below");

            for (String path : List.of("/file/x", "/file/x/y", "/file/", "/link/x")) {
                assertThat(files.exists(folder + path)).as(path).isFalse();
                assertThat(files.isDirectory(folder + path)).as(path).isFalse();
                assertThat(files.find(folder + path)).as(path).isEmpty();
            }
            assertThat(files.exists(folder + "/below")).isFalse();
            assertThat(files.find(folder + "/below").orElseThrow().linkTarget()).contains("file/below");
            files.deleteRecursively(folder + "/file/x");
            assertThat(files.readString(folder + "/file")).isEqualTo("x");
            assertThatThrownBy(() -> files.stat(folder + "/file/x"))
                    .hasMessage(failed("Looking at", folder + "/file/x", "it is not a directory"));
            for (String path : List.of("/file/x", "/file/x/y")) {
                assertThatThrownBy(() -> files.writeString(folder + path, "x"))
                        .hasMessage(failed("Writing", folder + path, "it is not a directory"));
                assertThatThrownBy(() -> files.append(folder + path, "x"))
                        .hasMessage(failed("Appending to", folder + path, "it is not a directory"));
            }
        }

        @Test
        void doesNotTakeWhatCannotBeLookedAtForNotThere() {
            String folder = folder();
            files.createDirectories(folder + "/no such file");
            files.createSymbolicLink(folder + "/no such file/round", "round");
            String round = folder + "/no such file/round";
            String circle = "its symbolic links lead in a circle, or there are more than 40 of them";
            String length = "its path is too long: at most 255 bytes for each name in it, 4095 for all of it";

            assertThat(files.find(round).orElseThrow().linkTarget()).contains("round");
            for (String path : List.of(round, round + "/x")) {
                assertThatThrownBy(() -> files.exists(path)).hasMessage(failed("Looking at", path, circle));
                assertThatThrownBy(() -> files.readString(path)).hasMessage(failed("Reading", path, circle));
                assertThatThrownBy(() -> files.writeString(path, "x")).hasMessage(failed("Writing", path, circle));
            }
            assertThatThrownBy(() -> files.find(round + "/x"))
                    .isInstanceOfSatisfying(GuestFileException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.TOO_MANY_LINKS))
                    .hasMessage(failed("Looking at", round + "/x", circle));
            for (String path : List.of(folder + "/" + "n".repeat(256), folder + "/n".repeat(2048))) {
                assertThatThrownBy(() -> files.exists(path)).hasMessage(failed("Looking at", path, length));
                assertThatThrownBy(() -> files.find(path))
                        .isInstanceOfSatisfying(GuestFileException.class, e -> assertThat(e.reason())
                                .isEqualTo(Reason.NAME_TOO_LONG))
                        .hasMessage(failed("Looking at", path, length));
                assertThatThrownBy(() -> files.writeString(path, "x")).hasMessage(failed("Writing", path, length));
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 0644, 0755, 04755, 02755, 01777, 06711, 07777})
        void setsModesWithTheirSpecialBits(int mode) {
            String file = folder() + "/file";
            files.writeString(file, "x");
            files.setPermissions(file, mode);
            assertThat(files.stat(file).mode()).isEqualTo(mode);
            assertThat(files.readString(file)).isEqualTo("x");
        }

        @Test
        void replacesAFileInOneStepAndKeepsModeAndOwner() throws IOException {
            String folder = folder();
            String file = folder + "/file";
            files.writeString(file, "old");
            files.setOwner(file, 1000, 2000);
            files.setPermissions(file, 04750);
            try (InputStream reader = files.read(file)) {
                files.writeString(file, "new content");
                assertThat(reader.readAllBytes()).asString().isEqualTo("old");
            }
            FileStat stat = files.stat(file);
            assertThat(files.readString(file)).isEqualTo("new content");
            assertThat(stat.mode()).isEqualTo(04750);
            assertThat(stat.uid()).isEqualTo(1000);
            assertThat(stat.gid()).isEqualTo(2000);
            assertThat(files.list(folder)).hasSize(1);
        }

        @Test
        void givesNewFilesToRootWithMode644() {
            String file = folder() + "/file";
            files.writeString(file, "x");
            FileStat stat = files.stat(file);
            assertThat(stat.mode()).isEqualTo(0644);
            assertThat(stat.uid()).isZero();
            assertThat(stat.gid()).isZero();
        }

        @Test
        void appends() {
            String file = folder() + "/file";
            files.append(file, "one,");
            files.append(file, "two");
            assertThat(files.readString(file)).isEqualTo("one,two");
            assertThat(files.stat(file).mode()).isEqualTo(0644);
        }

        @Test
        void followsAndShowsLinks() {
            String folder = folder();
            files.writeString(folder + "/file", "x");
            files.createSymbolicLink(folder + "/relative", "file");
            files.createSymbolicLink(folder + "/absolute", folder + "/file");
            files.createSymbolicLink(folder + "/nowhere", "../not/there");

            assertThat(files.stat(folder + "/relative").linkTarget()).contains("file");
            assertThat(files.stat(folder + "/absolute").linkTarget()).contains(folder + "/file");
            assertThat(files.stat(folder + "/nowhere").linkTarget()).contains("../not/there");
            assertThat(files.stat(folder + "/nowhere").isSymbolicLink()).isTrue();
            assertThat(files.exists(folder + "/nowhere")).isFalse();
            assertThat(files.readString(folder + "/absolute")).isEqualTo("x");
            files.writeString(folder + "/relative", "written through");
            assertThat(files.readString(folder + "/file")).isEqualTo("written through");
            assertThat(files.stat(folder + "/relative").isSymbolicLink()).isTrue();
        }

        @Test
        void listsADirectory() {
            String folder = folder();
            files.writeString(folder + "/b", "1");
            files.createDirectories(folder + "/a/deeper");
            files.createSymbolicLink(folder + "/c", "b");

            assertThat(files.list(folder)).extracting(FileStat::name).containsExactly("a", "b", "c");
            assertThat(files.list(folder))
                    .extracting(FileStat::type)
                    .containsExactly(FileType.DIRECTORY, FileType.FILE, FileType.SYMLINK);
            assertThat(files.list(folder).get(2).linkTarget()).contains("b");
            assertThat(files.list(folder + "/a/deeper")).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"a b", "-rf", "new\nline", "ümläut€", "'\"$`*?\\", "%2F&x=1#", " lead", "tab\t"})
        void takesAnyName(String name) {
            String folder = folder();
            files.writeString(folder + "/" + name, name);
            assertThat(files.readString(folder + "/" + name)).isEqualTo(name);
            assertThat(files.list(folder)).extracting(FileStat::name).containsExactly(name);
            files.delete(folder + "/" + name);
            assertThat(files.list(folder)).isEmpty();
        }

        @Test
        void movesAndDeletes() {
            String folder = folder();
            files.writeString(folder + "/a", "a");
            files.writeString(folder + "/b", "b");
            files.move(folder + "/a", folder + "/b");
            assertThat(files.readString(folder + "/b")).isEqualTo("a");
            files.delete(folder + "/b");
            assertThat(files.exists(folder + "/b")).isFalse();
            files.createDirectories(folder + "/tree/of/directories");
            files.createSymbolicLink(folder + "/tree/link", folder);
            files.writeString(folder + "/tree/of/file", "x");
            files.writeString(folder + "/stays", "x");
            files.deleteRecursively(folder + "/tree");
            files.deleteRecursively(folder + "/tree");
            assertThat(files.list(folder)).extracting(FileStat::name).containsExactly("stays");
        }

        @Test
        void saysWhatIsWrong() {
            String folder = folder();
            files.writeString(folder + "/file", "x");
            files.createDirectories(folder + "/full/inner");

            assertThatThrownBy(() -> files.readString(folder + "/none"))
                    .hasMessage(failed("Reading", folder + "/none", "there is no such file"));
            assertThatThrownBy(() -> files.readString(folder))
                    .hasMessage(failed("Reading", folder, "it is a directory"));
            assertThatThrownBy(() -> files.writeString(folder, "x"))
                    .hasMessage(failed("Writing", folder, "it is a directory"));
            assertThatThrownBy(() -> files.writeString(folder + "/no/parent", "x"))
                    .hasMessage(failed(
                            "Writing",
                            folder + "/no/parent",
                            "its parent directory does not exist; create it first, by createDirectories"));
            assertThatThrownBy(() -> files.list(folder + "/file"))
                    .hasMessage(failed("Listing", folder + "/file", "it is not a directory"));
            assertThatThrownBy(() -> files.list(folder + "/none"))
                    .hasMessage(failed("Listing", folder + "/none", "there is no such file"));
            assertThatThrownBy(() -> files.delete(folder + "/none"))
                    .hasMessage(failed("Deleting", folder + "/none", "there is no such file"));
            assertThatThrownBy(() -> files.delete(folder + "/full"))
                    .hasMessage(
                            failed("Deleting", folder + "/full", "the directory is not empty; use deleteRecursively"));
            assertThatThrownBy(() -> files.createDirectories(folder + "/file/below"))
                    .hasMessage(failed("Creating directory", folder + "/file/below", "it is not a directory"));
            assertThatThrownBy(() -> files.createSymbolicLink(folder + "/file", "x"))
                    .hasMessage(failed("Creating link", folder + "/file", "it exists already"));
            assertThatThrownBy(() -> files.stat(folder + "/none"))
                    .isInstanceOfSatisfying(GuestFileException.class, e -> {
                        assertThat(e.path()).isEqualTo(folder + "/none");
                        assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
                    });
            assertThatThrownBy(() -> files.readString("relative"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Not an absolute path: 'relative'");
            assertThatThrownBy(() -> files.writeString("/root/a\0b", "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Not a path, as it has a NUL in it: '/root/a\\0b'");
            assertThatThrownBy(
                            () -> daemon.incus().instance("it-nowhere").files().readString("/etc/passwd"))
                    .isInstanceOfSatisfying(
                            IncusException.class, e -> assertThat(e.code()).isEqualTo(404));
        }

        @Test
        void copiesTreesThereAndBack(@TempDir Path here) throws IOException {
            Path source = Files.createDirectory(here.resolve("source"));
            byte[] large = new byte[3_000_001];
            new Random(2).nextBytes(large);
            Files.write(source.resolve("large"), large);
            Files.createDirectories(source.resolve("a/b c/empty"));
            Files.writeString(source.resolve("a/b c/ü"), "small");
            Files.write(source.resolve("none"), new byte[0]);
            Files.createSymbolicLink(source.resolve("a/link"), Path.of("../large"));
            Files.createSymbolicLink(source.resolve("nowhere"), Path.of("/not/there"));
            Files.setPosixFilePermissions(source.resolve("large"), PosixFilePermissions.fromString("rwxr-x---"));
            Files.setLastModifiedTime(source.resolve("a/b c/ü"), FileTime.from(Instant.ofEpochSecond(1_234_567_890)));
            Files.setLastModifiedTime(source.resolve("a"), FileTime.from(Instant.ofEpochSecond(1_111_111_111)));
            String there = folder() + "/tree";

            files.copyTo(source, there);
            files.copyFrom(there, here.resolve("back"));

            assertThat(files.stat(there + "/large").mode()).isEqualTo(0750);
            assertThat(files.stat(there + "/a").modified()).isEqualTo(Instant.ofEpochSecond(1_111_111_111));
            Path back = here.resolve("back");
            assertThat(back.resolve("large")).hasBinaryContent(large);
            assertThat(Files.getPosixFilePermissions(back.resolve("large")))
                    .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
            assertThat(back.resolve("a/b c/ü")).hasContent("small");
            assertThat(Files.getLastModifiedTime(back.resolve("a/b c/ü")).toInstant())
                    .isEqualTo(Instant.ofEpochSecond(1_234_567_890));
            assertThat(Files.getLastModifiedTime(back.resolve("a")).toInstant())
                    .isEqualTo(Instant.ofEpochSecond(1_111_111_111));
            assertThat(back.resolve("none")).isEmptyFile();
            assertThat(back.resolve("a/b c/empty")).isEmptyDirectory();
            assertThat(Files.readSymbolicLink(back.resolve("a/link"))).isEqualTo(Path.of("../large"));
            assertThat(Files.readSymbolicLink(back.resolve("nowhere"))).isEqualTo(Path.of("/not/there"));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 32_767, 32_768, 32_769, 131_072, 131_073, 300_000})
        void copiesFilesOfAnyLengthThereAndBack(int length, @TempDir Path here) throws IOException {
            byte[] content = new byte[length];
            new Random(length).nextBytes(content);
            Path source = Files.createDirectories(here.resolve("source"));
            Files.write(source.resolve("one"), content);
            Files.write(source.resolve("two"), content);
            String there = folder() + "/tree";

            files.copyTo(source, there);
            files.copyFrom(there, here.resolve("back"));

            assertThat(files.list(there)).extracting(FileStat::size).containsExactly((long) length, (long) length);
            assertThat(here.resolve("back/one")).hasBinaryContent(content);
            assertThat(here.resolve("back/two")).hasBinaryContent(content);
        }

        @Test
        void copiesATreeOverWhatIsThere(@TempDir Path here) throws IOException {
            Path source = here.resolve("source");
            Files.createDirectories(source.resolve("a/b"));
            Files.writeString(source.resolve("a/b/file"), "new");
            Files.writeString(source.resolve("a/through"), "new");
            Files.createSymbolicLink(source.resolve("a/link"), Path.of("new"));
            String there = folder() + "/tree";
            files.createDirectories(there + "/a/b");
            files.writeString(there + "/a/b/file", "an older and longer one");
            files.writeString(there + "/a/b/stays", "old");
            files.createSymbolicLink(there + "/a/link", "old");
            files.createSymbolicLink(there + "/a/through", "b/reached");

            files.copyTo(source, there);

            assertThat(files.readString(there + "/a/b/file")).isEqualTo("new");
            assertThat(files.readString(there + "/a/b/stays")).isEqualTo("old");
            assertThat(files.stat(there + "/a/link").linkTarget()).contains("new");
            assertThat(files.stat(there + "/a/through").linkTarget()).contains("b/reached");
            assertThat(files.readString(there + "/a/b/reached")).isEqualTo("new");
        }

        @Test
        void saysWhatATreeCannotReplace(@TempDir Path here) throws IOException {
            Path source = here.resolve("source");
            Files.createDirectories(source.resolve("a/b"));
            Files.writeString(source.resolve("a/b/file"), "new");
            String folder = folder();
            String why = "Copying '" + source + "' to";
            files.writeString(folder + "/a", "old");
            assertThatThrownBy(() -> files.copyTo(source, folder))
                    .hasMessage(failed(why, folder, "it is not a directory"));
            assertThat(files.readString(folder + "/a")).isEqualTo("old");
            files.delete(folder + "/a");
            files.createSymbolicLink(folder + "/a", "nowhere");
            assertThatThrownBy(() -> files.copyTo(source, folder)).hasMessage(failed(why, folder, "it exists already"));
            files.delete(folder + "/a");
            files.createDirectories(folder + "/a/b/file");
            assertThatThrownBy(() -> files.copyTo(source, folder)).hasMessage(failed(why, folder, "it is a directory"));
            Files.delete(source.resolve("a/b/file"));
            Files.delete(source.resolve("a/b"));
            Files.createSymbolicLink(source.resolve("a/b"), Path.of("new"));
            assertThatThrownBy(() -> files.copyTo(source, folder))
                    .hasMessage(failed(why, folder, "the directory is not empty; use deleteRecursively"));
        }

        @Test
        void copiesThousandsOfSmallFilesInOneGo(@TempDir Path here) throws IOException {
            Path source = Files.createDirectory(here.resolve("source"));
            for (int i = 0; i < 5000; i++) {
                Path folder = source.resolve("d" + i % 50);
                Files.createDirectories(folder);
                Files.writeString(folder.resolve("f" + i), "content " + i);
            }
            String there = folder();

            files.copyTo(source, there);
            files.copyFrom(there, here.resolve("back"));

            for (int i = 0; i < 5000; i += 123) {
                assertThat(here.resolve("back/d" + i % 50 + "/f" + i)).hasContent("content " + i);
            }
            assertThat(files.list(there)).hasSize(50);
            files.deleteRecursively(there);
        }

        @Test
        void streamsAGibibyteBothWaysInConstantMemory() throws IOException {
            String file = folder() + "/large";
            long size = 1L << 30;
            SmallHeap.require();

            files.write(file, new Zeros(size));
            long count = 0;
            try (InputStream content = files.read(file)) {
                byte[] buffer = new byte[65536];
                for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
                    count += length;
                }
            }

            assertThat(count).isEqualTo(size);
            files.delete(file);
        }
    }
}
