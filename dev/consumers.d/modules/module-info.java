/** As a user has it whose tests are on the module path: {@code open}, since JUnit and the extension reach into test classes. */
open module consumer {
    requires io.github.incusstemcell.junit;
    requires org.assertj.core;
    requires org.junit.jupiter.api;

    // For this test only, which looks up what JUnit looks up.
    requires org.junit.platform.launcher;

    uses org.junit.platform.launcher.TestExecutionListener;
}
