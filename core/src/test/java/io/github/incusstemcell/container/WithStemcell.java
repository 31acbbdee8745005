package io.github.incusstemcell.container;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInfo;

/** Tests of a class that share a container, too, whose owner is the class by its simple name. */
abstract class WithStemcell extends WithStemcells {

    static StemcellContainer stemcell;

    @BeforeAll
    static void launchStemcell(TestInfo test) {
        String owner = test.getTestClass().orElseThrow().getSimpleName();
        stemcell = stemcells.launch(TestMachine.spec().toBuilder().owner(owner).build());
    }

    @AfterAll
    static void closeStemcell() {
        if (stemcell != null) {
            stemcell.close();
            stemcell = null;
        }
    }
}
