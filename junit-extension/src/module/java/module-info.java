import io.github.incusstemcell.junit.TestPlanListener;
import org.junit.platform.launcher.TestExecutionListener;

/** {@code @IncusStemcell}: a freshly booted stemcell for each test. */
@SuppressWarnings("requires-automatic") // Awaitility has no descriptor, and is named after its jar in all versions.
module io.github.incusstemcell.junit {
    exports io.github.incusstemcell.junit;
    exports io.github.incusstemcell.junit.assertj;

    // JUnit makes the extensions that our annotations name.
    opens io.github.incusstemcell.junit to
            org.junit.platform.commons;

    requires awaitility;
    requires com.fasterxml.jackson.databind;
    requires java.management;
    requires java.net.http;
    requires org.junit.platform.launcher;
    requires org.slf4j;
    requires static org.jspecify;
    requires static org.yaml.snakeyaml;
    requires static transitive org.assertj.core;
    requires transitive io.github.incusstemcell.core;
    requires transitive org.junit.jupiter.api;

    provides TestExecutionListener with
            TestPlanListener;
}
