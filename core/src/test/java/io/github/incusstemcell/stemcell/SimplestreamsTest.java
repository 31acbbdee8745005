package io.github.incusstemcell.stemcell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that the real daemon fetches from a simplestreams server of ours. */
class SimplestreamsTest {

    private static final ImageReference DEBIAN = ImageReference.parse("images:debian/13");

    @Test
    void hasTheDaemonFetchAnImageOnce(@TempDir Path folder) throws Exception {
        try (TestProject project = new TestProject();
                SimplestreamsServer server = new SimplestreamsServer(folder);
                OciImages sources = OciImages.builder().build()) {
            StemcellImages images = images(project, sources, server.asImageServer());
            server.publish("debian/13", ForeignImage.unified(project.name()));

            StemcellImage first = images.prepare(DEBIAN, GuestOverlay.standard());
            StemcellImage again = images.prepare(DEBIAN, GuestOverlay.standard());

            assertThat(again).isEqualTo(first);
            assertThat(first.fingerprint()).isEqualTo(server.published());
            assertThat(server.downloads()).isEqualTo(1);
            assertThat(project.images().get(0).properties())
                    .containsEntry("incus-stemcell.source", "images:debian/13")
                    .containsKey("incus-stemcell.last-used");
        }
    }

    @Test
    void tellsHowFarTheDaemonIs(@TempDir Path folder) throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (TestProject project = new TestProject();
                SimplestreamsServer server = new SimplestreamsServer(folder);
                OciImages sources = OciImages.builder().build()) {
            server.publish("debian/13", ForeignImage.unified(project.name()));
            CountDownLatch told = new CountDownLatch(1);
            server.pauseHalfwayUntil(told);

            new StemcellImages(
                            project.incus(),
                            sources,
                            server.asImageServer(),
                            (what, done, total) -> {
                                heard.add(what + " " + done + "/" + total);
                                if (what.startsWith("Downloading")) {
                                    told.countDown();
                                }
                            },
                            Optional.empty())
                    .prepare(DEBIAN, GuestOverlay.standard());
        }

        assertThat(heard).startsWith("Preparing images:debian/13 0/-1").endsWith("Preparing images:debian/13 1/1");
        assertThat(heard.subList(1, heard.size() - 1))
                .isNotEmpty()
                .allMatch(report -> report.matches("Downloading image \\((metadata|rootfs)\\) [0-9]{1,3}/100"));
    }

    @Test
    void saysWhatTheDaemonSaidOfAServerItDoesNotTrust(@TempDir Path folder) throws Exception {
        try (TestProject project = new TestProject();
                SimplestreamsServer server = new SimplestreamsServer(folder);
                OciImages sources = OciImages.builder().build()) {
            StemcellImages images = images(project, sources, new ImageServer(server.url(), Optional.empty()));

            assertThat(catchThrowable(() -> images.prepare(DEBIAN, GuestOverlay.standard())))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith("Incus on " + project.incus().endpoint()
                            + " could not fetch images:debian/13 from " + server.url() + ": ")
                    .hasMessageContaining("certificate signed by unknown authority")
                    .hasMessageEndingWith(
                            ". The daemon fetches it by itself: its machine has to reach that server, and to"
                                    + " trust it or be told its certificate (incus.stemcell.image.server.certificate)");
        }
    }

    @Test
    void takesOnlyHttps() {
        assertThat(catchThrowable(() -> new ImageServer("http://127.0.0.1", Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The server of images has to be an https address, but 'http://127.0.0.1' is none: Incus takes"
                                + " no other");
    }

    private static StemcellImages images(TestProject project, OciImages sources, ImageServer server) {
        return new StemcellImages(project.incus(), sources, server, Progress.none(), Optional.empty());
    }
}
