package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is at the end of links, and the lines of a file: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class FileLinksAndLinesTest {

    @BeforeAll
    static void linkAndWrite(StemcellContainer stemcell) {
        stemcell.shell(
                        "mkdir -p /links/real && cd /links && printf 'Port 22\\n# x\\nHostKey a\\nHostKey b\\n' > real/file"
                                + " && chmod 640 real/file && ln -s real folder && ln -s folder/file one && ln -s one two"
                                + " && ln -s none nowhere && ln -s round round && chmod 4755 real && touch real/su && chmod 4755 real/su"
                                + " && touch empty")
                .requireSuccess();
    }

    @Test
    void whatIsAtTheEndOfLinks(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/links/two")
                .isLinkTo("one")
                .resolvesTo("/links/real/file")
                .followingLinks()
                .isFile()
                .hasMode(0640)
                .hasOwner("root")
                .hasNoCapabilities()
                .isNotImmutable()
                .contains("Port 22");
        assertThat(stemcell)
                .file("/links/folder")
                .followingLinks()
                .isDirectory()
                .tree()
                .hasExactlySetuidFiles("/links/real/su");
        assertThat(stemcell).file("/links/nowhere").exists().followingLinks().doesNotExist();
        assertThat(stemcell).file("/links/round").followingLinks().doesNotExist();
        assertThat(stemcell).file("/links/real/file").followingLinks().resolvesTo("/links/real/file");
        assertThat(stemcell).always(ofMillis(100)).file("/links/two").resolvesTo("/links/real/file");
        stemcell.shell("(sleep 0.3; ln -s real/file /links/later) >/dev/null 2>&1 &");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .file("/links/later")
                .followingLinks()
                .isFile();

        assertThat(message(
                        stemcell, () -> assertThat(stemcell).file("/links/two").resolvesTo("/links/one")))
                .isEqualTo("Expecting /links/two on NAME to resolve to /links/one\n"
                        + "  but was: symlink, mode 0777, owner 0:0, 3 bytes, to one, resolves to /links/real/file");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/links/nowhere").resolvesTo("/links/none")))
                .isEqualTo("Expecting /links/nowhere on NAME to resolve to /links/none\n"
                        + "  but was: symlink, mode 0777, owner 0:0, 4 bytes, to none, leads nowhere");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/links/two")
                        .followingLinks()
                        .hasMode(0600)))
                .isEqualTo("Expecting /links/two on NAME to have mode 0600\n"
                        + "  but was: file, mode 0640, owner 0:0, 32 bytes");
        fail(
                stemcell,
                "Expecting /links/nowhere on NAME WANTED\n  but it leads nowhere, as a symlink to none",
                expecting("to exist", () -> assertThat(stemcell)
                        .file("/links/nowhere")
                        .followingLinks()
                        .exists()),
                expecting("to not contain \"x\"", () -> assertThat(stemcell)
                        .file("/links/nowhere")
                        .followingLinks()
                        .doesNotContain("x")));
        fail(
                stemcell,
                "Expecting /links/two on NAME to not exist\n  but was: file, mode 0640, .*",
                () -> assertThat(stemcell).file("/links/two").followingLinks().doesNotExist());
    }

    @Test
    void noMoreLinksThanTheKernelFollows(StemcellContainer stemcell) {
        stemcell.shell("mkdir /chain && cd /chain && touch 0 && for i in $(seq 41); do ln -s $((i - 1)) $i; done")
                .requireSuccess();

        assertThat(stemcell)
                .file("/chain/40")
                .resolvesTo("/chain/0")
                .followingLinks()
                .isFile();
        assertThat(stemcell).file("/chain/41").exists().followingLinks().doesNotExist();
        fail(
                stemcell,
                "Expecting /chain/41 on NAME to resolve to /chain/0\n  but was: symlink, .*, to 40, leads nowhere",
                () -> assertThat(stemcell).file("/chain/41").resolvesTo("/chain/0"));
    }

    @Test
    void linesThatEndInAnotherWay(StemcellContainer stemcell) {
        stemcell.shell("cd /links && printf '#!/bin/sh\\r\\nFOO=bar\\r\\nBAZ=a\\rQUX=q\\n' > crlf")
                .requireSuccess();

        assertThat(stemcell)
                .file("/links/crlf")
                .doesNotMatch("^#!/bin/sh$")
                .matches("^#!/bin/sh\r$")
                .doesNotMatch("^QUX");
        assertThat(stemcell).files("/links/crl?").doNotMatch("^#!/bin/sh$").match("^#!/bin/sh.$");
        assertThat(stemcell).file("/links").tree().hasNoFileMatching("^#!/bin/sh$");
        assertThat(stemcell).file("/links/crlf").lines().containsExactly("#!/bin/sh\r", "FOO=bar\r", "BAZ=a\rQUX=q");
        assertThat(stemcell).file("/links/crlf").linesMatching("^QUX").isEmpty();
        assertThat(stemcell).file("/links/crlf").linesMatching("^FOO=bar$").isEmpty();
        assertThat(stemcell)
                .file("/links/crlf")
                .settings()
                .hasValue("FOO", "bar\r")
                .doesNotHaveKey("QUX");
        fail(
                stemcell,
                "Expecting /links/crlf on NAME to have FOO bar\n  but was: bar\\\\r",
                () -> assertThat(stemcell).file("/links/crlf").settings().hasValue("FOO", "bar"));
        fail(
                stemcell,
                "(?s)Expecting /links/crlf on NAME to have a match for .*\n  but was: file, .*",
                () -> assertThat(stemcell).file("/links/crlf").matches("^#!/bin/sh$"));
    }

    @Test
    void aGuestInWhichLinksCannotBeFollowed(StemcellContainer stemcell) {
        stemcell.files().move("/usr/bin/readlink", "/usr/bin/readlink.away");
        try {
            fail(
                    stemcell,
                    "Following the links of /links/two on NAME by 'sh -c 'test -e \"\\$0\" \\|\\| exit 1; exec readlink -ez -- \"\\$0\"' /links/two' ended with exit code 127\n"
                            + "  stderr: .*",
                    () -> assertThat(stemcell)
                            .file("/links/two")
                            .followingLinks()
                            .doesNotExist(),
                    () -> assertThat(stemcell).file("/links/two").resolvesTo("/links/real/file"));
        } finally {
            stemcell.files().move("/usr/bin/readlink.away", "/usr/bin/readlink");
        }
    }

    @Test
    void theLinesOfAFile(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/links/real/file")
                .doesNotMatch("^HostKey c$")
                .doesNotMatch("Port 22$.HostKey");
        assertThat(stemcell)
                .file("/links/real/file")
                .lines()
                .containsExactly("Port 22", "# x", "HostKey a", "HostKey b");
        assertThat(stemcell).file("/links/empty").lines().isEmpty();
        assertThat(stemcell)
                .file("/links/real/file")
                .linesMatching("^HostKey")
                .containsExactlyInAnyOrder("HostKey b", "HostKey a");
        assertThat(stemcell)
                .file("/links/real/file")
                .linesMatching("^HostCertificate")
                .isEmpty();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/links/real/file").doesNotMatch("^HostKey b$")))
                .isEqualTo("Expecting /links/real/file on NAME to have no match for ^HostKey b$\n"
                        + "  but was: file, mode 0640, owner 0:0, 32 bytes\n"
                        + "  content: Port 22\n# x\nHostKey a\nHostKey b");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/links/real/file")
                        .lines()
                        .containsOnly("# x")))
                .startsWith("[lines of /links/real/file on NAME] ");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/links/real/file")
                        .linesMatching("^HostKey")
                        .isEmpty()))
                .startsWith("[lines of /links/real/file on NAME with a match for ^HostKey] ");
        fail(
                stemcell,
                "Expecting /links/real on NAME to be a file\n  but was: directory, .*",
                () -> assertThat(stemcell).file("/links/real").lines(),
                () -> assertThat(stemcell).file("/links/real").linesMatching("x"));
        fail(
                stemcell,
                "Expecting /links/none on NAME to have no match for x\n  but it does not exist; in /links: .*",
                () -> assertThat(stemcell).file("/links/none").doesNotMatch("x"));
    }
}
