package io.github.incusstemcell.container;

import io.github.incusstemcell.bench.Comparison;
import io.github.incusstemcell.oci.ImageReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a launch of each generation of stemcells takes, with the whole overlay, beside the default one, and how long it boots. */
class GenerationBenchmark {

    @Test
    void boots() throws Exception {
        List<String> generations = TestMachine.generations();
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            Comparison launches = new Comparison(getClass(), "launch of each generation");
            for (String image : generations) {
                launches.variant(image.substring(image.lastIndexOf('/') + 1), round -> launch(stemcells, image, round));
            }
            // The first round prepares images and computes host keys.
            launches.run(1, 5);
        }
    }

    private static void launch(Stemcells stemcells, String image, Comparison.Round round) throws Exception {
        try (StemcellContainer stemcell = stemcells.launch(ContainerSpec.of(ImageReference.parse(image)))) {
            round.end();
            StartTimes times = stemcell.startTimes();
            round.figure(
                    "boot_ms", Duration.between(times.started(), times.booted()).toMillis());
        }
    }
}
