package io.github.incusstemcell.bench;

import io.github.incusstemcell.bench.Comparison.Round;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table of {@code dev/bench}, of the rounds that {@link Comparison} has written down. */
final class Table {

    private static final List<String> COLUMNS = List.of(
            "wall_ratio", "cpu_ratio", "row", "variant", "rounds", "median_s", "least_s", "most_s", "mean_cpu_s");

    private final Map<String, Map<String, Map<String, List<Double>>>> rows = new LinkedHashMap<>();
    private final Set<String> others = new TreeSet<>();

    private Table() {}

    /** Takes the file that gets it, and those with the rounds; prints it, too. */
    public static void main(String... files) throws IOException {
        Table table = new Table();
        for (String rounds : Arrays.asList(files).subList(1, files.length)) {
            Files.readAllLines(Path.of(rounds)).stream().skip(1).forEach(table::add);
        }
        List<List<String>> lines = table.lines();
        Files.write(
                Path.of(files[0]),
                lines.stream().map(line -> String.join(",", line)).toList());
        int[] widths = IntStream.range(0, lines.get(0).size())
                .map(column -> lines.stream()
                        .mapToInt(line -> line.get(column).length())
                        .max()
                        .orElseThrow())
                .toArray();
        lines.forEach(line -> System.out.println(IntStream.range(0, widths.length)
                .mapToObj(column -> String.format("%-" + widths[column] + "s", line.get(column)))
                .collect(Collectors.joining("  "))));
    }

    private void add(String line) {
        String[] fields = line.split(",");
        rows.computeIfAbsent(fields[0], none -> new LinkedHashMap<>())
                .computeIfAbsent(fields[1], none -> new TreeMap<>())
                .computeIfAbsent(fields[3], none -> new ArrayList<>())
                .add(Double.valueOf(fields[4]));
        others.add(fields[3]);
        others.removeAll(List.of(Round.WALL, Round.PROCESSOR));
    }

    private List<List<String>> lines() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(new ArrayList<>(COLUMNS));
        lines.get(0).addAll(others);
        rows.forEach((row, variants) -> {
            Map<String, List<Double>> ours = variants.values().iterator().next();
            variants.forEach((variant, figures) -> lines.add(line(row, variant, figures, ours)));
        });
        return lines;
    }

    /** Its ratios are those of ours to this variant. */
    private List<String> line(
            String row, String variant, Map<String, List<Double>> figures, Map<String, List<Double>> ours) {
        List<Double> walls = figures.get(Round.WALL).stream().sorted().toList();
        double processor = mean(figures.get(Round.PROCESSOR));
        boolean isOurs = figures.equals(ours);
        List<String> line = new ArrayList<>(List.of(
                isOurs ? "" : number(median(ours.get(Round.WALL)) / median(walls)),
                isOurs ? "" : number(mean(ours.get(Round.PROCESSOR)) / processor),
                row,
                variant,
                "" + walls.size(),
                number(median(walls)),
                number(walls.get(0)),
                number(walls.get(walls.size() - 1)),
                number(processor)));
        others.forEach(name -> line.add(figures.containsKey(name) ? number(median(figures.get(name))) : ""));
        return line;
    }

    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** Of processors, whose time is counted in hundredths of a second: what is shorter has no median. */
    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** To three digits or more; nothing where it was divided by nothing. */
    private static String number(double value) {
        int decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "";
    }
}
