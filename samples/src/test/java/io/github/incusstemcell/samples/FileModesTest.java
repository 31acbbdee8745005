package io.github.incusstemcell.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.FileStat;
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
        String found = stemcell.exec("find", "/", "-xdev", "-type", "f", "-perm", "-4000", "-printf", "%f\n")
                .requireSuccess()
                .stdout();

        // sudoedit is a symbolic link to sudo on most systems, so it may or may not be a file of its own.
        assertThat(found.lines()).contains("su", "sudo").isSubsetOf("su", "sudo", "sudoedit");
    }

    @Test
    void noFileIsWritableForEverybody(StemcellContainer stemcell) {
        String found = stemcell.exec("find", "/", "-xdev", "-type", "f", "-perm", "-0002")
                .requireSuccess()
                .stdout();

        assertThat(found).isEmpty();
    }
}
