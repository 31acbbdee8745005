package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.NetworkInfo;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a run with many tests in parallel, which is to be nothing; with more of them in {@link Soak}. */
class LeakTest {

    private static final int CLASSES = 2;

    @TempDir
    private Path temporary;

    @Test
    void leavesNothing() throws Exception {
        leavesNothing(CLASSES, 0, temporary);
    }

    /**
     * Runs them again and again, for so many minutes, or once.
     *
     * @return what the run said about its rounds and its waits
     */
    static List<String> leavesNothing(int classes, int minutes, Path temporary)
            throws IOException, InterruptedException {
        int images = Kit.images().size();
        // A daemon that was killed as a container stopped, by another test, leaves one for ever.
        List<String> ports = bridgePorts();
        Process process = Kit.java(
                "-Djava.io.tmpdir=" + temporary, "-XX:-UsePerfData", Load.class.getName(), "" + classes, "" + minutes);
        String log = new String(process.getInputStream().readAllBytes());

        assertThat(process.waitFor()).as(log).isZero();
        assertThat(log).contains("\nthreads: []\n", "\nfiles: 0\n");
        assertThat(Kit.instancesOf(process.pid())).isEmpty();
        assertThat(Kit.networksOf(process.pid())).isEmpty();
        assertThat(temporary).isEmptyDirectory();
        assertThat(Kit.images()).hasSizeLessThanOrEqualTo(Math.max(1, images));
        assertThat(bridgePorts()).isSubsetOf(ports);
        return log.lines()
                .filter(line -> line.startsWith("round: ") || line.startsWith("waits: "))
                .toList();
    }

    /** The host's ends of the guests' network devices, on all bridges that the daemon has made, which are those of the default project. */
    static List<String> bridgePorts() {
        try (Incus incus = Incus.connect()) {
            return incus.networks().list().stream()
                    .filter(NetworkInfo::isManaged)
                    .map(network -> new File("/sys/class/net/" + network.name() + "/brif").list())
                    .filter(Objects::nonNull)
                    .flatMap(Stream::of)
                    .toList();
        }
    }
}
