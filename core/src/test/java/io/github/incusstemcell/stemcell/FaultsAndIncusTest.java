package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.InFrontOfIncus;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.oci.Digest;
import io.github.incusstemcell.oci.FaultyRegistry;
import io.github.incusstemcell.oci.FaultyRegistry.Answer;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.Rootfs;
import io.github.incusstemcell.oci.SourceImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a registry does, Incus gets the right image or none. */
class FaultsAndIncusTest {

    private final TestProject project = new TestProject();
    private final byte[] layer = layer("etc/motd", 200_000);

    @TempDir
    private Path cache;

    private FaultyRegistry registry;
    private OciImages sources;
    private StemcellImages images;

    @BeforeEach
    void start() throws IOException {
        registry = new FaultyRegistry();
        sources = registry.images(cache);
        images = TestProject.imagesOf(project.incus(), sources);
    }

    @AfterEach
    void stop() {
        sources.close();
        registry.close();
        project.close();
    }

    @Test
    void getsNoImageOfABrokenLayer() {
        Map<String, Answer> faults = new LinkedHashMap<>();
        faults.put("truncated", FaultyRegistry.whole(Arrays.copyOf(layer, layer.length - 1)));
        faults.put("wrong", FaultyRegistry.whole(changed(layer)));
        faults.put("too long", FaultyRegistry.whole(Arrays.copyOf(layer, layer.length + 1)));
        faults.put("broken off", FaultyRegistry.brokenAfter(layer, 100));
        faults.put("redirected for ever", exchange -> FaultyRegistry.status(
                        307, "Location", exchange.getRequestURI().toString())
                .send(exchange));
        for (int status : List.of(401, 403, 404, 429, 500)) {
            faults.put("answered by " + status, FaultyRegistry.status(status));
        }
        faults.forEach((name, fault) -> {
            registry.image("single", "1", List.of(layer), List.of());
            registry.blob("single", layer, fault);
            assertFails("single", name);
            byte[] lower = layer("etc/issue", 1000);
            registry.image("merged", "1", List.of(lower, layer), List.of());
            registry.blob("merged", layer, fault);
            assertFails("merged", name);
        });
    }

    @Test
    void getsNoImageOfLayersThatAreOthersThanTheirConfigurationSays() {
        Digest other = Digest.sha256(new byte[1]);
        registry.image("single", "1", List.of(layer), List.of(other));
        assertFails("single", "another diff_id");
        registry.image("merged", "1", List.of(layer, layer("etc/issue", 1000)), List.of(other, other));
        assertFails("merged", "other diff_ids");
    }

    @Test
    void getsTheRightImageOverConnectionsThatBreak() throws IOException {
        registry.image("whole", "1", List.of(layer), List.of());
        registry.image("broken", "1", List.of(layer), List.of());
        Random random = new Random(11);
        registry.blob("broken", layer, exchange -> FaultyRegistry.brokenAfter(layer, 6_000 + random.nextInt(60_000))
                .send(exchange));

        String broken = prepare("broken").fingerprint();

        project.incus().images().delete(broken);
        assertThat(prepare("whole").fingerprint()).isEqualTo(broken);
    }

    @Test
    void getsNoImageWhoseBytesBreakOnTheirWayToIncus() {
        registry.image("single", "1", List.of(layer), List.of());
        SourceImage source = sources.resolve(reference("single"));
        GuestOverlay overlay = GuestOverlay.standard();
        ImageIdentity identity = new ImageIdentity(source.digest().toString(), source.architecture(), overlay.digest());

        for (OptionalLong size : List.of(OptionalLong.of(layer.length), OptionalLong.empty())) {
            assertThatThrownBy(() -> images.upload(new Breaking(layer, size), source, identity, overlay))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageContaining("the disk is broken");
            assertThat(project.images()).isEmpty();
        }
    }

    @Test
    void doesWithoutAnAliasThatCannotBeGiven(@TempDir Path folder) throws IOException {
        registry.image("single", "1", List.of(layer), List.of());
        try (InFrontOfIncus front = new InFrontOfIncus(folder, request -> {
                    if (request.startsWith("POST /1.0/images/aliases")) {
                        throw new InFrontOfIncus.Lost();
                    }
                });
                Incus incus = Incus.connect(front.endpoint())) {
            StemcellImage image = TestProject.imagesOf(incus.project(project.name()), sources)
                    .prepare(reference("single"), GuestOverlay.standard());

            assertThat(project.images()).extracting(ImageInfo::fingerprint).containsExactly(image.fingerprint());
            assertThat(project.images().get(0).aliases()).isEmpty();
        }
    }

    /** A root file system whose last bytes cannot be read. */
    private record Breaking(byte[] content, OptionalLong size) implements Rootfs {

        @Override
        public InputStream open() {
            return new SequenceInputStream(
                    new ByteArrayInputStream(content, 0, content.length - 10), new InputStream() {
                        @Override
                        public int read() throws IOException {
                            throw new IOException("the disk is broken");
                        }
                    });
        }

        @Override
        public Optional<Digest> digest() {
            return Optional.empty();
        }
    }

    private void assertFails(String repository, String fault) {
        assertThatThrownBy(() -> prepare(repository))
                .as(fault)
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageContaining(registry.host() + "/" + repository + ":1");
        assertThat(project.images()).as(fault).isEmpty();
        assertThat(project.incus().instances().list()).as(fault).isEmpty();
    }

    private StemcellImage prepare(String repository) {
        return images.prepare(reference(repository), GuestOverlay.standard());
    }

    private ImageReference reference(String repository) {
        return ImageReference.parse(registry.host() + "/" + repository + ":1");
    }

    private static byte[] changed(byte[] content) {
        byte[] changed = content.clone();
        changed[changed.length / 2] ^= 1;
        return changed;
    }

    /** A layer with one file of noise, so that it stays about as large when it is compressed. */
    private static byte[] layer(String name, int size) {
        byte[] noise = new byte[size];
        new Random(7).nextBytes(noise);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(size);
            tar.putArchiveEntry(entry);
            tar.write(noise);
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new IllegalStateException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
