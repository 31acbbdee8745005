package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many files at once, and who may do what to one: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class FileSetsTest {

    @BeforeAll
    static void write(StemcellContainer stemcell) {
        stemcell.shell(
                        "useradd mia && mkdir -p /sets/a/deep /sets/b /sets/closed && cd /sets && echo 'key 1' > a/host_1_key"
                                + " && echo 'key 2' > a/host_2_key && chmod 600 a/*_key && echo nullok > a/deep/pam && echo x > b/.hidden"
                                + " && chmod 646 b/.hidden && chown mia b/.hidden && ln -s ../a b/link && touch closed/file a/run"
                                + " && chmod 644 closed/file && chmod 700 closed && chmod 755 a/run"
                                + " && echo x > shared && chown :mia shared && chmod 660 shared")
                .requireSuccess();
    }

    @Test
    void filesByAPattern(StemcellContainer stemcell) {
        assertThat(stemcell)
                .files("/sets/a/host_*_key")
                .exist()
                .areFiles()
                .haveMode(0600)
                .haveModeAtMost(0640)
                .haveOwner("root")
                .haveGroup("root")
                .contain("key")
                .match("^key \\d$")
                .doNotMatch("^HostKey")
                .hasSize(2)
                .hasOnlyPaths("/sets/a/host_2_key", "/sets/a/host_1_key")
                .allMatch(file -> file.size() == 6, "has six bytes");
        assertThat(stemcell).files("/sets/[ab]").areDirectories();
        assertThat(stemcell).files("/sets/*/*/host_?_key").paths().hasSize(2).contains("/sets/b/link/host_1_key");
        assertThat(stemcell).files("/sets/b/*").hasOnlyPaths("/sets/b/link");
        assertThat(stemcell).files("/sets/b/.h*").hasOnlyPaths("/sets/b/.hidden");
        assertThat(stemcell).files("/sets/a/host_[!1]_key").hasOnlyPaths("/sets/a/host_2_key");
        assertThat(stemcell).files("/sets/none/*").doNotExist().isEmpty().hasOnlyPaths();
        assertThat(stemcell).files("/sets/shared").exist();
        assertThat(stemcell)
                .files("/sets/a/host*")
                .filteredOn(file -> file.name().contains("1"), "of number 1")
                .list()
                .extracting(FileStat::name)
                .containsExactly("host_1_key");
        assertThat(stemcell).always(ofMillis(100)).files("/sets/a/*_key").haveMode(0600);
        stemcell.shell("(sleep 0.3; touch /sets/later.log) >/dev/null 2>&1 &");
        assertThat(stemcell).within(ofSeconds(20)).files("/sets/*.log").exist();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").doNotExist()))
                .isEqualTo("Expecting the files /sets/a/host_*_key on NAME to not exist\n"
                        + "  but there were: /sets/a/host_1_key (file 0600 0:0), /sets/a/host_2_key (file 0600 0:0)");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).files("/sets/a/hast_*").haveMode(0600)))
                .isEqualTo("Expecting the files /sets/a/hast_* on NAME to have mode 0600\n"
                        + "  but there were none: it does not exist; in /sets/a: deep, host_1_key, host_2_key, run");
        fail(
                stemcell,
                "Expecting the files /sets/a/host_\\*_key on NAME WANTED\n  but these do not: /sets/a/host_1_key \\(.*",
                expecting(
                        "to have mode 0644",
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").haveMode(0644)),
                expecting(
                        "to be no more permissive than 0400",
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").haveModeAtMost(0400)),
                expecting(
                        "to be directories",
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").areDirectories()),
                expecting(
                        "to be owned by the user mia",
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").haveOwner("mia")),
                expecting(
                        "to be owned by the group mia",
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").haveGroup("mia")),
                expecting(
                        "to contain \"lock\"",
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").contain("lock")),
                expecting(
                        "to have a match for ^lock",
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").match("^lock")),
                expecting(
                        "to have no match for 1$",
                        () -> assertThat(stemcell).files("/sets/a/host_*_key").doNotMatch("1$")));
        fail(
                stemcell,
                "Expecting the files /sets/\\? on NAME to be files\n  but these do not: /sets/a \\(directory 0755 0:0\\), .*",
                () -> assertThat(stemcell).files("/sets/?").areFiles());
        fail(
                stemcell,
                "Expecting the files /sets/\\?\\? on NAME WANTED\n  but there were none: it does not exist; in /sets: .*",
                expecting(
                        "to exist", () -> assertThat(stemcell).files("/sets/??").exist()),
                expecting(
                        "to have no match for x",
                        () -> assertThat(stemcell).files("/sets/??").doNotMatch("x")),
                expecting(
                        "to be only /sets/aa",
                        () -> assertThat(stemcell).files("/sets/??").hasOnlyPaths("/sets/aa")));
    }

    @Test
    void namesThatLookLikePatterns(StemcellContainer stemcell) {
        stemcell.shell("mkdir /names && cd /names && touch 'a*b' 'a\\Xb' 'what?' 'x[1].log' whatX '.h?'")
                .requireSuccess();

        assertThat(stemcell).files("/names/a\\*b").paths().containsExactly("/names/a*b");
        assertThat(stemcell).files("/names/a\\\\*").paths().containsExactly("/names/a\\Xb");
        assertThat(stemcell).files("/names/what\\?").paths().containsExactly("/names/what?");
        assertThat(stemcell).files("/names/x\\[1].log").areFiles();
        assertThat(stemcell).files("/names/\\.h\\?").areFiles();
        assertThat(stemcell).file("/names").tree().named("a\\*b").paths().containsExactly("/names/a*b");
        fail(
                stemcell,
                "Expecting the files /names/what\\\\\\?x on NAME to exist\n  but there were none: .*",
                () -> assertThat(stemcell).files("/names/what\\?x").exist());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> assertThat(stemcell).file("/names/what?"))
                .withMessage(
                        "Like a pattern, and not like one path: '/names/what?'; what has this very name is found by"
                                + " files(...) with '/names/what\\?'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> assertThat(stemcell).files("/names/*").hasOnlyPaths("/names/x[1].log"))
                .withMessage(
                        "Like a pattern, and not like one path: '/names/x[1].log'; what has this very name is found"
                                + " by files(...) with '/names/x\\[1].log'");
    }

    @Test
    void filesInOtherEncodingsThanUtf8(StemcellContainer stemcell) {
        stemcell.shell(
                        "mkdir /texts && cd /texts && printf 'caf\\351 nullok\\n' > latin && printf 'caf\\303\\251 closed\\n' > utf")
                .requireSuccess();

        assertThat(stemcell)
                .file("/texts")
                .tree()
                .hasFileMatching("^caf. nullok")
                .hasFileMatching("^caf. closed");
        assertThat(stemcell).file("/texts").tree().hasNoFileMatching("^caf.. ").hasFileMatching("café");
        assertThat(stemcell)
                .file("/texts")
                .tree()
                .hasNoFileMatching("\\x{200b}")
                .hasFileMatching("\\x{e9} closed");
        fail(
                stemcell,
                "Expecting the tree /texts on NAME to have no file with a match for .*\n  but there were: /texts/latin",
                () -> assertThat(stemcell).file("/texts").tree().hasNoFileMatching("^caf. nullok"),
                () -> assertThat(stemcell).file("/texts").tree().hasNoFileMatching("^.*nullok"));
    }

    @Test
    void partsOfATree(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/sets")
                .tree()
                .named("*_key")
                .ofType(FileType.FILE)
                .hasOnlyPaths("/sets/a/host_1_key", "/sets/a/host_2_key")
                .isNotEmpty();
        assertThat(stemcell).file("/sets").tree().named("*.rhosts").isEmpty().hasOnlyPaths();
        assertThat(stemcell).file("/sets").tree().withAnyOfMode(0002).hasOnlyPaths("/sets/b/.hidden");
        assertThat(stemcell).file("/sets").tree().notOwnedBy("root").paths().containsExactly("/sets/b/.hidden");
        assertThat(stemcell).file("/sets").tree().ownedBy("mia").named("hid*").isEmpty();
        assertThat(stemcell)
                .file("/sets")
                .tree()
                .named("host*")
                .isNotEmpty()
                .ownedBy("mia")
                .isEmpty();
        assertThat(stemcell).file("/sets").tree().ownedBy("mia").hasOnlyPaths("/sets/b/.hidden");
        assertThat(stemcell).file("/sets/b").tree().hasOnlyEntries("link", ".hidden");
        assertThat(stemcell)
                .file("/sets")
                .tree()
                .hasFileMatching("null.k")
                .hasNoFileMatching("NOPASSWD")
                .named("*_key")
                .hasNoFileMatching("nullok");
        assertThat(stemcell).file("/run").tree().acrossMounts().isNotEmpty();
        stemcell.shell("mkdir -p /mounts/in && mount -t tmpfs none /mounts/in && touch /mounts/in/x")
                .requireSuccess();
        assertThat(stemcell).file("/mounts").tree().named("x").isEmpty();
        assertThat(stemcell).file("/mounts").tree().acrossMounts().named("x").hasOnlyPaths("/mounts/in/x");

        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/sets")
                        .tree()
                        .named("*_key")
                        .isEmpty()))
                .isEqualTo(
                        "Expecting the tree /sets named *_key on NAME to be empty\n"
                                + "  but there were: -rw------- root:root /sets/a/host_1_key; -rw------- root:root /sets/a/host_2_key");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/sets").tree().hasNoFileMatching("nullok")))
                .isEqualTo("Expecting the tree /sets on NAME to have no file with a match for nullok\n"
                        + "  but there were: /sets/a/deep/pam");
        fail(
                stemcell,
                "Expecting the tree /sets named \\*\\.a on NAME WANTED\n  but there were: none",
                expecting("to not be empty", () -> assertThat(stemcell)
                        .file("/sets")
                        .tree()
                        .named("*.a")
                        .isNotEmpty()),
                expecting("to have only the paths /sets/x.a", () -> assertThat(stemcell)
                        .file("/sets")
                        .tree()
                        .named("*.a")
                        .hasOnlyPaths("/sets/x.a")),
                expecting("to have a file with a match for nullok", () -> assertThat(stemcell)
                        .file("/sets")
                        .tree()
                        .named("*.a")
                        .hasFileMatching("nullok")));
        fail(
                stemcell,
                "Expecting the tree /sets owned by mia on NAME to be empty\n  but there were: -rw-r--rw- mia:root /sets/b/.hidden",
                () -> assertThat(stemcell).file("/sets").tree().ownedBy("mia").isEmpty());
        fail(
                stemcell,
                "Expecting the tree /sets owned by nobody on NAME to not be empty\n  but there were: none",
                () -> assertThat(stemcell)
                        .file("/sets")
                        .tree()
                        .ownedBy("nobody")
                        .isNotEmpty());
        fail(
                stemcell,
                "Expecting the tree /mounts across mounts named x on NAME to be empty\n"
                        + "  but there were: -rw-r--r-- root:root /mounts/in/x",
                () -> assertThat(stemcell)
                        .file("/mounts")
                        .tree()
                        .acrossMounts()
                        .named("x")
                        .isEmpty());
        fail(
                stemcell,
                "Expecting the tree /sets/b on NAME WANTED\n  but there were: .*hidden; .*",
                expecting(
                        "to have only the entries link",
                        () -> assertThat(stemcell).file("/sets/b").tree().hasOnlyEntries("link")),
                expecting(
                        "to have no entries",
                        () -> assertThat(stemcell).file("/sets/b").tree().hasOnlyEntries()));
    }

    /** Which that of uutils does not do: it compares modes, and knows one group. */
    @Test
    void theKernelIsAskedWhoMayDoWhat(StemcellContainer stemcell) {
        stemcell.shell("mv /usr/bin/test /usr/bin/test.away && printf '#!/bin/sh\\nexit 1\\n' > /usr/bin/test"
                        + " && chmod 0755 /usr/bin/test")
                .requireSuccess();
        try {
            assertThat(stemcell)
                    .file("/sets/shared")
                    .isReadableBy("mia")
                    .isNotReadableBy("nobody")
                    .isNotExecutableBy("mia");
            assertThat(stemcell).file("/sets/a/run").isExecutableBy("nobody");
        } finally {
            stemcell.exec("mv", "/usr/bin/test.away", "/usr/bin/test").requireSuccess();
        }
    }

    @Test
    void whoMayDoWhat(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/sets/shared")
                .isReadableBy("mia")
                .isWritableBy("mia")
                .isNotReadableBy("nobody")
                .isNotWritableBy("nobody")
                .isNotExecutableBy("mia");
        assertThat(stemcell)
                .file("/sets/a/run")
                .isExecutable()
                .isExecutableBy("nobody")
                .isNotWritableBy("mia");
        // Its own mode would do, but not that of its folder.
        assertThat(stemcell)
                .file("/sets/closed/file")
                .hasMode(0644)
                .isNotReadableBy("mia")
                .isReadableBy("root");

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/sets/shared").isReadableBy("nobody")))
                .isEqualTo(
                        "Expecting /sets/shared on NAME to be readable by nobody\n  but was: file, mode 0660, owner 0:"
                                + stemcell.files().stat("/sets/shared").gid() + ", 2 bytes");
        fail(
                stemcell,
                "Expecting /sets/shared on NAME WANTED\n  but was: file, mode 0660, .*",
                expecting(
                        "to be executable",
                        () -> assertThat(stemcell).file("/sets/shared").isExecutable()),
                expecting(
                        "to be writable by nobody",
                        () -> assertThat(stemcell).file("/sets/shared").isWritableBy("nobody")),
                expecting(
                        "to be executable by mia",
                        () -> assertThat(stemcell).file("/sets/shared").isExecutableBy("mia")),
                expecting(
                        "to be not readable by mia",
                        () -> assertThat(stemcell).file("/sets/shared").isNotReadableBy("mia")),
                expecting(
                        "to be not writable by mia",
                        () -> assertThat(stemcell).file("/sets/shared").isNotWritableBy("mia")));
        fail(
                stemcell,
                "Expecting /sets/a/run on NAME to be not executable by mia\n  but was: .*",
                () -> assertThat(stemcell).file("/sets/a/run").isNotExecutableBy("mia"));
        fail(
                stemcell,
                "Expecting /sets/none on NAME to be readable by mia\n  but it does not exist; in /sets: .*",
                () -> assertThat(stemcell).file("/sets/none").isReadableBy("mia"));
        fail(
                stemcell,
                "Expecting user mio on NAME to exist\n  but there is no such user; the closest names: mia, .*",
                () -> assertThat(stemcell).file("/sets/shared").isNotReadableBy("mio"),
                () -> assertThat(stemcell).files("/sets/shared").haveOwner("mio"));
    }
}
