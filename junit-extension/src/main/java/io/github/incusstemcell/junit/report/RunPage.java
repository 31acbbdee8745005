package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.junit.report.TestReport.Outcome;
import io.github.incusstemcell.junit.report.TestReport.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;

/** The page of a run: its failures with what was found out, where its time went, and all its tests. */
final class RunPage {

    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm:ss", Locale.ENGLISH).withZone(ZoneId.systemDefault());

    private final Run run;
    private final Path folder;
    private final Markup body = new Markup();

    RunPage(Run run, Path folder) {
        this.run = run;
        this.folder = folder;
    }

    String html() {
        body.raw("<h1>Incus Stemcell</h1>\n<div class=\"quiet\">")
                .text("Tests of " + TIME.format(run.begin()) + " · process "
                        + ProcessHandle.current().pid() + " · ")
                .raw("<a href=\"../index.html\">all runs</a></div>\n");
        tiles();
        failures();
        remarks();
        body.raw("<h2>Where the time went</h2>\n<div class=\"card\">")
                .raw(Timeline.legend().toString())
                .raw("<div class=\"scroll\">")
                .raw(new Timeline(run).draw().toString())
                .raw("</div></div>\n");
        table();
        return Markup.page("Incus Stemcell: " + run.count() + " tests, " + run.failed() + " failed", body);
    }

    private void tiles() {
        body.raw("<div class=\"tiles\">");
        tile("", Long.toString(run.count()), run.count() == 1 ? "test" : "tests");
        tile(run.failed() > 0 ? "bad" : "", Long.toString(run.failed()), "failed");
        tile("", Long.toString(run.containers()), run.containers() == 1 ? "container" : "containers");
        tile("", ReportText.duration(run.duration()), "from begin to end");
        tile("", ReportText.duration(run.sum(TestReport::waiting)), "waiting for containers, added up");
        tile("", ReportText.duration(run.sum(TestReport::running)), "running tests, added up");
        tile("", ReportText.duration(run.sum(TestReport::diagnosingTime)), "diagnostics, added up");
        body.raw("</div>\n");
    }

    private void tile(String style, String number, String what) {
        body.raw("<div class=\"tile " + style + "\">")
                .element("b", number)
                .element("span class=\"quiet\"", what)
                .raw("</div>");
    }

    private void failures() {
        boolean heading = false;
        for (TestReport test : run.tests()) {
            if (test.outcome() == Outcome.FAILED || !test.diagnoses().isEmpty()) {
                if (!heading) {
                    body.raw(run.failed() > 0 ? "<h2>What failed</h2>\n" : "<h2>What was found out</h2>\n");
                    heading = true;
                }
                failure(test);
            }
        }
    }

    private void remarks() {
        if (!run.remarks().isEmpty()) {
            body.raw("<h2>About this run</h2>\n<div class=\"card\">");
            run.remarks().forEach(remark -> body.element("p", remark));
            body.raw("</div>\n");
        }
    }

    private void failure(TestReport test) {
        boolean failed = test.outcome() == Outcome.FAILED;
        body.raw("<section class=\"card" + (failed ? " failure" : "") + "\" id=\"" + anchor(test) + "\">")
                .element("h3", test.place().className() + " · " + Timeline.name(test));
        if (failed) {
            String trace = test.failure();
            body.element("pre", message(trace));
            if (trace.contains("\n\tat ")) {
                body.raw("<details><summary>Stack trace</summary>")
                        .element("pre", trace)
                        .raw("</details>");
            }
        }
        test.diagnoses().forEach(this::diagnosis);
        body.raw("</section>\n");
    }

    /** A trace up to its first place in the code. */
    private static String message(String trace) {
        int at = trace.indexOf("\n\tat ");
        return (at < 0 ? trace : trace.substring(0, at)).strip();
    }

    private void diagnosis(Diagnosis diagnosis) {
        body.element("pre", diagnosis.summary()).raw("<div class=\"files\">");
        for (Diagnosis.Entry file : diagnosis.files()) {
            if (file.size() > 0) {
                link(diagnosis, file);
            } else {
                body.raw("<span class=\"missing\" title=\"")
                        .text(file.trouble().orElse("it is empty"))
                        .raw("\">")
                        .text(file.title())
                        .raw("</span>");
            }
        }
        body.raw("</div>");
        artifacts(diagnosis);
        if (!diagnosis.lastJournal().isEmpty()) {
            body.raw("<details><summary>End of the journal</summary>")
                    .element("pre", diagnosis.lastJournal())
                    .raw("</details>");
        }
        if (diagnosis.files().stream().anyMatch(file -> file.name().equals("boot.svg") && file.size() > 0)) {
            String picture = Markup.link(folder, diagnosis.folder().resolve("boot.svg"));
            body.raw(
                            "<details><summary>The boot</summary><div class=\"plot\"><img loading=\"lazy\" alt=\"The boot\" src=\"")
                    .raw(picture)
                    .raw("\"></div></details>");
        }
    }

    private void link(Diagnosis diagnosis, Diagnosis.Entry file) {
        body.raw("<a href=\"" + Markup.link(folder, diagnosis.folder().resolve(file.name())) + "\">")
                .text(file.title())
                .raw("</a>");
    }

    private void artifacts(Diagnosis diagnosis) {
        if (diagnosis.artifacts().isEmpty()) {
            return;
        }
        body.raw("<details><summary>Artifacts</summary><ul>");
        for (Diagnosis.Entry file : diagnosis.artifacts()) {
            body.raw("<li>");
            if (file.isThere()) {
                link(diagnosis, file);
            } else {
                body.text(file.title());
            }
            file.trouble().ifPresent(trouble -> body.element("span class=\"quiet\"", " " + trouble));
            body.raw("</li>");
        }
        body.raw("</ul></details>");
    }

    private void table() {
        body.raw(
                        "<h2>All tests</h2>\n<div class=\"card scroll\"><table>\n<tr><th>Test</th><th>Ended</th><th>Container</th>")
                .raw("<th class=\"number\">Waiting</th><th class=\"number\">Running</th>")
                .raw("<th class=\"number\">Diagnostics</th></tr>\n");
        for (TestReport test : run.tests()) {
            body.raw("<tr><td>");
            String name = test.place().className() + " · " + Timeline.name(test);
            if (test.outcome() == Outcome.FAILED) {
                body.raw("<a href=\"#" + anchor(test) + "\">").text(name).raw("</a>");
            } else {
                body.text(name);
            }
            body.raw("</td><td class=\"state\"><i class=\"" + colour(test) + "\"></i>")
                    .text(test.outcome().name().toLowerCase(Locale.ROOT))
                    .raw("</td>")
                    .element("td", containers(test));
            number(test.waiting());
            number(test.running());
            number(test.diagnosingTime());
            body.raw("</tr>\n");
        }
        body.raw("</table></div>\n");
    }

    private static String containers(TestReport test) {
        return test.waits().stream()
                .filter(wait -> !wait.container().isEmpty())
                .map(Wait::container)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private void number(Duration duration) {
        body.element("td class=\"number\"", duration.isZero() ? "" : ReportText.duration(duration));
    }

    private static String colour(TestReport test) {
        return switch (test.outcome()) {
            case PASSED -> "run";
            case FAILED -> "fail";
            case ABORTED -> "queue";
        };
    }

    private String anchor(TestReport test) {
        return "t" + run.tests().indexOf(test);
    }
}
