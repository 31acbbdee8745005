package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.inOurProject;
import static io.github.incusstemcell.junit.Kit.run;

import io.github.incusstemcell.container.StemcellContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The image of this run under two names, since annotations want constants. */
final class TwoImages implements BeforeAllCallback, AfterAllCallback {

    static final String ONE = "incus:matrix-one";
    static final String OTHER = "incus:matrix-other";

    private static volatile String fingerprint;

    @Override
    public void beforeAll(ExtensionContext context) {
        assertSucceeded(run(Prepared.class), 1);
        forget();
        inOurProject(incus -> {
            incus.images().createAlias("matrix-one", fingerprint, "A test");
            incus.images().createAlias("matrix-other", fingerprint, "A test");
        });
    }

    @Override
    public void afterAll(ExtensionContext context) {
        forget();
    }

    private static void forget() {
        inOurProject(incus -> {
            incus.images().deleteAlias("matrix-one");
            incus.images().deleteAlias("matrix-other");
        });
    }

    @IncusStemcell
    static class Prepared {

        @Test
        void test(StemcellContainer stemcell) {
            fingerprint = stemcell.image().fingerprint();
        }
    }
}
