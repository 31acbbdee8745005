package io.github.incusstemcell.samples;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.container.Stemcells;

/** A program without JUnit and AssertJ. */
public final class BootStemcell {

    private BootStemcell() {}

    public static void main(String[] arguments) {
        try (Stemcells stemcells = Stemcells.builder().connect();
                StemcellContainer stemcell = stemcells.launch(ContainerSpec.of(arguments[0]))) {
            System.out.println(stemcell.name() + " has " + stemcell.address().getHostAddress());
            System.out.print(stemcell.shell("systemctl list-units --failed | cat")
                    .requireSuccess()
                    .stdout());
        }
    }
}
