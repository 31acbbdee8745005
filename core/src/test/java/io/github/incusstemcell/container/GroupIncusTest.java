package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.incus.ClientIdentity;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.ImageReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same path for a member of group {@code incus}, who is confined to a restricted project: there is a pool and a network to
 * use, none to create, and nothing low-level.
 */
class GroupIncusTest {

    private static Stemcells stemcells;

    @BeforeAll
    static void connect() {
        stemcells = TestMachine.stemcells().endpoint(endpoint()).connect();
    }

    @AfterAll
    static void close() {
        stemcells.close();
    }

    private static Endpoint endpoint() {
        Path administrators = ((Endpoint.UnixSocket) TestMachine.endpoint()).path();
        return Endpoint.parse(administrators.resolveSibling("unix.socket.user").toString());
    }

    @Test
    void bootsAStemcellWithAnAddressByDhcp() {
        try (StemcellContainer stemcell = stemcells.launch(TestMachine.spec())) {
            assertThat(stemcell.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
            assertThat(stemcell.exec("ip", "-4", "-brief", "address", "show", "eth0")
                            .stdout())
                    .contains(stemcell.address().getHostAddress());
            stemcell.files().writeString("/root/file", "content");
            assertThat(stemcell.files().readString("/root/file")).isEqualTo("content");
        }
    }

    @Test
    void saysThatNoCopyMayBeMadeToLookAtFilesOfWhatDoesNotRun() {
        try (StemcellContainer stemcell =
                stemcells.launch(TestMachine.spec().toBuilder().withoutBoot().build())) {
            assertThat(catchThrowable(() -> stemcell.inspectFiles(Command.of("true"))))
                    .hasMessageContaining("are looked at in a copy of it, and that was refused: ")
                    .hasMessageContaining("raw.lxc (restricted.containers.lowlevel=allow)");
            assertThat(stemcell.state().status()).isEqualTo("Stopped");
        }
    }

    @Test
    void findsTheOneProjectThatItMayUseWhereTheEndpointNamesNone() {
        Endpoint nameless = Endpoint.unixSocket(((Endpoint.UnixSocket) endpoint()).path());
        try (Stemcells others = TestMachine.stemcells().endpoint(nameless).connect();
                StemcellContainer stemcell = others.launch(TestMachine.spec().toBuilder()
                        .network(ContainerSpec.NO_NETWORK)
                        .build())) {
            assertThat(stemcell.exec("hostname").stdout()).isEqualTo(stemcell.name() + "\n");
        }
    }

    @Test
    void saysWhichProjectsThereAreToChooseFrom() {
        String name = "isc-confined-" + UUID.randomUUID().toString().substring(0, 8);
        try (Incus admin = Incus.connect()) {
            List<String> projects = List.of(name + "-a", name + "-b");
            projects.forEach(project -> admin.projects().create(project, Map.of("restricted", "true"), "for a test"));
            String token = admin.certificates().createToken(name, projects);
            try (Incus confined = Incus.join(token, ClientIdentity.generate(name))) {
                assertThat(catchThrowable(() -> TestMachine.stemcells()
                                .endpoint(confined.endpoint())
                                .connect()))
                        .hasMessage("Incus on " + confined.endpoint() + " confines us to the projects " + name + "-a, "
                                + name + "-b. Name one that we may use with incus.stemcell.project");
            } finally {
                admin.certificates().list().stream()
                        .filter(certificate -> certificate.name().equals(name))
                        .forEach(certificate -> admin.certificates().delete(certificate.fingerprint()));
                projects.forEach(project -> admin.projects().delete(project));
            }
        }
    }

    @Test
    void saysThatThereIsNoSuchImageWhereItMayLook() {
        ContainerSpec spec = ContainerSpec.of(ImageReference.parse("incus:nowhere"));

        assertThat(catchThrowable(() -> stemcells.launch(spec))).isInstanceOf(ImageNotFoundException.class);
    }

    @Test
    void saysThatItMayCreateNoNetwork() {
        assertThat(catchThrowable(() -> stemcells.createNetwork("a test")))
                .isInstanceOf(IncusException.class)
                .hasMessageEndingWith("failed: User does not have permission for project \"default\" (403)");
    }
}
