package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** Links and trees of a guest that was not started, which has no programs to ask, say the same as those of one that was. */
class FilesBeforeTheBootTest {

    private static void make(GuestFiles files) {
        files.createDirectories("/srv/tree/sub/open");
        files.createDirectories("/srv/tree/temporary");
        files.writeString("/srv/tree/a.conf", "first\nport = 22\n");
        files.writeString("/srv/tree/sub/b.conf", "port = 23\n");
        files.writeString("/srv/tree/sub/runs", "");
        files.createSymbolicLink("/srv/tree/link", "sub/../a.conf");
        files.createSymbolicLink("/srv/tree/round", "round");
        files.createSymbolicLink("/srv/way", "tree/sub");
        files.setPermissions("/srv/tree/sub/runs", 06755);
        files.setPermissions("/srv/tree/sub/open", 0777);
        files.setPermissions("/srv/tree/temporary", 01777);
        files.setOwner("/srv/tree/sub/b.conf", 1000, 1000);
        files.setOwner("/srv/tree/sub/open", 54321, 0);
    }

    private static void links(StemcellContainer stemcell) {
        assertThat(stemcell).file("/bin/id").resolvesTo("/usr/bin/id");
        assertThat(stemcell).file("/srv/tree/link").isLinkTo("sub/../a.conf").resolvesTo("/srv/tree/a.conf");
        assertThat(stemcell).file("/srv/tree/link").followingLinks().isFile().contains("port = 22");
        assertThat(stemcell).file("/srv/way/../a.conf").resolvesTo("/srv/tree/a.conf");
        assertThat(stemcell).file("/srv/way").followingLinks().tree().hasOnlyEntries("b.conf", "open", "runs");
        fail(
                stemcell,
                "Expecting /srv/tree/link on NAME to resolve to /srv/tree/b\\.conf\n  but was: .*, resolves to"
                        + " /srv/tree/a\\.conf",
                () -> assertThat(stemcell).file("/srv/tree/link").resolvesTo("/srv/tree/b.conf"));
        fail(
                stemcell,
                "Expecting /srv/tree/round on NAME to resolve to /srv/tree/round\n  but was: .*, leads nowhere",
                () -> assertThat(stemcell).file("/srv/tree/round").resolvesTo("/srv/tree/round"));
        fail(stemcell, "Expecting /srv/tree/round on NAME to exist\n  but .*", () -> assertThat(stemcell)
                .file("/srv/tree/round")
                .followingLinks()
                .exists());
    }

    private static TreeAssert tree(StemcellContainer stemcell) {
        return assertThat(stemcell).file("/srv/tree").tree();
    }

    private static void trees(StemcellContainer stemcell) {
        tree(stemcell).hasOnlyEntries("a.conf", "link", "round", "sub", "temporary");
        tree(stemcell).named("*.conf").hasOnlyPaths("/srv/tree/a.conf", "/srv/tree/sub/b.conf");
        tree(stemcell)
                .ofType(FileType.DIRECTORY)
                .paths()
                .containsExactly("/srv/tree", "/srv/tree/sub", "/srv/tree/sub/open", "/srv/tree/temporary");
        tree(stemcell).ofType(FileType.SYMLINK).hasOnlyPaths("/srv/tree/link", "/srv/tree/round");
        tree(stemcell).withAnyOfMode(0022).hasOnlyPaths("/srv/tree/sub/open", "/srv/tree/temporary");
        tree(stemcell).ownedBy("vcap").hasOnlyPaths("/srv/tree/sub/b.conf");
        tree(stemcell).notOwnedBy("root").hasOnlyPaths("/srv/tree/sub/b.conf", "/srv/tree/sub/open");
        tree(stemcell).named("*.rhosts").isEmpty();
        tree(stemcell).hasFileMatching("^port = 2\\d$").hasNoFileMatching("^port = 3");
        tree(stemcell).hasNoWorldWritableFiles("/srv/tree/sub/open");
        tree(stemcell).hasOnlyFilesOwnedBy("root", "/srv/tree/sub/b.conf", "/srv/tree/sub/open");
        tree(stemcell).hasNoUnownedFiles("/srv/tree/sub/open");
        tree(stemcell).hasExactlySetuidFiles("/srv/tree/sub/runs").hasExactlySetgidFiles("/srv/tree/sub/runs");
        fail(
                stemcell,
                "Expecting the tree /srv/tree on NAME to have no files that everybody may write to\n  but there were:"
                        + " drwxrwxrwx 54321:root /srv/tree/sub/open",
                () -> tree(stemcell).hasNoWorldWritableFiles());
        fail(
                stemcell,
                "Expecting the tree /srv/tree named \\*s on NAME to be empty\n  but there were: -rwsr-sr-x root:root"
                        + " /srv/tree/sub/runs",
                () -> tree(stemcell).named("*s").isEmpty());
        fail(
                stemcell,
                "Expecting the tree /srv/tree on NAME to have only files owned by the user root except"
                        + " /srv/tree/sub/open\n  but there were: -rw-r--r-- vcap:vcap /srv/tree/sub/b\\.conf;"
                        + " drwxrwxrwx 54321:root /srv/tree/sub/open",
                () -> tree(stemcell).hasOnlyFilesOwnedBy("root", "/srv/tree/sub/open"));
        fail(
                stemcell,
                "Expecting the tree /srv/tree on NAME to have only the entries a\\.conf\n  but there were: .*"
                        + " drwxrwxrwt root:root /srv/tree/temporary",
                () -> tree(stemcell).hasOnlyEntries("a.conf"));
        fail(
                stemcell,
                "Expecting the tree /srv/tree on NAME to have no file with a match for \\^port\n  but there were:"
                        + " /srv/tree/a\\.conf /srv/tree/sub/b\\.conf",
                () -> tree(stemcell).hasNoFileMatching("^port"));
    }

    private static void rights(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/srv/tree/sub/b.conf")
                .isWritableBy("vcap")
                .isNotExecutableBy("vcap")
                .isNotWritableBy("daemon")
                .hasNoCapabilities()
                .isNotImmutable()
                .hasNoAcl()
                .isOwnedByNoPackage();
        assertThat(stemcell).file("/usr/sbin/cron").isExecutableBy("vcap").isOwnedByPackage("cron");
        fail(
                stemcell,
                "Expecting /etc/shadow on NAME to be readable by vcap\n  but was: file, .*",
                () -> assertThat(stemcell).file("/etc/shadow").isReadableBy("vcap"));
        fail(
                stemcell,
                "Expecting /usr/sbin/cron on NAME to be owned by no package\n  but was: file, .*, of cron",
                () -> assertThat(stemcell).file("/usr/sbin/cron").isOwnedByNoPackage());
    }

    @Test
    @IncusStemcell(boot = false)
    void ofAGuestThatWasNotStarted(StemcellContainer stemcell) {
        make(stemcell.files());
        links(stemcell);
        trees(stemcell);
        rights(stemcell);
        fail(
                stemcell,
                "Expecting the user wcap to exist, whose files are looked for\n  but there is no such user.*",
                () -> tree(stemcell).ownedBy("wcap").isEmpty());
        org.assertj.core.api.Assertions.assertThat(stemcell.state().status()).isEqualTo("Stopped");
    }

    @Test
    @IncusStemcell
    void ofAGuestThatRuns(StemcellContainer stemcell) {
        make(stemcell.files());
        links(stemcell);
        trees(stemcell);
        rights(stemcell);
    }

    @Test
    @IncusStemcell
    void ofAGuestThatWasStopped(StemcellContainer stemcell) {
        make(stemcell.files());
        // As setfacl(1), which a stemcell may not have: user::rwx, user:vcap:r--, group::r-x, mask::r-x, other::---
        stemcell.files().writeString("/srv/listed.py", """
                import os
                entries = '0200000001000700ffffffff02000400e803000004000500ffffffff10000500ffffffff20000000ffffffff'
                os.setxattr('/srv/tree/sub/open', 'system.posix_acl_access', bytes.fromhex(entries))
                """);
        stemcell.shell("python3 /srv/listed.py && setcap cap_net_raw=ep /srv/tree/a.conf")
                .requireSuccess();
        stemcell.stop();

        assertThat(stemcell)
                .file("/srv/tree/sub/open")
                .hasAclEntry("user:vcap:r--")
                .isReadableBy("vcap")
                .isNotWritableBy("vcap");
        assertThat(stemcell).file("/srv/tree/a.conf").hasCapabilities("cap_net_raw");
        tree(stemcell).hasExactlyFilesWithCapabilities("/srv/tree/a.conf");
        fail(
                stemcell,
                "Expecting /srv/tree/a\\.conf on NAME to have no capabilities\n  but was: .*cap_net_raw=ep.*",
                () -> assertThat(stemcell).file("/srv/tree/a.conf").hasNoCapabilities());
        fail(
                stemcell,
                "Expecting /srv/tree on NAME to have no files with capabilities\n  but there were /srv/tree/a.conf cap_net_raw=ep",
                () -> tree(stemcell).hasExactlyFilesWithCapabilities());
        org.assertj.core.api.Assertions.assertThat(stemcell.state().status()).isEqualTo("Stopped");
    }
}
