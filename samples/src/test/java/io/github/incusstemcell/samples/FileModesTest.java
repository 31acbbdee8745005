package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be read and run by whom: the modes that a stemcell promises have come through the conversion. */
@IncusStemcell(scope = Scope.PER_CLASS)
class FileModesTest {

    @ParameterizedTest
    @ValueSource(strings = {"/etc/shadow", "/etc/gshadow"})
    void passwordsAreForNobody(String path, StemcellContainer stemcell) {
        FileStat stat = stemcell.files().stat(path);

        assertThat(stat.mode()).isZero();
        assertThat(stat.uid()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/etc/cron.d", "/etc/cron.daily", "/etc/cron.hourly", "/etc/cron.weekly", "/etc/cron.monthly"})
    void cronJobsAreForRootAlone(String path, StemcellContainer stemcell) {
        assertThat(stemcell.files().stat(path).mode()).isEqualTo(0700);
    }

    @Test
    void onlySuAndSudoLendTheRightsOfRoot(StemcellContainer stemcell) {
        // sudoedit is a symbolic link to sudo on most systems, so it may or may not be a file of its own.
        assertThat(stemcell)
                .file("/")
                .tree()
                .ofType(FileType.FILE)
                .withAnyOfMode(04000)
                .paths()
                .contains("/usr/bin/su", "/usr/bin/sudo")
                .isSubsetOf("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/sudoedit");
    }

    @Test
    void noFileIsWritableForEverybody(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/")
                .tree()
                .ofType(FileType.FILE)
                .withAnyOfMode(0002)
                .isEmpty();
    }
}
