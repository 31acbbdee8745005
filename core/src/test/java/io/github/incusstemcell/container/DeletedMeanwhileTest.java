package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.oci.ImageNotFoundException;
import io.github.incusstemcell.oci.ImageReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What others change while a run goes on. */
@Timeout(180)
class DeletedMeanwhileTest {

    private final String project = "isc-gone-" + UUID.randomUUID().toString().substring(0, 8);
    private final Incus incus = Incus.connect();

    @BeforeEach
    void create() {
        incus.projects().create(project, Map.of("features.images", "true", "features.profiles", "true"), "A test");
    }

    @AfterEach
    void delete() {
        incus.projects().find(project).ifPresent(there -> {
            deleteImages();
            incus.projects().delete(project);
        });
        incus.close();
    }

    private void deleteImages() {
        Incus there = incus.project(project);
        there.images().list().forEach(image -> there.images().delete(image.fingerprint()));
    }

    @Test
    void imagesAreMadeAnewAndOfAProjectItIsTold() {
        ContainerSpec spec =
                TestMachine.spec().toBuilder().network(ContainerSpec.NO_NETWORK).build();
        try (Stemcells stemcells = TestMachine.stemcells().project(project).connect()) {
            stemcells.prepare(spec);
            deleteImages();

            try (StemcellContainer stemcell = stemcells.launch(spec)) {
                assertThat(stemcell.exec("true").isSuccess()).isTrue();
            }

            deleteImages();
            incus.projects().delete(project);
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> stemcells.launch(spec))
                        .isInstanceOf(IncusStemcellException.class)
                        .hasMessage("The project '" + project + "' on " + incus.endpoint()
                                + " was deleted while containers of this run were in it, or still to come. Create it again"
                                + " with: incus project create " + project);
            }
        }
    }

    @Test
    void whatIsRefusedIsAskedForOnceWhereAnotherImageHasFailed(@TempDir Path folder) throws Exception {
        AtomicInteger created = new AtomicInteger();
        try (InFrontOfIncus front = new InFrontOfIncus(folder, request -> {
                    if (request.startsWith("POST /1.0/instances?")) {
                        created.incrementAndGet();
                    }
                });
                Stemcells stemcells =
                        TestMachine.stemcells().endpoint(front.endpoint()).connect()) {
            assertThatThrownBy(() -> stemcells.prepare(ContainerSpec.of("oci:" + folder + "/there-is-none:1")))
                    .isInstanceOf(IncusStemcellException.class);

            assertThatThrownBy(() -> stemcells.launch(TestMachine.spec().toBuilder()
                            .config("limits.nonsense", "1")
                            .build()))
                    .hasMessageContaining("limits.nonsense");

            assertThat(created).hasValue(1);
        }
    }

    @Test
    void settingsCountForConnectionsThatComeOnly() {
        Stemcells.Builder builder = TestMachine.stemcells();
        ContainerSpec elsewhere = ContainerSpec.builder(ImageReference.parse("incus:there-is-none"))
                .location(Location.DEFAULT.withProject(project))
                .build();
        try (Stemcells stemcells = builder.connect()) {
            builder.storagePool("there-is-none");

            assertThatThrownBy(() -> stemcells.prepare(elsewhere)).isInstanceOf(ImageNotFoundException.class);
        }
    }

    @Test
    void anAddressIsWaitedForWithoutTheProgramThatWaitsForIt() {
        ContainerSpec spec =
                TestMachine.spec().toBuilder().network(ContainerSpec.NO_NETWORK).build();
        try (Stemcells stemcells = TestMachine.stemcells().project(project).connect();
                StemcellContainer stemcell = stemcells.launch(spec)) {
            stemcell.exec("rm", "/usr/lib/systemd/systemd-networkd-wait-online").requireSuccess();
            Instance instance = incus.project(project).instance(stemcell.name());
            Instant begin = Instant.now();

            assertThatThrownBy(() -> GuestAddress.byDhcp(instance, Deadline.in(Duration.ofSeconds(2))))
                    .isInstanceOf(StartupTimeoutException.class)
                    .hasMessageStartingWith("The container '" + stemcell.name()
                            + "' has no IPv4 address on eth0 after 2s: it has no systemd-networkd-wait-online, so");
            assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofSeconds(2));
        }
    }
}
