package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.Agent;
import io.github.incusstemcell.agent.AgentException;
import io.github.incusstemcell.agent.AgentSettings;
import io.github.incusstemcell.agent.JobSpec;
import io.github.incusstemcell.agent.PackageCache;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of agents that cannot be spoken to, and of jobs that cannot be deployed. */
class AgentRefusalTest {

    private static final PackageCache NO_CACHE = new PackageCache() {
        @Override
        public Optional<byte[]> find(String key) {
            return Optional.empty();
        }

        @Override
        public void keep(String key, byte[] archive) {}
    };

    private static final AgentSettings MADE = AgentSettings.generate("other", Optional.empty());

    @Test
    void hasAnAgentOnlyWhereThereAreSettingsForOne() {
        try (Stemcells stemcells = TestMachine.stemcells().connect();
                StemcellContainer plain = stemcells.launch(TestMachine.spec())) {
            assertThatThrownBy(plain::agent)
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage(
                            "The agent of '" + plain.name() + "' does not run, as there are no settings for it. Write"
                                    + " @IncusStemcell(agent = true), or ContainerSpec.builder(...).agent(), with which it starts");

            ContainerSpec spec = TestMachine.spec().toBuilder()
                    .agent()
                    .owner("AgentRefusalTest")
                    .build();
            GuestOverlay withoutAgent = GuestOverlay.standard().without(OverlayPart.AGENT);
            assertRefused(stemcells, spec.toBuilder().withoutBoot().build(), "it is not to be booted");
            assertRefused(
                    stemcells,
                    spec.toBuilder().network(ContainerSpec.NO_NETWORK).build(),
                    "it has no network to speak to it");
            assertRefused(stemcells, spec.toBuilder().agentSettings("{}").build(), "it has settings of its own, too");
            assertRefused(
                    stemcells,
                    spec.toBuilder().overlay(withoutAgent).build(),
                    "the part AGENT is left out of its overlay");
            assertThat(TestMachine.instancesOf("AgentRefusalTest")).isEmpty();
        }
    }

    private static void assertRefused(Stemcells stemcells, ContainerSpec spec, String why) {
        assertThatThrownBy(() -> stemcells.launch(spec))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith("An agent is to be started in the container for AgentRefusalTest, but " + why);
    }

    @Test
    void isSpokenToWithItsOwnCertificateAndPasswordOnly() {
        try (Stemcells stemcells = TestMachine.stemcells().connect();
                StemcellContainer stemcell = stemcells.launch(TestMachine.spec().toBuilder()
                        .agentSettings(MADE.json())
                        .build())) {
            // Also with settings that a test has from elsewhere.
            stemcell.agent().awaitPing();

            AgentSettings foreign = AgentSettings.generate("foreign", Optional.empty());
            assertThatThrownBy(() -> of(stemcell, foreign).ping())
                    .isInstanceOf(AgentException.class)
                    .hasMessageStartingWith("Asked for ping, the agent of '" + stemcell.name() + "' on "
                            + stemcell.address().getHostAddress()
                            + ":6868 is not to be trusted: it shows a certificate of 'CN=other', which is not the one in the"
                            + " settings that it was given");

            AgentSettings mistyped = AgentSettings.of(MADE.json().replaceFirst("https://\\w+:", "https://nobody:"));
            assertThatThrownBy(() -> of(stemcell, mistyped).ping())
                    .isInstanceOf(AgentException.class)
                    .hasMessageContaining("refuses the user and the password of the settings that it was given");
        }
    }

    private static Agent of(StemcellContainer stemcell, AgentSettings settings) {
        return Agent.of(
                stemcell.open(),
                stemcell::address,
                port -> new InetSocketAddress(stemcell.address(), port),
                settings,
                NO_CACHE);
    }

    @Test
    void isNotSpokenToByOtherMeansThanHttps() throws Exception {
        try (Incus incus = Incus.connect()) {
            Instance guest = incus.instance("some");
            Inet4Address address = (Inet4Address) InetAddress.getByName("127.0.0.1");
            for (String settings : new String[] {"{\"mbus\": \"nats://10.0.0.6:4222\"}", "{}"}) {
                assertThatThrownBy(() -> Agent.of(
                                guest,
                                () -> address,
                                port -> new InetSocketAddress(address, port),
                                AgentSettings.of(settings),
                                NO_CACHE))
                        .isInstanceOf(IncusStemcellException.class)
                        .hasMessage(
                                "The agent of 'some' cannot be spoken to: there is no mbus that begins with https:// in"
                                        + " the settings that the test gave it. Write agent = true instead of agentSettings, which"
                                        + " makes them");
            }
            assertThatThrownBy(() -> Agent.of(
                            guest,
                            () -> address,
                            port -> new InetSocketAddress(address, port),
                            AgentSettings.of("{\"mbus\": \"https://u:p@0.0.0.0:6868\"}"),
                            NO_CACHE))
                    .hasMessageContaining("there is no certificate that can be read in env.bosh.mbus.cert.certificate");
        }
        assertThat(MADE).hasToString("settings of an agent");
    }

    @Test
    void deploysNoFolderWithoutMonit(@TempDir Path folder) throws Exception {
        Path job = Files.createDirectories(folder.resolve("web"));

        assertThatThrownBy(() -> JobSpec.rendered(job))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("There is no file 'monit' in the folder " + job);
        Files.createFile(job.resolve("monit"));
        assertThat(JobSpec.rendered(job).name()).isEqualTo("web");
        assertThatThrownBy(() -> JobSpec.rendered("../web", job))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'../web' is no name for a job; write for example web-1");
    }
}
