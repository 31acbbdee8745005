package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.junit.report.TestReport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A run that has ended, with its tests class by class, each in the order of their beginning. */
record Run(Instant begin, Instant end, List<TestReport> tests, List<String> remarks) {

    Run {
        Map<String, Instant> firstOfClass = tests.stream()
                .collect(Collectors.toMap(
                        test -> test.place().className(),
                        TestReport::begin,
                        BinaryOperator.minBy(Comparator.naturalOrder())));
        tests = tests.stream()
                .sorted(Comparator.comparing((TestReport test) ->
                                firstOfClass.get(test.place().className()))
                        .thenComparing(test -> test.place().className())
                        .thenComparing(TestReport::begin))
                .toList();
    }

    /** A class that failed outside its tests counts as one, as it does for those who read what JUnit reports. */
    long count() {
        return tests.stream()
                .filter(test -> !test.isClass() || test.outcome() == Outcome.FAILED)
                .count();
    }

    long failed() {
        return tests.stream().filter(test -> test.outcome() == Outcome.FAILED).count();
    }

    long containers() {
        return tests.stream()
                .flatMap(test -> test.waits().stream())
                .map(TestReport.Wait::container)
                .filter(name -> !name.isEmpty())
                .distinct()
                .count();
    }

    Duration duration() {
        return Duration.between(begin, end);
    }

    Duration sum(Function<TestReport, Duration> part) {
        return tests.stream().map(part).reduce(Duration.ZERO, Duration::plus);
    }
}
