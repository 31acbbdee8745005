package io.github.incusstemcell.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who can be whom on a stemcell. */
@IncusStemcell(scope = Scope.PER_CLASS)
class UsersTest {

    @Test
    void onlyRootHasItsRights(StemcellContainer stemcell) {
        assertThat(passwd(stemcell))
                .filteredOn(account -> account.get(2).equals("0"))
                .extracting(account -> account.get(0))
                .containsExactly("root");
    }

    @Test
    void systemAccountsCannotLogIn(StemcellContainer stemcell) {
        assertThat(passwd(stemcell))
                .filteredOn(account -> Integer.parseInt(account.get(2)) > 0 && Integer.parseInt(account.get(2)) < 1000)
                // sync's "shell" only runs sync.
                .filteredOn(account -> !account.get(0).equals("sync"))
                .extracting(account -> account.get(6))
                .isNotEmpty()
                .allMatch(shell -> shell.endsWith("/nologin") || shell.endsWith("/false"));
    }

    @Test
    void vcapMayUseSudoAndSsh(StemcellContainer stemcell) {
        assertThat(stemcell.exec("id", "--user", "vcap").requireSuccess().stdout())
                .isEqualTo("1000\n");
        assertThat(stemcell.exec("id", "--groups", "--name", "vcap")
                        .requireSuccess()
                        .stdout()
                        .strip()
                        .split(" "))
                .contains("sudo", "bosh_sshers");
    }

    private static List<List<String>> passwd(StemcellContainer stemcell) {
        return stemcell.files()
                .readString("/etc/passwd")
                .lines()
                .map(line -> List.of(line.split(":", -1)))
                .toList();
    }
}
