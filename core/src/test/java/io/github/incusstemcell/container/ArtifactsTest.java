package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.Diagnostics.File;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is fetched of files that somebody has named, from guests that run and from one that does not. */
class ArtifactsTest {

    private static Stemcells stemcells;
    private static StemcellContainer stemcell;

    @BeforeAll
    static void launch() {
        stemcells = TestMachine.stemcells().connect();
        stemcell = stemcells.launch(TestMachine.spec().toBuilder()
                .artifacts(List.of("/srv/app", "/srv/link", "/srv/empty", "/srv/missing", "/etc/hostname"))
                .build());
    }

    @AfterAll
    static void close() {
        stemcell.close();
        stemcells.close();
    }

    @BeforeEach
    void empty() {
        stemcell.shell("rm -rf /srv/* /var/vcap/sys/log; mkdir -p /srv/app/deep /srv/empty; ln -s app /srv/link")
                .requireSuccess();
        stemcell.files().writeString("/srv/app/deep/app.log", "ready\n");
    }

    @Test
    void areFilesAndWhatIsBelowFoldersAndSayWhatIsMissing() {
        assertThat(artifacts())
                .containsExactly(
                        "/srv/app/deep/app.log: 6 bytes",
                        "/srv/link/deep/app.log: 6 bytes",
                        "/srv/empty: there is no file below it",
                        "/srv/missing: there is no such file",
                        "/etc/hostname: " + (stemcell.name().length() + 1) + " bytes");
    }

    @Test
    void areTheLogsOfReleasesWithoutBeingNamed() {
        stemcell.shell(
                        "mkdir -p /var/vcap/sys /var/vcap/data/sys/log/web; ln -sfn /var/vcap/data/sys/log /var/vcap/sys/log;"
                                + " echo up > /var/vcap/sys/log/web/web.stdout.log")
                .requireSuccess();

        assertThat(artifacts()).startsWith("/var/vcap/sys/log/web/web.stdout.log: 3 bytes");
    }

    @Test
    void areTheEndOfALongFileAndNoMoreThanFits() {
        stemcell.shell("cd /srv/app; truncate -s 1T a; echo end >> a; for i in 1 2 3 4 5; do truncate -s 8M b$i; done")
                .requireSuccess();

        List<File> files = stemcell.diagnose(java.time.Duration.ofSeconds(60)).artifacts();

        assertThat(files.get(0).trouble()).contains("the first 1099503239172 bytes are left out");
        assertThat(files.get(0).text()).endsWith("\0end\n");
        assertThat(files.stream().mapToLong(file -> file.content().length).sum())
                .isEqualTo(32 << 20);
        assertThat(files)
                .extracting(File::trouble)
                .contains(Optional.of("the rest is left out, after 1000 files or 32 MiB"));
    }

    @Test
    void doNotFollowLinksNorOpenWhatHasNoEnd() {
        stemcell.shell("cd /srv/app; ln -s /etc/shadow out; ln -s . loop; mkfifo pipe")
                .requireSuccess();

        assertThat(artifacts())
                .contains(
                        "/srv/app/loop: symbolic links below a folder are not followed",
                        "/srv/app/out: symbolic links below a folder are not followed",
                        "/srv/app/pipe: it is no file, but a fifo");
    }

    @Test
    void areThereOfAStoppedGuestToo() {
        stemcell.stop();
        try {
            assertThat(artifacts()).contains("/srv/app/deep/app.log: 6 bytes");
        } finally {
            stemcell.boot();
        }
    }

    @Test
    void haveToBeNamedByAbsolutePaths() {
        assertThatThrownBy(() -> TestMachine.spec().toBuilder()
                        .artifacts(List.of("etc/nginx"))
                        .build())
                .hasMessage("'etc/nginx' names no artifact in a guest; write an absolute path, such as /etc/nginx");
        assertThatThrownBy(() ->
                        TestMachine.spec().toBuilder().artifacts(List.of("//")).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> artifacts() {
        return stemcell.diagnose(java.time.Duration.ofSeconds(60)).artifacts().stream()
                .map(file -> file.name() + ": " + file.trouble().orElse(file.content().length + " bytes"))
                .toList();
    }
}
