package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThatThrownBy;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.agent.Agent;
import io.github.incusstemcell.agent.AgentException;
import io.github.incusstemcell.agent.Release;
import io.github.incusstemcell.agent.ReleaseJob;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A BOSH release, from the folder in which it is developed: deployed on one machine, changed, killed, drained. */
@IncusStemcell(agent = true, scope = Scope.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GreeterReleaseTest {

    private static final Release GREETER = Release.of(Path.of("src/test/resources/greeter-release"));
    private static final ReleaseJob WEB = GREETER.job("web").withProperty("greeting", "hello");

    @Test
    @Order(1)
    void runsWithItsDefaults(StemcellContainer stemcell) {
        stemcell.agent().deploy(WEB, GREETER.job("visitor"));

        assertThat(stemcell).agent().isRunning().hasOnlyJobs("web", "visitor");
        assertThat(stemcell).agent().process("web").isRunning();
        assertThat(stemcell)
                .within(ofSeconds(10))
                .http("http://localhost:8080/")
                .hasStatus(200);
        assertThat(stemcell).http("http://localhost:8080/").body().isEqualTo("hello\nat port 8080\n");
        // What its package was made of, by that of another.
        assertThat(stemcell).file("/var/vcap/sys/log/web/web.log").contains("Greeting on port 8080");
        assertThat(stemcell)
                .file("/var/vcap/sys/log/visitor/pre-start.stdout.log")
                .contains("http://" + stemcell.address().getHostAddress() + ":8080/");
    }

    @Test
    @Order(2)
    void isRestartedByMonit(StemcellContainer stemcell) {
        assertThat(stemcell).process("serve").runsAs("vcap");

        stemcell.shell("kill -KILL $(cat /var/vcap/sys/run/web/web.pid)").requireSuccess();

        // monit looks every ten seconds.
        assertThat(stemcell)
                .within(ofSeconds(30))
                .file("/var/vcap/sys/log/web/web.log")
                .matches("(?s)(Greeting.*){2}");
        assertThat(stemcell).within(ofSeconds(30)).agent().isRunning();
    }

    @Test
    @Order(3)
    void isDrainedAndChanged(StemcellContainer stemcell) {
        ReleaseJob changed = WEB.withProperty("port", 8081).withProperty("visitors", List.of("Ann"));

        stemcell.agent().deploy(changed);

        assertThat(stemcell).file("/var/vcap/sys/log/web/drain.log").contains("drained: job_changed");
        assertThat(stemcell).within(ofSeconds(10)).socket(tcp(8081)).isListening();
        assertThat(stemcell).socket(tcp(8080)).isNotListening();
        assertThat(stemcell).http("http://localhost:8081/").body().isEqualTo("hello\nand Ann\nat port 8081\n");
    }

    @Test
    @Order(4)
    void saysWhatIsWrongWithIt(StemcellContainer stemcell) {
        Agent agent = stemcell.agent();

        assertThatThrownBy(() -> agent.deploy(GREETER.job("web")))
                .hasMessageContaining("Can't find property 'greeting'");
        assertThatThrownBy(() -> agent.within(ofSeconds(15)).deploy(WEB.withProperty("port", "no number")))
                .isInstanceOf(AgentException.class)
                .hasMessageContaining("port no number");
    }
}
