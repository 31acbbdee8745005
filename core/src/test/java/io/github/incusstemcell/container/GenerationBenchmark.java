package io.github.incusstemcell.container;

import io.github.incusstemcell.oci.ImageReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How long each generation of stemcells boots, with the whole overlay, beside the first one that is named, in turn. No test, and not run
 * with them: {@code dev/bench}.
 */
class GenerationBenchmark {

    private static final int ROUNDS = 11;

    @Test
    void boots() {
        Map<String, List<Long>> times = new LinkedHashMap<>();
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            // The first round prepares images and computes host keys, and does not count.
            for (int round = 0; round <= ROUNDS; round++) {
                for (String image : TestMachine.generations()) {
                    long millis = boot(stemcells, image);
                    if (round > 0) {
                        times.computeIfAbsent(image, key -> new ArrayList<>()).add(millis);
                    }
                }
            }
        }
        long first = median(times.values().iterator().next());
        times.forEach((image, millis) -> System.out.printf(
                "boot of %s, median of %d: %d ms (%d to %d), ratio %.2f%n",
                image, ROUNDS, median(millis), millis.get(0), millis.get(ROUNDS - 1), (double) median(millis) / first));
    }

    private static long boot(Stemcells stemcells, String image) {
        try (StemcellContainer stemcell = stemcells.launch(ContainerSpec.of(ImageReference.parse(image)))) {
            StartTimes times = stemcell.startTimes();
            return Duration.between(times.started(), times.booted()).toMillis();
        }
    }

    private static long median(List<Long> millis) {
        millis.sort(null);
        return millis.get(millis.size() / 2);
    }
}
