package io.github.incusstemcell.junit;

import io.github.incusstemcell.junit.Configuration.Key;
import io.github.incusstemcell.junit.report.DiagnosticsMode;
import io.github.incusstemcell.junit.report.RunReport;
import io.github.incusstemcell.junit.report.TestReport;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Connects tests with the report of their run. */
final class Reporting {

    private Reporting() {}

    /** The report of a run as it is configured. */
    static RunReport of(Configuration configuration) {
        return new RunReport(
                configuration.word(Key.DIAGNOSTICS, DiagnosticsMode.values()).orElse(DiagnosticsMode.ON_FAILURE),
                configuration.get(Key.DIAGNOSTICS_DIR).map(Path::of));
    }

    /** The report of a test that has ended already. Later than that there is only the page. */
    static TestReport ofClosed(ExtensionContext test) {
        TestReport report = Suite.of(test.getRoot()).report().begin(test);
        report.started();
        report.close();
        return report;
    }

    /**
     * The report of a test or a class. Asked for before anything else of it is put into its store, so that JUnit, which closes in the
     * opposite order, ends it last.
     */
    static TestReport of(ExtensionContext context) {
        return Stores.computeIfAbsent(
                context, List.of("report", context.getUniqueId()), TestReport.class, () -> Suite.of(context)
                        .report()
                        .begin(context));
    }
}
