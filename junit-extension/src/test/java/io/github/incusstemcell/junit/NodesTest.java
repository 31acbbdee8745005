package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.config;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.NetworkInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several machines in one test. */
class NodesTest {

    /** Another machine than those on the private network. */
    private static final String NOBODY = "nobody";

    @AfterEach
    void nothingIsLeft() {
        assertThat(ownInstances()).isEmpty();
        assertThat(ownNetworks()).isEmpty();
    }

    @Test
    void knowEachOtherByNameAndAreNamedInTheLog() {
        String log = SimpleLog.of(() -> assertSucceeded(run(Three.class), 1));

        assertThat(log)
                .containsPattern("ic-\\w+ for NodesTest.Three.test, the node 'db' \\(.*is up at")
                .containsPattern("ic-\\w+ for NodesTest.Three.test, the node 'web' \\(.*is up at");
    }

    @Test
    void reachEachOtherByIpv6WhereThatIsAskedFor() {
        assertSucceeded(run(Map.of("incus.stemcell.network.ipv6", "true"), WithIpv6.class), 1);
    }

    @Test
    void comeFromExtensionsThatAreBuilt() {
        assertSucceeded(run(BuiltOnes.class), 1);
    }

    @Test
    void areSharedByTheTestsOfAClass() {
        assertSucceeded(run(Shared.class), 2);
    }

    @Test
    void haveNamesThatCanBeHostNames() {
        assertFailed(
                run(BadName.class),
                ExtensionConfigurationException.class,
                "'The DB' in @Node on the parameter 'stemcell' of BadName.test is no name for a machine. Write lower-case"
                        + " letters, digits and dashes, at most 63, such as db-1");
    }

    @Test
    void areNotTakenForOthersWhereTheyAreMistyped() {
        assertFailed(
                run(Mistyped.class),
                ExtensionConfigurationException.class,
                "NodesTest.Mistyped.test asks for a container with @Node(\"dbb\"), but there is @IncusStemcell(node = \"db\"). Did"
                        + " you mean 'db'? If it is another machine, describe it: @IncusStemcell(node = \"dbb\")");
    }

    @Test
    void areNamedWhereNothingElseIsDescribed() {
        assertFailed(
                run(MistypedAlone.class),
                ParameterResolutionException.class,
                "NodesTest.MistypedAlone.test asks for a container with @Node(\"dbb\"), but there is @IncusStemcell(node = \"db\"). Did"
                        + " you mean 'db'? If it is another machine, describe it: @IncusStemcell(node = \"dbb\")");
    }

    private static List<NetworkInfo> ownNetworks() {
        return Kit.networksOf(ProcessHandle.current().pid());
    }

    private static void assertReaches(StemcellContainer from, String name, StemcellContainer to) {
        String resolved = from.exec("getent", "ahostsv4", name).requireSuccess().stdout();
        assertThat(resolved).startsWith(to.address().getHostAddress() + " ");
        // Its sshd answers: the name leads there, and so does the network.
        assertThat(from.shell("exec 3<>/dev/tcp/" + name + "/22 && head -c 3 <&3")
                        .stdout())
                .isEmpty();
    }

    @IncusStemcell(config = "user.fixture=any")
    @IncusStemcell(node = "db", config = "user.fixture=db")
    static class Three {

        @Node("db")
        private StemcellContainer db;

        @BeforeEach
        void before(@Node("db") StemcellContainer same) {
            assertThat(same).isSameAs(db);
            assertThat(ownInstances()).hasSize(3);
        }

        @Test
        void test(@Node("web") StemcellContainer web, @Node("client") StemcellContainer client) {
            assertThat(config(db)).containsEntry("user.fixture", "db");
            assertThat(config(web)).containsEntry("user.fixture", "any");
            assertThat(ownNetworks()).hasSize(1);
            assertReaches(client, "web", web);
            assertReaches(web, "db", db);
            assertReaches(db, "client", client);
            assertThat(db.exec("getent", "ahostsv4", NOBODY).exitCode()).isNotZero();
        }
    }

    static class BuiltOnes {

        @RegisterExtension
        static final IncusStemcellExtension DB =
                IncusStemcellExtension.builder().node("db").build();

        @RegisterExtension
        static final IncusStemcellExtension WEB =
                IncusStemcellExtension.builder().node("web").build();

        @Test
        void test(@Node("web") StemcellContainer web, @Node("db") StemcellContainer db) {
            assertReaches(web, "db", db);
            assertReaches(db, "web", web);
            assertThat(ownNetworks()).hasSize(1);
        }
    }

    @IncusStemcell(scope = Scope.PER_CLASS)
    static class Shared {

        @Node("web")
        static StemcellContainer web;

        @Test
        void one(@Node("db") StemcellContainer db) {
            assertReaches(web, "db", db);
        }

        @Test
        void other(@Node("db") StemcellContainer db) {
            assertReaches(db, "web", web);
        }
    }

    @IncusStemcell
    @IncusStemcell(node = "db")
    static class Mistyped {

        @Test
        void test(@Node("dbb") StemcellContainer stemcell) {}
    }

    @IncusStemcell(node = "db")
    static class MistypedAlone {

        @Test
        void test(@Node("dbb") StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class BadName {

        @Test
        void test(@Node("The DB") StemcellContainer stemcell) {}
    }

    @IncusStemcell
    static class WithIpv6 {

        @Test
        void test(@Node("web") StemcellContainer web, @Node("db") StemcellContainer db) {
            assertThat(web.exec("getent", "ahostsv6", "db").requireSuccess().stdout())
                    .contains("STREAM");
            web.exec("ping", "-6", "-c", "1", "-W", "1", "db").requireSuccess();
            db.exec("ping", "-6", "-c", "1", "-W", "1", web.address6().getHostAddress())
                    .requireSuccess();
        }
    }
}
