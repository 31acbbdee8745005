package io.github.incusstemcell.container;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Tests of a class that share a connection. */
abstract class WithStemcells {

    static Stemcells stemcells;

    @BeforeAll
    static void connectToIncus() {
        stemcells = TestMachine.stemcells().connect();
    }

    @AfterAll
    static void closeConnection() {
        stemcells.close();
    }
}
