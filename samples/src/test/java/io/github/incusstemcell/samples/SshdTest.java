package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** What sshd makes of its configuration, rather than what the files seem to say. This is the example of the README. */
@IncusStemcell
class SshdTest {

    @Test
    void letsInNeitherRootNorPasswords(StemcellContainer stemcell) {
        assertThat(stemcell).sshd().hasValue("permitrootlogin", "no").hasValue("passwordauthentication", "no");
    }
}
