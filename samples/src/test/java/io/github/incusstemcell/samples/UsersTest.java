package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.Test;

/** Who can be whom on a stemcell. */
@IncusStemcell(scope = Scope.PER_CLASS)
class UsersTest {

    @Test
    void onlyRootHasItsRights(StemcellContainer stemcell) {
        assertThat(stemcell).users().withUid(0).hasOnlyNames("root");
    }

    @Test
    void systemAccountsCannotLogIn(StemcellContainer stemcell) {
        // sync's "shell" only runs sync.
        assertThat(stemcell).users().withUidBetween(1, 999).haveNoLoginShell("sync");
    }

    @Test
    void vcapMayUseSudoAndSsh(StemcellContainer stemcell) {
        assertThat(stemcell).user("vcap").hasUid(1000).isInGroups("sudo", "bosh_sshers");
    }
}
