package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.container.StartTimes;
import io.github.incusstemcell.junit.report.TestReport.Outcome;
import io.github.incusstemcell.junit.report.TestReport.Span;
import io.github.incusstemcell.junit.report.TestReport.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Draws what each test of a run spent its time on: one bar for each, from left to right as the run went on. */
final class Timeline {

    private static final int LABELS = 300;
    private static final int BARS = 830;
    private static final int TOP = 24;
    private static final int LABEL_LENGTH = 46;
    private static final int MANY = 60;
    private static final double NARROWEST = 1.5;

    private final Run run;
    private final int row;
    private final Markup svg = new Markup();
    private final double millis;
    private int y = TOP;

    Timeline(Run run) {
        this.run = run;
        this.row = run.tests().size() > MANY ? 15 : 21;
        this.millis = Math.max(1, run.duration().toMillis());
    }

    static Markup legend() {
        Markup legend = new Markup().raw("<div class=\"legend\">");
        entry(legend, "queue", "connecting, or waiting for its turn");
        entry(legend, "image", "image being prepared");
        entry(legend, "create", "container created and started");
        entry(legend, "boot", "systemd booting");
        entry(legend, "run", "test running");
        entry(legend, "fail", "running, and failed");
        entry(legend, "diag", "diagnostics");
        return legend.raw("</div>");
    }

    private static void entry(Markup legend, String colour, String meaning) {
        legend.raw("<span><i class=\"" + colour + "\"></i>").text(meaning).raw("</span>");
    }

    Markup draw() {
        String group = "";
        for (TestReport test : run.tests()) {
            if (!test.place().className().equals(group)) {
                group = test.place().className();
                label("class", 0, group);
                y += row;
            }
            draw(test);
            y += row;
        }
        int height = y + 6;
        return new Markup()
                .raw("<svg class=\"timeline\" role=\"img\" aria-label=\"Timeline\" width=\"" + (LABELS + BARS + 30)
                        + "\" height=\"" + height + "\">")
                .raw(axis(height).toString())
                .raw(svg.toString())
                .raw("</svg>");
    }

    private void draw(TestReport test) {
        label(test.outcome() == Outcome.FAILED ? "failed" : "", 14, name(test));
        if (!test.isClass()) {
            bar(test.outcome() == Outcome.FAILED ? "fail" : "run", test.begin(), test.end(), told(test));
        }
        test.waits().forEach(wait -> draw(test, wait));
        for (Span span : test.diagnosing()) {
            bar("diag", span.begin(), span.end(), "diagnostics: " + ReportText.duration(span.duration()));
        }
    }

    static String name(TestReport test) {
        if (test.isClass()) {
            return "for the class";
        }
        String method = test.place().testName();
        String shown = test.place().displayName();
        return shown.startsWith(method + "(") || shown.equals(method) ? method : method + " " + shown;
    }

    private static String told(TestReport test) {
        return test.place() + ": " + ReportText.duration(test.waiting()) + " waiting, "
                + ReportText.duration(test.running()) + " running, " + ReportText.duration(test.diagnosingTime())
                + " diagnostics";
    }

    /** A test may wait for a container that another one has had started before it. */
    private void draw(TestReport test, Wait wait) {
        String title = wait.container().isEmpty() ? "none" : wait.container();
        bar("queue", wait.begin(), wait.end(), told(test) + "; waited for: " + title);
        if (wait.times().isPresent()) {
            StartTimes times = wait.times().get();
            part("image", wait, times.begin(), times.imagePrepared(), title + ": image");
            part("create", wait, times.imagePrepared(), times.started(), title + ": created and started");
            part("boot", wait, times.started(), times.booted(), title + ": booted");
        }
    }

    private void part(String colour, Wait wait, Instant begin, Instant end, String title) {
        Instant from = begin.isBefore(wait.begin()) ? wait.begin() : begin;
        Instant to = end.isAfter(wait.end()) ? wait.end() : end;
        if (from.isBefore(to)) {
            bar(colour, from, to, title + " in " + ReportText.duration(Duration.between(begin, end)));
        }
    }

    private void label(String style, int indent, String text) {
        String cut = text.length() > LABEL_LENGTH ? text.substring(0, LABEL_LENGTH - 1) + "…" : text;
        svg.raw("<text class=\"" + style + "\" x=\"" + indent + "\" y=\"" + (y + row - 6) + "\">")
                .text(cut)
                .raw("</text>\n");
    }

    private void bar(String colour, Instant begin, Instant end, String title) {
        double width = Math.max(NARROWEST, x(end) - x(begin));
        svg.raw(String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"><title>",
                        colour,
                        x(begin),
                        y + 3,
                        width,
                        row - 6))
                .text(title)
                .raw("</title></rect>\n");
    }

    private double x(Instant moment) {
        return LABELS + BARS * Duration.between(run.begin(), moment).toMillis() / millis;
    }

    /** Lines at round moments, five to ten of them. */
    private Markup axis(int height) {
        Markup axis = new Markup();
        double step = 100;
        for (int i = 0; millis / step > 10; i++) {
            step *= i % 3 == 1 ? 2.5 : 2;
        }
        for (double at = 0; at <= millis; at += step) {
            double x = LABELS + BARS * at / millis;
            axis.raw(String.format(
                    Locale.ROOT,
                    "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/><text x=\"%1$.1f\" y=\"12\""
                            + " text-anchor=\"middle\">%4$s</text>\n",
                    x,
                    TOP - 6,
                    height,
                    step < 1_000 ? String.format(Locale.ROOT, "%.1f s", at / 1_000) : Math.round(at / 1_000) + " s"));
        }
        return axis;
    }
}
