package io.github.incusstemcell.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One row of the table of {@code dev/bench}: ours, which is the first variant, and in turn with it what it is compared with. A benchmark is
 * no test: its figures are for people, and judged by nobody. Each round is written down as it ends, below {@code target/bench}; {@link
 * Table} makes the table of them.
 */
public final class Comparison {

    /** What a variant does in a round. */
    public interface Work {
        void run(Round round) throws Exception;
    }

    private final Class<?> benchmark;
    private final String row;
    private final Map<String, Work> variants = new LinkedHashMap<>();
    private final Map<String, List<Round>> measured = new LinkedHashMap<>();

    /** The row has no comma in it. */
    public Comparison(Class<?> benchmark, String row) {
        this.benchmark = benchmark;
        this.row = row;
    }

    /** Ours comes first. */
    public Comparison variant(String name, Work work) {
        variants.put(name, work);
        return this;
    }

    public Comparison run(int rounds) throws Exception {
        return run(0, rounds);
    }

    /** The first rounds only warm up. Of the others there are as many as {@code INCUS_STEMCELL_DEV_BENCH_ROUNDS} says, if it says any. */
    public Comparison run(int warmUp, int rounds) throws Exception {
        String wanted = System.getenv("INCUS_STEMCELL_DEV_BENCH_ROUNDS");
        int last = wanted == null ? rounds : Integer.parseInt(wanted);
        for (int number = 1 - warmUp; number <= last; number++) {
            for (Map.Entry<String, Work> variant : variants.entrySet()) {
                Round round = new Round();
                round.begin();
                variant.getValue().run(round);
                round.end();
                if (number > 0) {
                    add(variant.getKey(), round);
                }
            }
        }
        return this;
    }

    /** Makes a row of what each further one takes, of so many that this row has more than that; for the variants that both have. */
    public Comparison slope(String name, Comparison fewer, double more) throws IOException {
        Comparison slope = new Comparison(benchmark, name);
        for (String variant : measured.keySet()) {
            if (fewer.measured.containsKey(variant)) {
                for (int i = 0; i < rounds(variant).size(); i++) {
                    Round many = rounds(variant).get(i);
                    Round few = fewer.rounds(variant).get(i);
                    slope.add(
                            variant,
                            new Round((many.wall() - few.wall()) / more, (many.processor() - few.processor()) / more));
                }
            }
        }
        return slope;
    }

    public List<Round> rounds(String variant) {
        return measured.get(variant);
    }

    /** Writes down a round, which may be computed of others. */
    public void add(String variant, Round round) throws IOException {
        List<Round> rounds = measured.computeIfAbsent(variant, none -> new ArrayList<>());
        rounds.add(round);
        Path record = Path.of("target/bench", benchmark.getSimpleName() + ".csv");
        if (Files.notExists(record)) {
            Files.createDirectories(record.getParent());
            Files.writeString(record, "row,variant,round,figure,value\n");
        }
        for (Map.Entry<String, Double> figure : round.figures.entrySet()) {
            String line = String.join(",", row, variant, "" + rounds.size(), figure.getKey(), "" + figure.getValue());
            Files.writeString(record, line + "\n", StandardOpenOption.APPEND);
        }
    }

    /** What one variant took in one round. */
    public static final class Round {

        static final String WALL = "wall_s";
        static final String PROCESSOR = "cpu_s";

        private final Map<String, Double> figures = new TreeMap<>();
        private long began;
        private double busy;

        private Round() {}

        /** One that was computed: seconds by the clock, and of the processors. */
        public Round(double wall, double processor) {
            figure(WALL, wall);
            figure(PROCESSOR, processor);
        }

        public double wall() {
            return figures.get(WALL);
        }

        public double processor() {
            return figures.get(PROCESSOR);
        }

        /** What was done until now was only to prepare it. */
        public void begin() throws IOException {
            busy = busy();
            began = System.nanoTime();
        }

        /** What is done from now on only cleans up. */
        public void end() throws IOException {
            if (!figures.containsKey(WALL)) {
                figure(WALL, (System.nanoTime() - began) / 1e9);
                figure(PROCESSOR, busy() - busy);
            }
        }

        /** Another figure, with its unit in its name. */
        public void figure(String name, double value) {
            figures.put(name, value);
        }

        /** Runs a program; where it prints lines as {@code figure wait_ms 312}, they are figures: of several with one name their median. */
        public void program(List<String> command) throws Exception {
            Map<String, List<Double>> printed = new LinkedHashMap<>();
            Program.run(command).lines().map(line -> line.split(" ")).forEach(words -> {
                if (words.length == 3 && words[0].equals("figure")) {
                    printed.computeIfAbsent(words[1], none -> new ArrayList<>()).add(Double.valueOf(words[2]));
                }
            });
            printed.forEach((name, values) -> figure(name, Table.median(values)));
        }

        /**
         * In seconds, of all processors of the machine since its boot, all but idle and waiting for disks. proc_stat(5) counts in
         * hundredths, USER_HZ.
         */
        private static double busy() throws IOException {
            String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
            return IntStream.of(1, 2, 3, 6, 7)
                            .mapToLong(i -> Long.parseLong(ticks[i]))
                            .sum()
                    / 100.0;
        }
    }
}
