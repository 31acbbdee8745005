package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Files beyond their stat, trees, packages, kernel settings, commands: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class FileAssertionsTest {

    private static final String SHA256_OF_HELLO = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

    @Test
    void theContentOfAFile(StemcellContainer stemcell) {
        stemcell.shell("mkdir /content && printf 'hello\\n' > /content/text && printf '\\000\\377' > /content/bytes")
                .requireSuccess();

        assertThat(stemcell)
                .file("/content/text")
                .hasContent("hello\n")
                .contains("ell")
                .doesNotContain("bye")
                .matches("^h.*o$")
                .hasSha256(SHA256_OF_HELLO.toUpperCase(java.util.Locale.ROOT));
        assertThat(stemcell).file("/content/bytes").contentBytes().containsExactly(0, 0xff);
        assertThat(stemcell).file("/content/text").extracting(FileStat::size).isEqualTo(6L);
        stemcell.shell("(sleep 0.3; echo more >> /content/text) >/dev/null 2>&1 &");
        assertThat(stemcell).within(ofSeconds(20)).file("/content/text").contains("more");
        stemcell.files().writeString("/content/text", "hello\n");

        String was = "\n  but was: file, mode 0644, owner 0:0, 6 bytes";
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .as("greeting")
                        .file("/content/text")
                        .contains("bye")))
                .isEqualTo(
                        "[greeting] Expecting /content/text on NAME to contain \"bye\"" + was + "\n  content: hello");
        fail(
                stemcell,
                "Expecting /content/text on NAME WANTED" + was + "\n  content: hello",
                expecting(
                        "to have the content \"hello\"",
                        () -> assertThat(stemcell).file("/content/text").hasContent("hello")),
                expecting(
                        "to not contain \"hello\"",
                        () -> assertThat(stemcell).file("/content/text").doesNotContain("hello")),
                expecting(
                        "to have a match for ^ello",
                        () -> assertThat(stemcell).file("/content/text").matches("^ello")));
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/content/text").hasSha256("0".repeat(64))))
                .isEqualTo("Expecting /content/text on NAME to have the SHA-256 " + "0".repeat(64) + was + ", SHA-256 "
                        + SHA256_OF_HELLO);
        fail(
                stemcell,
                "Expecting /content on NAME WANTED\n  but was: directory, mode 0755, .*",
                expecting(
                        "to not contain \"x\"",
                        () -> assertThat(stemcell).file("/content").doesNotContain("x")),
                expecting(
                        "to have the SHA-256 " + SHA256_OF_HELLO,
                        () -> assertThat(stemcell).file("/content").hasSha256(SHA256_OF_HELLO)),
                expecting(
                        "to be a file",
                        () -> assertThat(stemcell).file("/content").content()),
                expecting(
                        "to be a file",
                        () -> assertThat(stemcell).file("/content").contentBytes()));
        fail(
                stemcell,
                "Expecting /content/none on NAME WANTED\n  but it does not exist; in /content: bytes, text",
                expecting(
                        "to not contain \"x\"",
                        () -> assertThat(stemcell).file("/content/none").doesNotContain("x")),
                expecting(
                        "to have the SHA-256 " + SHA256_OF_HELLO,
                        () -> assertThat(stemcell).file("/content/none").hasSha256(SHA256_OF_HELLO)),
                expecting(
                        "to be a file",
                        () -> assertThat(stemcell).file("/content/none").contentBytes()),
                expecting(
                        "to exist",
                        () -> assertThat(stemcell).file("/content/none").extracting(FileStat::size)));
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(50))
                        .file("/content/none")
                        .exists()))
                .isEqualTo("Expecting /content/none on NAME to exist within 0.05s (waited SECONDS)\n"
                        + "  but it does not exist; in /content: bytes, text\n  states seen: absent at SECONDS");
        assertThatThrownBy(() -> assertThat(stemcell).file("/content/text").hasSha256("123"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a SHA-256, 64 hex digits: '123'");
    }

    @Test
    void aFileThatChangedBeforeTheEpoch(StemcellContainer stemcell) {
        stemcell.shell("touch -d 1950-01-01T00:00:00Z /old && touch -d 2040-01-01T00:00:00Z /new")
                .requireSuccess();

        assertThat(stemcell).file("/new").wasModifiedSince(Instant.parse("2026-01-01T00:00:00Z"));
        fail(
                stemcell,
                "Expecting /old on NAME to be modified since INSTANT\n  but was: .*, modified INSTANT",
                () -> assertThat(stemcell).file("/old").wasModifiedSince(Instant.parse("2026-01-01T00:00:00Z")));
    }

    @Test
    void whoseAFileIsAndWhenItChanged(StemcellContainer stemcell) {
        stemcell.shell(
                        "useradd -u 7501 owner && groupadd -g 7502 owners && touch -d @1000 /owned && chown owner:owners /owned")
                .requireSuccess();

        assertThat(stemcell)
                .file("/owned")
                .hasOwner("owner")
                .hasGroup("owners")
                .wasModifiedSince(Instant.ofEpochSecond(1000));

        assertThat(message(stemcell, () -> assertThat(stemcell).file("/owned").hasOwner("root")))
                .isEqualTo("Expecting /owned on NAME to be owned by the user root\n"
                        + "  but was: file, mode 0644, owner 7501:7502, 0 bytes, user owner, group owners");
        fail(
                stemcell,
                "Expecting /owned on NAME WANTED\n  but was: file, mode 0644, owner 7501:7502, 0 bytes, .*",
                expecting(
                        "to be owned by the group root",
                        () -> assertThat(stemcell).file("/owned").hasGroup("root")),
                expecting(
                        "to be modified since INSTANT",
                        () -> assertThat(stemcell).file("/owned").wasModifiedSince(Instant.ofEpochSecond(1001))));
        fail(
                stemcell,
                "Expecting user ownr on NAME to exist\n  but there is no such user; the closest names: owner, .*",
                () -> assertThat(stemcell).file("/owned").hasOwner("ownr"));
        fail(
                stemcell,
                "Expecting group ownrs on NAME to exist\n  but there is no such group; the closest names: owners, .*",
                () -> assertThat(stemcell).file("/owned").hasGroup("ownrs"));
    }

    @Test
    void whatIsBelowAFileIsNotThere(StemcellContainer stemcell) {
        stemcell.shell(
                        "mkdir /below && cd /below && echo x > file && ln -s file link && ln -s none dangling && mkfifo pipe")
                .requireSuccess();

        assertThat(stemcell).file("/below/file/x").doesNotExist();
        assertThat(stemcell).file("/below/file/").doesNotExist();
        assertThat(stemcell).always(ofMillis(100)).file("/below/link/x").doesNotExist();
        stemcell.shell("(sleep 0.3; rm /below/file; mkdir /below/file; echo > /below/file/later) >/dev/null 2>&1 &");
        assertThat(stemcell).within(ofSeconds(20)).file("/below/file/later").exists();
        stemcell.shell("rm -r /below/file && echo x > /below/file").requireSuccess();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/below/file/x").exists()))
                .isEqualTo("Expecting /below/file/x on NAME to exist\n"
                        + "  but it does not exist; /below/file is a file, not a directory");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(50))
                        .file("/below/pipe/x/y")
                        .hasMode(0644)))
                .isEqualTo("Expecting /below/pipe/x/y on NAME to have mode 0644 within 0.05s (waited SECONDS)\n"
                        + "  but it does not exist; /below/pipe is a fifo, not a directory\n"
                        + "  states seen: absent at SECONDS");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/below/link/x").isFile()))
                .isEqualTo("Expecting /below/link/x on NAME to be a file\n"
                        + "  but it does not exist; /below/link is a symlink to file, which is no directory");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/below/dangling/x").content()))
                .isEqualTo("Expecting /below/dangling/x on NAME to be a file\n"
                        + "  but it does not exist; /below/dangling is a symlink to none, which is no directory");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).file("/below/none/x").exists()))
                .isEqualTo("Expecting /below/none/x on NAME to exist\n"
                        + "  but it does not exist; in /below: dangling, file, link, pipe");
    }

    @Test
    void whatCannotBeLookedAtPassesForNothing(StemcellContainer stemcell) {
        stemcell.shell("ln -s round /round").requireSuccess();
        String longName = "/" + "n".repeat(256);

        assertThat(stemcell).file("/round").isLinkTo("round");
        for (Consumer<FileAssert> assertion :
                List.<Consumer<FileAssert>>of(FileAssert::exists, FileAssert::doesNotExist, FileAssert::content)) {
            assertThatThrownBy(() -> assertion.accept(assertThat(stemcell).file("/round/x")))
                    .isInstanceOf(GuestFileException.class)
                    .hasMessage("Looking at '/round/x' in instance '" + stemcell.name()
                            + "' failed: its symbolic links lead in a circle, or there are more than 40 of them");
            assertThatThrownBy(() -> assertion.accept(assertThat(stemcell).file(longName)))
                    .isInstanceOf(GuestFileException.class)
                    .hasMessage(
                            "Looking at '" + longName + "' in instance '" + stemcell.name()
                                    + "' failed: its path is too long: at most 255 bytes for each name in it, 4095 for all of it");
        }
    }

    @Test
    void theCapabilitiesOfAFile(StemcellContainer stemcell) {
        stemcell.shell("cp /bin/true /capable && setcap cap_net_raw,cap_bpf=ep /capable")
                .requireSuccess();

        assertThat(stemcell).file("/capable").hasCapabilities("cap_net_raw", "cap_bpf");
        assertThat(stemcell).file("/bin/ls").hasNoCapabilities();
        assertThat(stemcell).file("/proc/version").hasNoCapabilities();

        assertThat(message(stemcell, () -> assertThat(stemcell).file("/capable").hasCapabilities("cap_net_raw"))
                        .replaceAll("\\d+ bytes", "N bytes"))
                .isEqualTo("Expecting /capable on NAME to have the capabilities cap_net_raw\n"
                        + "  but was: file, mode 0755, owner 0:0, N bytes, capabilities cap_net_raw cap_bpf=ep");
        fail(
                stemcell,
                "Expecting /capable on NAME to have no capabilities\n  but was: .* capabilities cap_net_raw cap_bpf=ep",
                () -> assertThat(stemcell).file("/capable").hasNoCapabilities());
        fail(
                stemcell,
                "Expecting /incapable on NAME WANTED\n  but it does not exist; in /: .*",
                expecting(
                        "to have no capabilities",
                        () -> assertThat(stemcell).file("/incapable").hasNoCapabilities()));
        assertThatThrownBy(() -> assertThat(stemcell).file("/capable").hasCapabilities("cap_net_row"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Not a capability: 'cap_net_row'; the closest names: cap_net_raw, ");
    }

    @Test
    void aTree(StemcellContainer stemcell) {
        stemcell.shell(
                        "useradd -u 7601 gardener && mkdir -p /t/open /t/sticky /t/mounted && chmod 777 /t/open && chmod 1777 /t/sticky"
                                + " && touch /t/su /t/sg '/t/with space' && chmod 4755 /t/su && chmod 2755 /t/sg && chmod 666 '/t/with space'"
                                + " && ln -s su /t/link && chown gardener '/t/with space' && touch /t/lost && chown 7699 /t/lost"
                                + " && mount -t tmpfs none /t/mounted && touch /t/mounted/x && chmod 666 /t/mounted/x")
                .requireSuccess();

        assertThat(stemcell)
                .file("/t")
                .tree()
                .hasNoWorldWritableFiles("/t/open", "/t/with space")
                .hasExactlySetuidFiles("/t/su")
                .hasExactlySetgidFiles("/t/sg")
                .hasOnlyFilesOwnedBy("root", "/t/with space", "/t/lost")
                .hasNoUnownedFiles("/t/lost");
        assertThat(stemcell)
                .file("/t/sticky")
                .tree()
                .hasNoWorldWritableFiles()
                .hasExactlySetuidFiles()
                .hasNoUnownedFiles();

        assertThat(message(
                        stemcell, () -> assertThat(stemcell).file("/t").tree().hasNoWorldWritableFiles("/t/ope")))
                .isEqualTo("Expecting the tree /t on NAME to have no files that everybody may write to except /t/ope\n"
                        + "  but there were: drwxrwxrwx root:root /t/open; -rw-rw-rw- gardener:root /t/with space");
        assertThat(message(
                        stemcell, () -> assertThat(stemcell).file("/t").tree().hasExactlySetuidFiles("/t/sg", "/t/su")))
                .isEqualTo("Expecting the tree /t on NAME to have exactly the setuid files /t/sg /t/su\n"
                        + "  but there were: -rwsr-xr-x root:root /t/su");
        assertThat(message(
                        stemcell, () -> assertThat(stemcell).file("/t").tree().hasNoUnownedFiles()))
                .isEqualTo("Expecting the tree /t on NAME to have no files of unknown users or groups\n"
                        + "  but there were: -rw-r--r-- 7699:root /t/lost");
        fail(
                stemcell,
                "Expecting the tree /t on NAME WANTED\n  but there were: .*",
                expecting(
                        "to have no setuid files",
                        () -> assertThat(stemcell).file("/t").tree().hasExactlySetuidFiles()),
                expecting(
                        "to have exactly the setgid files /t/su",
                        () -> assertThat(stemcell).file("/t").tree().hasExactlySetgidFiles("/t/su")),
                expecting(
                        "to have only files owned by the user root except /t/with",
                        () -> assertThat(stemcell).file("/t").tree().hasOnlyFilesOwnedBy("root", "/t/with")),
                expecting(
                        "to have no files of unknown users or groups",
                        () -> assertThat(stemcell).file("/t").tree().hasNoUnownedFiles()));
        fail(
                stemcell,
                "Expecting /tt on NAME to be a directory\n  but it does not exist; in /: .*",
                () -> assertThat(stemcell).file("/tt").tree().hasNoWorldWritableFiles());
        fail(
                stemcell,
                "Expecting /t/su on NAME to be a directory\n  but was: file, mode 4755, .*",
                () -> assertThat(stemcell).file("/t/su").tree().hasExactlySetuidFiles("/t/su"));
    }

    @Test
    void theInstalledPackages(StemcellContainer stemcell) {
        String[] all = stemcell.shell("dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' | sed -n 's/^.i  *//p'")
                .requireSuccess()
                .stdout()
                .lines()
                .toArray(String[]::new);

        assertThat(stemcell)
                .packages()
                .containsExactly(all)
                .contains("bash", "systemd")
                .doesNotContain("telnetd")
                .names()
                .contains("dash");

        String[] other = all.clone();
        other[0] = "telnetd";
        assertThat(message(stemcell, () -> assertThat(stemcell).packages().containsExactly(other)))
                .isEqualTo("Expecting the installed packages on NAME to be exactly those " + all.length + " of a list\n"
                        + "  but there were " + all.length + "\n  missing: telnetd\n  not in the list: " + all[0]);
        assertThat(message(stemcell, () -> assertThat(stemcell).packages().contains("bash", "telnetd")))
                .isEqualTo("Expecting the installed packages on NAME to contain bash telnetd\n"
                        + "  but these were missing: telnetd");
        assertThat(message(stemcell, () -> assertThat(stemcell).packages().doesNotContain("bash", "telnetd")))
                .isEqualTo("Expecting the installed packages on NAME to not contain bash telnetd\n"
                        + "  but these were there: bash");
    }

    @Test
    void aKernelSetting(StemcellContainer stemcell) {
        stemcell.shell(
                        "echo 1 > /proc/sys/net/ipv4/ip_forward && printf '2000\\t3000' > /proc/sys/net/ipv4/ip_local_port_range")
                .requireSuccess();

        assertThat(stemcell)
                .sysctl("net.ipv4.ip_forward")
                .exists()
                .hasValue("1")
                .hasValueAtLeast(1)
                .value()
                .isEqualTo("1");
        assertThat(stemcell).sysctl("net/ipv4/ip_local_port_range").hasValue("2000 3000");
        assertThat(stemcell).sysctl("net.ipv4.no_such").doesNotExist();
        assertThat(stemcell).sysctl("net.ipv4.ip_forward.no_such").doesNotExist();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).sysctl("net.ipv4.ip_forward").hasValue("0")))
                .isEqualTo("Expecting sysctl net.ipv4.ip_forward on NAME to have the value 0\n  but was: 1");
        fail(
                stemcell,
                "Expecting sysctl net.ipv4.ip_local_port_range on NAME WANTED\n  but was: 2000 3000",
                expecting("to not exist", () -> assertThat(stemcell)
                        .sysctl("net.ipv4.ip_local_port_range")
                        .doesNotExist()),
                expecting("to have a value of at least 1", () -> assertThat(stemcell)
                        .sysctl("net.ipv4.ip_local_port_range")
                        .hasValueAtLeast(1)));
        fail(
                stemcell,
                "Expecting sysctl net.ipv4.ip_forwart on NAME WANTED\n"
                        + "  but there is no such sysctl; the closest names: net.ipv4.ip_forward, .*",
                expecting(
                        "to exist",
                        () -> assertThat(stemcell).sysctl("net.ipv4.ip_forwart").exists()),
                expecting(
                        "to have the value 1",
                        () -> assertThat(stemcell).sysctl("net.ipv4.ip_forwart").hasValue("1")),
                expecting(
                        "to exist",
                        () -> assertThat(stemcell).sysctl("net.ipv4.ip_forwart").value()));
        assertThatThrownBy(() -> assertThat(stemcell).sysctl("/proc/sys/x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not the name of a sysctl: '/proc/sys/x'; write for example net.ipv4.ip_forward");
    }

    @Test
    void aFileThatCannotBeRead(StemcellContainer stemcell) {
        assertThatThrownBy(() -> assertThat(stemcell).file("/proc/1/mem").hasSha256("0".repeat(64)))
                .isInstanceOf(GuestFileException.class)
                .hasMessage("Reading '/proc/1/mem' in instance '" + stemcell.name()
                        + "' failed: cat: /proc/1/mem: Input/output error");
    }

    @Test
    void aCommandThatDoesNotEnd(StemcellContainer stemcell) {
        Command hangs = Command.of("sh", "-c", "echo begun; exec sleep 1000");
        Command limited = hangs.timeout(ofMillis(500));
        String killed = "\n  but it had not ended after 0.5s and was killed\n  stdout: begun\n  stderr: ";

        assertThat(stemcell).command(limited).prints("begun");
        fail(
                stemcell,
                "Expecting 'sh -c 'echo begun; exec sleep 1000'' on NAME to fail" + killed,
                () -> assertThat(stemcell).command(limited).fails());
        fail(
                stemcell,
                "Expecting 'sh -c 'echo begun; exec sleep 1000'' on NAME to end with exit code 137" + killed,
                () -> assertThat(stemcell).command(limited).exitsWith(137));
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(200))
                        .command(hangs)
                        .succeeds()))
                .matches("(?s)Expecting '.*' on NAME to end with exit code 0 within 0.2s \\(waited SECONDS\\)\n"
                        + "  but it had not ended after 1s and was killed\n"
                        + "  stdout: begun\n  stderr: \n  states seen: no end at SECONDS");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .always(ofMillis(200))
                        .command(hangs)
                        .succeeds()))
                .contains("to end with exit code 0 for 0.2s", "but it had not ended after 10s and was killed");
    }

    @Test
    void aCommandRunsOnceUnlessItIsWaitedFor(StemcellContainer stemcell) {
        assertThat(stemcell)
                .command("sh", "-c", "echo x >> /runs; echo out; echo err >&2; exit 3")
                .fails()
                .exitsWith(3)
                .prints("ou")
                .stderr()
                .isEqualTo("err\n");
        assertThat(stemcell).file("/runs").hasContent("x\n");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .command("sh", "-c", "echo x >> /waits; grep -c x /waits")
                .prints("3")
                .succeeds();
        assertThat(stemcell).file("/waits").hasContent("x\nx\nx\n");
        assertThat(stemcell)
                .command(Command.of("id", "-un").user("daemon"))
                .stdout()
                .isEqualTo("daemon\n");

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).command("echo", "hi").prints("ho")))
                .isEqualTo(
                        "Expecting 'echo hi' on NAME to print \"ho\"\n  but it ended with 0\n  stdout: hi\n  stderr: ");
        fail(
                stemcell,
                "Expecting 'echo hi' on NAME to fail\n  but it ended with 0\n  stdout: hi\n  stderr: ",
                () -> assertThat(stemcell).command("echo", "hi").fails());
        fail(
                stemcell,
                "Expecting 'false' on NAME to end with exit code 0\n  but it ended with 1\n  stdout: \n  stderr: ",
                () -> assertThat(stemcell).command("false").stdout());
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(50))
                        .command("false")
                        .succeeds()))
                .isEqualTo("Expecting 'false' on NAME to end with exit code 0 within 0.05s (waited SECONDS)\n"
                        + "  but it ended with 1\n  stdout: \n  stderr: \n  states seen: exit code 1 at SECONDS");
    }
}
