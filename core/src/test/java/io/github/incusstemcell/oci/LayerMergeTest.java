package io.github.incusstemcell.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.oci.tar.TestTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merges layers and compares what tar unpacks of the result with what umoci makes of the same image. */
class LayerMergeTest {

    private static final TestTar EMPTY = new TestTar();

    @TempDir
    Path folder;

    @Test
    void keepsAllKindsOfFiles() throws IOException {
        assertSameAsUmoci(
                new TestTar()
                        .directory("./", 0755)
                        .directory("./etc/", 0755)
                        .file("./etc/shadow", 0, "root:*")
                        .directory("./bin/", 0755)
                        .file("./bin/su", 04755, "su")
                        .file("./bin/locate", 02755, "locate")
                        .directory("./tmp/", 01777)
                        .directory("./dev2/", 0755)
                        .device('3', "./dev2/null", 1, 3)
                        .device('4', "./dev2/loop0", 7, 300)
                        .fifo("./pipe")
                        .symbolicLink("./etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf")
                        .hardLink("./bin/sudo", "./bin/su")
                        .owner(1000, 1001)
                        .file("./home", "vcap")
                        .binaryOwner(3_000_000)
                        .file("./far", "far owner"),
                new TestTar().file("etc/hostname", "x"));
    }

    @Test
    void removesWhatWhiteoutsName() throws IOException {
        assertSameAsUmoci(
                new TestTar()
                        .directory("a/", 0755)
                        .file("a/one", "1")
                        .file("a/two", "2")
                        .directory("a/sub/", 0755)
                        .file("a/sub/deep", "d")
                        .file("b", "b"),
                new TestTar()
                        .whiteout("a/.wh.one")
                        .whiteout("a/.wh.sub")
                        .whiteout(".wh.b")
                        .whiteout(".wh.never-there"));
    }

    @Test
    void hidesWhatIsBelowAnOpaqueDirectoryWhereverItsWhiteoutStands() throws IOException {
        TestTar lower = new TestTar()
                .directory("a/", 0700)
                .file("a/old", "1")
                .directory("a/sub/", 0755)
                .file("a/sub/old", "1")
                .directory("b/", 0755)
                .file("b/old", "1");
        TestTar upper = new TestTar()
                .directory("a/", 0755)
                .whiteout("a/.wh..wh..opq")
                .file("a/new", "2")
                .directory("b/", 0755)
                .file("b/new", "2")
                .directory("b/sub/", 0755)
                .file("b/sub/new", "2")
                .whiteout("b/.wh..wh..opq");
        assertThat(assertSameAsUmoci(lower, upper)).noneMatch(line -> line.contains("old"));
    }

    @Test
    void keepsWhatALayerAddsAndRemovesInWhateverOrder() throws IOException {
        assertSameAsUmoci(
                new TestTar()
                        .file("a", "old")
                        .file("b", "old")
                        .directory("c/", 0755)
                        .file("c/old", "old"),
                new TestTar()
                        .file("a", "new")
                        .whiteout(".wh.a")
                        .whiteout(".wh.b")
                        .file("b", "new")
                        .directory("c/", 0700)
                        .file("c/new", "new")
                        .whiteout(".wh.c"));
    }

    @Test
    void replacesADirectoryByAFileAndAFileByADirectory() throws IOException {
        assertSameAsUmoci(
                new TestTar()
                        .directory("a/", 0755)
                        .file("a/gone", "1")
                        .file("b", "file")
                        .directory("c/", 0755)
                        .file("c/gone", "1")
                        .symbolicLink("d", "c"),
                new TestTar()
                        .file("a", "file now")
                        .directory("b/", 0750)
                        .file("b/new", "2")
                        .symbolicLink("c", "b")
                        .directory("d/", 0700)
                        .file("d/new", "3"));
    }

    @Test
    void putsADirectoryInThePlaceOfALinkAndLeavesTheTargetAlone() throws IOException {
        TestTar lower = new TestTar()
                .directory("target/", 0755)
                .file("target/keep.txt", "kept")
                .directory("target/sub/", 0755)
                .file("target/sub/keep.txt", "kept")
                .symbolicLink("link", "/target")
                .symbolicLink("loop", "loop");
        for (TestTar upper : List.of(
                new TestTar().directory("link/", 0755).whiteout("link/.wh..wh..opq"),
                new TestTar().directory("link/", 0755).whiteout("link/.wh.keep.txt"),
                new TestTar()
                        .directory("link/", 0755)
                        .directory("link/sub/", 0755)
                        .whiteout("link/sub/.wh..wh..opq"),
                new TestTar()
                        .directory("link/", 0755)
                        .directory("link/sub/", 0755)
                        .file("link/sub/keep.txt", "new"),
                new TestTar().whiteout(".wh.link"),
                new TestTar().directory("loop/", 0755).whiteout("loop/.wh..wh..opq"))) {
            assertThat(assertSameAsUmoci(lower, upper))
                    .anyMatch(line -> line.startsWith("target/keep.txt "))
                    .anyMatch(line -> line.startsWith("target/sub/keep.txt ") && line.contains("size=4"));
        }
    }

    /** umoci goes by the order in a layer, an overlay mount cannot. */
    @Test
    void putsADirectoryInThePlaceOfALinkWhereverItsEntryStands() throws IOException {
        byte[] lower = new TestTar()
                .directory("target/", 0755)
                .file("target/keep.txt", "kept")
                .symbolicLink("link", "target")
                .bytes();
        for (TestTar upper : List.of(
                new TestTar()
                        .whiteout("link/.wh..wh..opq")
                        .directory("link/", 0755)
                        .file("link/new", "1"),
                new TestTar()
                        .whiteout("link/.wh.keep.txt")
                        .file("link/new", "1")
                        .directory("link/", 0755),
                new TestTar().file("link/new", "1").whiteout("link/.wh..wh..opq"))) {
            List<String> merged = describe(merge(lower, upper.bytes()), "order" + System.identityHashCode(upper));
            assertThat(merged.stream().map(line -> line.replaceFirst(" .*", "")))
                    .containsExactly("", "link", "link/new", "target", "target/keep.txt");
        }
    }

    @Test
    void linksToALinkThatTheSameLayerReplacesByADirectory() throws IOException {
        assertSameAsUmoci(
                new TestTar().symbolicLink("link", "nowhere"),
                new TestTar().hardLink("kept", "link").directory("link/", 0755).file("link/new", "1"));
    }

    /** As AUFS left them in layers: nothing of it is of the image, but hard links may lead there. */
    @Test
    void leavesOutTheNotesOfAufsAndKeepsWhatIsLinkedToThem() throws IOException {
        byte[] lower = new TestTar()
                .file(".wh..wh.aufs", "")
                .directory(".wh..wh.orph/", 0700)
                .directory(".wh..wh.plnk/", 0700)
                .file(".wh..wh.plnk/123.4", "shared")
                .hardLink("one", ".wh..wh.plnk/123.4")
                .hardLink("two", ".wh..wh.plnk/123.4")
                .bytes();
        byte[] upper = new TestTar()
                .directory("sub/", 0755)
                .directory("sub/.wh..wh.plnk/", 0700)
                .file("sub/.wh..wh.plnk/567.8", "x")
                .file("sub/.wh..wh.unknown", "x")
                .bytes();
        assertThat(describe(merge(lower, upper), "aufs").stream().map(line -> line.replaceFirst(" size.*", "")))
                .containsExactly(
                        " 40755 0:0 links=3 same=",
                        "one 100644 0:0 links=2 same=one",
                        "sub 40755 0:0 links=2 same=sub",
                        "two 100644 0:0 links=2 same=one");
    }

    @Test
    void keepsTheLastFileOfATarThatDoesNotPadIt() throws IOException {
        byte[] tar = new TestTar().file("a", "x".repeat(600)).bytesWithoutEnd();
        assertSameAsUmoci(List.of(EMPTY.bytes(), Arrays.copyOf(tar, 512 + 600)));
    }

    @Test
    void refusesWhatStandsBehindASingleBlockOfZeros() {
        assertDamaged(
                "at byte 1024 of its tar stream there is a single block of zeros, with more behind it",
                new TestTar().file("a", "x").raw(new byte[512]).file("b", "lost by GNU tar without a word"));
    }

    @Test
    void changesADirectoryAndKeepsWhatIsInIt() throws IOException {
        assertSameAsUmoci(
                new TestTar()
                        .directory("a/", 0755)
                        .file("a/kept", "1")
                        .pax("SCHILY.xattr.user.old", "1")
                        .directory("b/", 0755)
                        .file("b/kept", "1"),
                new TestTar()
                        .mtime(1_700_000_000)
                        .owner(5, 6)
                        .directory("a/", 01770)
                        .directory("b/", 0711),
                new TestTar().file("a/later", "3"));
    }

    @Test
    void breaksHardLinksWhereOneNameIsReplaced() throws IOException {
        assertSameAsUmoci(
                new TestTar().file("one", "shared").hardLink("two", "one").hardLink("three", "one"),
                new TestTar().file("one", "replaced"));
        assertSameAsUmoci(
                new TestTar().file("one", "shared").hardLink("two", "one").hardLink("three", "two"),
                new TestTar().whiteout(".wh.one"));
    }

    @Test
    void linksIntoLowerLayersAndToWhatIsReplacedLater() throws IOException {
        assertSameAsUmoci(
                new TestTar()
                        .directory("lower/", 0755)
                        .file("lower/file", "low")
                        .symbolicLink("lower/link", "nowhere")
                        .symbolicLink("way", "lower"),
                new TestTar()
                        .hardLink("to-file", "lower/file")
                        .hardLink("to-link", "./lower/link")
                        .hardLink("through-link", "way/file")
                        .hardLink("to-itself-later", "to-file")
                        .file("to-file", "other"),
                new TestTar().file("lower/file", "replaced"));
    }

    @Test
    void linksToWhatTheSameLayerRemoves() throws IOException {
        assertSameAsUmoci(
                new TestTar().directory("a/", 0755).file("a/old-name", "content"),
                new TestTar().hardLink("a/new-name", "a/old-name").whiteout("a/.wh.old-name"));
    }

    @Test
    void takesTheLastOfDuplicates() throws IOException {
        assertSameAsUmoci(
                new TestTar()
                        .file("a", 0600, "first")
                        .file("./a", 0644, "second")
                        .file("b", "file")
                        .symbolicLink("b", "a")
                        .directory("c/", 0755)
                        .file("c/x", "1")
                        .directory("./c", 0700),
                EMPTY);
    }

    @Test
    void keepsExtendedAttributes() throws IOException {
        // cap_net_raw+ep, as setcap writes it: binary, with NULs.
        String capability = "\1\0\0\2\0\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        assertThat(assertSameAsUmoci(
                        new TestTar()
                                .pax("SCHILY.xattr.security.capability", capability)
                                .file("ping", 0755, "ping")
                                .pax("SCHILY.xattr.user.binary", "\u00ff\u00fe=\n\0x")
                                .pax("SCHILY.xattr.user.second", "text")
                                .directory("dir/", 0755),
                        new TestTar()
                                .pax("SCHILY.xattr.user.upper", "1")
                                .file("dir/file", "x")
                                .hardLink("link", "ping")))
                .anyMatch(line -> line.startsWith("ping ")
                        && line.contains("security.capability=0x0100000200200000000000000000000000000000"))
                .anyMatch(line -> line.startsWith("dir ") && line.contains("user.binary=0xfffe3d0a0078"));
    }

    @Test
    void keepsLongNamesHoweverTheyAreWritten() throws IOException {
        String part = "component-of-forty-characters-0123456789";
        String longPath = (part + "/").repeat(6) + "file";
        assertSameAsUmoci(
                new TestTar()
                        .pax("path", longPath + "-pax")
                        .file("short", "pax")
                        .longName('L', longPath + "-gnu")
                        .file("short", "gnu")
                        .prefix((part + "/").repeat(3).replaceAll("/$", ""))
                        .file("ustar", "ustar")
                        .longName('K', longPath + "-gnu")
                        .symbolicLink("gnu-symlink", "short")
                        .pax("linkpath", longPath + "-pax")
                        .symbolicLink("pax-symlink", "short")
                        .longName('K', longPath + "-gnu")
                        .longName('L', longPath + "-link")
                        .hardLink("short", "short")
                        .pax("path", "\u00c3\u00a4-utf8")
                        .file("short", "umlaut"),
                new TestTar().longName('K', (part + "/").repeat(6)).symbolicLink("deep", ""),
                new TestTar().file("deep/through-a-link", "renamed").hardLink("linked", "deep/file-gnu"));
    }

    @Test
    void keepsTheTimesOfDirectoriesThatAreFilledLater() throws IOException {
        for (String prefix : List.of("", "./")) {
            byte[] lower = new TestTar()
                    .directory("./", 0755)
                    .directory(prefix + "a/", 0555)
                    .pax("SCHILY.xattr.user.kept", "1")
                    .directory(prefix + "a/b", 0700)
                    .bytes();
            byte[] upper = new TestTar()
                    .file("./a/b/c", "x")
                    .file("a/d", "y")
                    .file("e", "z")
                    .bytes();
            assertThat(describe(merge(lower, upper), "times" + prefix.length()))
                    .contains(
                            " 40755 0:0 links=3 same= size=- 2020-09-13T12:26:40Z []",
                            "a 40555 0:0 links=3 same=a size=- 2020-09-13T12:26:40Z []",
                            "a/b 40700 0:0 links=2 same=a/b size=- 2020-09-13T12:26:40Z [user.kept=0x31]");
        }
    }

    @Test
    void keepsTimesBelowASecond() throws IOException {
        assertThat(assertSameAsUmoci(
                        new TestTar()
                                .pax("mtime", "1500000000.123456789")
                                .file("a", "x")
                                .pax("mtime", "1500000001.5")
                                .directory("d/", 0755),
                        new TestTar().file("d/later", "x")))
                .anyMatch(line -> line.contains("2017-07-14T02:40:00.123456789Z"))
                .anyMatch(line -> line.contains("2017-07-14T02:40:01.500"));
    }

    @Test
    void followsSymbolicLinksInsideTheRootOnly() throws IOException {
        assertSameAsUmoci(
                new TestTar()
                        .directory("usr/", 0755)
                        .directory("usr/lib/", 0755)
                        .symbolicLink("lib", "usr/lib")
                        .symbolicLink("abs", "/usr/lib")
                        .symbolicLink("up", "../../../../usr")
                        .symbolicLink("dangling", "not/yet/there")
                        .symbolicLink("chain", "lib"),
                new TestTar()
                        .file("lib/one", "1")
                        .file("abs/two", "2")
                        .file("up/three", "3")
                        .file("dangling/four", "4")
                        .file("chain/five", "5"),
                new TestTar().whiteout("lib/.wh.one").file("usr/lib/two", "two"));
    }

    @Test
    void keepsNamesThatTryToLeaveTheRootInside() throws IOException {
        assertThat(assertSameAsUmoci(
                        new TestTar()
                                .file("../../outside", "1")
                                .file("/absolute", "2")
                                .file("a/../../../b/../c", "3")
                                .symbolicLink("escape", "/../../../tmp")
                                .symbolicLink("self", "."),
                        new TestTar()
                                .file("escape/file", "4")
                                .file("self/self/self/file", "5")
                                .hardLink("hard", "../../../outside")
                                .hardLink("hard2", "/absolute")
                                .whiteout("../../.wh.c")))
                .anyMatch(line -> line.startsWith("tmp/file "))
                .anyMatch(line -> line.startsWith("outside "));
    }

    /** A single layer is given on untouched, so what it cannot do is up to tar, which Incus calls as we do here. */
    @Test
    void cannotLeaveTheRootThroughAnUntouchedLayerEither() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("victim"), "untouched");
        List<TestTar> hostile = List.of(
                new TestTar().file("../outside/new", "x"),
                new TestTar().file("a/../../outside/new", "x"),
                new TestTar().file(outside + "/new", "x"),
                new TestTar().symbolicLink("escape", outside.toString()).file("escape/new", "x"),
                new TestTar().symbolicLink("escape", "../outside").file("escape/new", "x"),
                new TestTar().symbolicLink("escape", "../outside/victim").file("escape", "x"),
                new TestTar().hardLink("victim", "../outside/victim").file("victim", "x"),
                new TestTar().hardLink("victim", outside + "/victim").file("victim", "x"));
        for (int i = 0; i < hostile.size(); i++) {
            InputStream tar = new ByteArrayInputStream(hostile.get(i).bytes());
            try {
                Unpacked.byTar(tar, folder.resolve("hostile" + i));
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("tar: "); // Refused, which is as good.
            }
            assertThat(outside).isDirectoryContaining("regex:.*/victim").isDirectoryNotContaining("regex:.*/new");
            assertThat(outside.resolve("victim")).hasContent("untouched");
            assertThat(Files.readAttributes(outside.resolve("victim"), "unix:nlink"))
                    .containsEntry("nlink", 1);
        }
    }

    @Test
    void keepsSparseFiles() throws IOException {
        byte[] block = new byte[512];
        Arrays.fill(block, (byte) 'x');
        assertSameAsUmoci(
                new TestTar()
                        .pax("GNU.sparse.major", "1")
                        .pax("GNU.sparse.minor", "0")
                        .pax("GNU.sparse.name", "sparse-1.0")
                        .pax("GNU.sparse.realsize", "1048576")
                        .entry(
                                '0',
                                "GNUSparseFile.0/sparse-1.0",
                                "",
                                0644,
                                concat(pad("2\n524288\n512\n1048576\n0\n"), block))
                        .pax("GNU.sparse.major", "1")
                        .pax("GNU.sparse.minor", "0")
                        .pax("GNU.sparse.name", "way/renamed-1.0")
                        .pax("GNU.sparse.realsize", "4096")
                        .entry('0', "GNUSparseFile.0/renamed", "", 0644, concat(pad("2\n1024\n512\n4096\n0\n"), block)),
                EMPTY);
        assertSameAsUmoci(
                new TestTar().directory("target/", 0755).symbolicLink("way", "target"),
                new TestTar()
                        .pax("GNU.sparse.major", "1")
                        .pax("GNU.sparse.minor", "0")
                        .pax("GNU.sparse.name", "way/renamed-1.0")
                        .pax("GNU.sparse.realsize", "4096")
                        .entry(
                                '0',
                                "GNUSparseFile.0/renamed",
                                "",
                                0644,
                                concat(pad("2\n1024\n512\n4096\n0\n"), block)));
    }

    @Test
    void readsWhatGnuTarWrites() throws IOException {
        Path source = Files.createDirectories(folder.resolve("source/sub"));
        Unpacked.run(
                "sh",
                "-c",
                "cd '" + source
                        + "' && truncate -s 3M sparse && for i in 0 200 400 600 800 1000 1200 1400 1600 1800 2000 2200"
                        + " 2400 2600 2800; do printf data | dd of=sparse bs=1024 seek=$i conv=notrunc status=none; done"
                        + " && ln sparse hard && setfattr -n user.a -v b sparse && mknod node c 5 1");
        // umoci does not know GNU's sparse files, so here tar itself is the judge.
        for (String variant : List.of("gnu", "posix-0.0", "posix-0.1", "posix-1.0", "oldgnu")) {
            String format = variant.replaceFirst("-.*", "");
            Path tar = folder.resolve(variant + "-source.tar");
            Unpacked.run(
                    "tar",
                    "--format=" + format,
                    "-S",
                    "--sparse-version=" + (format.equals("posix") ? variant.substring(6) : "1.0"),
                    // With --xattrs, tar would write the format posix, whatever it was told.
                    format.equals("posix") ? "--xattrs" : "--no-xattrs",
                    "-C",
                    source.getParent().toString(),
                    "-cf",
                    tar.toString(),
                    "./sub/sparse",
                    "./sub/hard",
                    "./sub/node");
            assertThat(Files.readAllBytes(tar)[156]).isEqualTo((byte) (format.equals("posix") ? 'x' : 'S'));
            Path expected = Unpacked.byTar(Files.newInputStream(tar), folder.resolve(variant));
            Files.move(expected.resolve("sub"), expected.resolve("target"));
            Unpacked.run("ln", "-s", "target", expected.resolve("sub").toString());
            Unpacked.run(
                    "touch",
                    "-h",
                    "-d",
                    "@" + TestTar.MTIME,
                    expected.resolve("sub").toString());

            byte[] lower = new TestTar().symbolicLink("sub", "target").bytes();
            assertThat(describe(merge(lower, Files.readAllBytes(tar)), variant + "-merged"))
                    .containsExactlyElementsOf(Unpacked.describe(expected));
        }
    }

    @Test
    void makesDirectoriesThatNobodyDescribes() throws IOException {
        assertSameAsUmoci(new TestTar().file("a/b/c", "x"), new TestTar().file("a/b/d/e", "y"));
    }

    @Test
    void toleratesADirectoryWithASizeAndAnArchiveWithoutItsEnd() throws IOException {
        byte[] tar = new TestTar()
                .header('5', "odd/", "", 0755, 1234)
                .file("odd/file", "x")
                .entry('0', "by-its-slash/", "", 0755, new byte[0])
                .entry((char) 0, "old-file", "", 0644, "old".getBytes())
                .bytesWithoutEnd();
        assertSameAsUmoci(List.of(tar, EMPTY.bytes()));
    }

    @Test
    void ignoresGlobalHeadersAsContainerEnginesDo() throws IOException {
        byte[] tar = new TestTar()
                .extended('g', TestTar.record("comment", "0123"))
                .file("a", "x")
                .extended('g', TestTar.record("uid", "77"))
                .file("b", "y")
                .bytes();
        Rootfs rootfs = merge(tar, EMPTY.bytes());
        assertThat(describe(rootfs, "global"))
                .anyMatch(line -> line.startsWith("a 100644 0:0"))
                .anyMatch(line -> line.startsWith("b 100644 0:0"));
    }

    @Test
    void isTheSameEachTimeAndAsLongAsItSays() throws IOException {
        byte[] one = new TestTar()
                .file("b", "1")
                .file("a", "2")
                .directory("z/", 0755)
                .bytes();
        byte[] two = new TestTar()
                .file("z/y", "1")
                .whiteout(".wh.b")
                .hardLink("c", "a")
                .bytes();
        Rootfs rootfs = merge(one, two);
        byte[] bytes = rootfs.open().readAllBytes();
        assertThat(rootfs.open().readAllBytes()).isEqualTo(bytes);
        assertThat(merge(one, two).open().readAllBytes()).isEqualTo(bytes);
        assertThat(rootfs.size()).hasValue(bytes.length);
        assertThat(rootfs.digest()).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithALayer() {
        assertDamaged("a is a hard link to b, which is not there", new TestTar().hardLink("a", "b"));
        assertDamaged(
                "a is a hard link to d, which is a directory",
                new TestTar().directory("d", 0755).hardLink("a", "d"));
        assertDamaged("its root would be no directory", new TestTar().symbolicLink("./", "/etc"));
        assertDamaged("the whiteout a/.wh. names no file", new TestTar().whiteout("a/.wh."));
        assertDamaged("the whiteout a/.wh... names no file", new TestTar().whiteout("a/.wh..."));
        assertDamaged(
                "/a leads through a loop of symbolic links",
                new TestTar().symbolicLink("a", "b").symbolicLink("b", "a").file("a/file", "x"));
        assertDamaged(
                "at byte 0 of its tar stream there is an entry, a, of the type 'V', which no layer may have",
                new TestTar().entry('V', "a", "", 0644, new byte[0]));
        assertDamaged(
                "at byte 0 of its tar stream there is no tar header",
                new TestTar().raw("x".repeat(512).getBytes()));
        assertDamaged(
                "at byte 0 of its tar stream there is an entry, a, whose data is cut off",
                new TestTar().header('0', "a", "", 0644, 1 << 20));
        assertDamaged(
                "at byte 0 of its tar stream there is an extended header without its entry",
                new TestTar().extended('x', TestTar.record("path", "a")));
        assertDamaged(
                "at byte 1024 of its tar stream there is a malformed pax header",
                new TestTar().extended('x', "99 a=b\n"));
    }

    @Test
    void readsLayersThatAreSeveralGzipMembersOrNotCompressed() throws IOException {
        byte[] tar = new TestTar().file("a", "x".repeat(5000)).file("b", "y").bytes();
        byte[] members =
                concat(TestTar.gzip(Arrays.copyOf(tar, 3000)), TestTar.gzip(Arrays.copyOfRange(tar, 3000, tar.length)));
        byte[] plain = new TestTar().file("c", "z").bytes();
        Rootfs rootfs = mergeBlobs(List.of(members, plain), List.of(Digest.sha256(tar), Digest.sha256(plain)));
        assertThat(describe(rootfs, "members"))
                .hasSize(4)
                .anyMatch(line -> line.startsWith("a ") && line.contains("size=5000"));
    }

    @Test
    void saysThatALayerCannotBeDecompressed() {
        byte[] tar = new TestTar().file("a", "x".repeat(50_000)).bytes();
        byte[] blob = TestTar.gzip(tar);
        byte[] cut = Arrays.copyOf(blob, blob.length - 20);
        byte[] garbage = concat(blob, "garbage".getBytes());
        for (byte[] damaged : List.of(cut, garbage)) {
            assertThatThrownBy(
                            () -> mergeBlobs(List.of(blob, damaged), List.of(Digest.sha256(tar), Digest.sha256(tar))))
                    .isInstanceOf(CorruptImageException.class)
                    .hasMessageStartingWith("Cannot use test: its layer " + Digest.sha256(damaged) + " is damaged: ");
        }
        assertThat(folder.resolve("work")).isEmptyDirectory();
    }

    @Test
    void refusesALayerThatDoesNotHaveItsDiffId() {
        byte[] tar = new TestTar().file("a", "x").bytes();
        Digest wrong = Digest.sha256(new byte[0]);
        assertThatThrownBy(() -> merge(List.of(tar, tar), List.of(Digest.sha256(tar), wrong)))
                .isInstanceOf(CorruptImageException.class)
                .hasMessage("test is damaged: its layer " + Digest.sha256(TestTar.gzip(tar))
                        + " does not have the diff_id " + wrong + " that its configuration says, but "
                        + Digest.sha256(tar) + ".");
    }

    private void assertDamaged(String problem, TestTar layer) {
        byte[] tar = layer.bytes();
        assertThatThrownBy(() -> merge(EMPTY.bytes(), tar))
                .isInstanceOf(CorruptImageException.class)
                .hasMessage(
                        "Cannot use test: its layer " + Digest.sha256(TestTar.gzip(tar)) + " is damaged: " + problem);
    }

    private List<String> assertSameAsUmoci(TestTar... layers) throws IOException {
        return assertSameAsUmoci(Arrays.stream(layers).map(TestTar::bytes).toList());
    }

    private List<String> assertSameAsUmoci(List<byte[]> tars) throws IOException {
        Path here = Files.createTempDirectory(folder, "case");
        TestLayout layout = new TestLayout(here.resolve("layout")).image("test", tars);
        Path expected = Unpacked.byUmoci(layout, "test", here.resolve("umoci"));
        Path actual = Unpacked.byTar(merge(tars.toArray(byte[][]::new)).open(), here.resolve("ours"));
        List<String> description = Unpacked.describe(actual);
        assertThat(Unpacked.withoutDirectoryTimes(description))
                .containsExactlyElementsOf(Unpacked.withoutDirectoryTimes(Unpacked.describe(expected)));
        return description;
    }

    private List<String> describe(Rootfs rootfs, String name) throws IOException {
        return Unpacked.describe(Unpacked.byTar(rootfs.open(), folder.resolve(name)));
    }

    private Rootfs merge(byte[]... tars) {
        return TestLayers.merge(folder.resolve("work"), tars);
    }

    private Rootfs merge(List<byte[]> tars, List<Digest> diffIds) {
        return mergeBlobs(tars.stream().map(TestTar::gzip).toList(), diffIds);
    }

    private Rootfs mergeBlobs(List<byte[]> blobs, List<Digest> diffIds) {
        return TestLayers.merge(folder.resolve("work"), blobs, diffIds);
    }

    private static byte[] pad(String text) {
        return Arrays.copyOf(text.getBytes(), 512);
    }

    private static byte[] concat(byte[] one, byte[] two) {
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }
}
