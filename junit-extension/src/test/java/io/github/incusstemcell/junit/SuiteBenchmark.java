package io.github.incusstemcell.junit;

import io.github.incusstemcell.bench.Comparison;
import io.github.incusstemcell.bench.Comparison.Round;
import io.github.incusstemcell.bench.Program;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What suites of small tests take, from the start of their JVM to its end, and how long their tests wait for their machines; beside a shell
 * script that does the same by the {@code incus} command, with the image that ours has prepared, and deletes in the background.
 */
class SuiteBenchmark {

    private static final int ROUNDS = 3;
    private static final int TESTS = 40;
    private static final int FEW_TESTS = 8;
    private static final int MACHINES = 3;
    private static final Suite ONE = new Suite("One", 1);
    private static final Suite EIGHT = new Suite("Eight", FEW_TESTS);
    private static final Suite FORTY = new Suite("Forty", TESTS);
    private static final String DIR_POOL = "dir-bench";

    /** The image and the network are there from now on. */
    @BeforeAll
    static void prepare() throws Exception {
        Program.run(Program.java(BenchmarkedSuite.class, "One", "0", "1"));
    }

    @Test
    void suites() throws Exception {
        Comparison one = compare("one test alone", ONE)
                .variant("no machine", new Suite("Empty", 0))
                .run(ROUNDS);
        Comparison forty = compare("40 tests one by one", FORTY)
                .variant("none ahead", FORTY.with("INCUS_STEMCELL_STARTS_AHEAD=0"))
                .run(ROUNDS);
        Comparison further = forty.slope("per further test", one, TESTS - 1);
        addLimit(forty, further, one);
        for (int threads : List.of(2, 4)) {
            Comparison parallel = compare("40 tests at " + threads + " threads", FORTY.atOnce(threads));
            addLimit(parallel.run(ROUNDS), further, one);
        }
        // The script makes no private network for them.
        compare("one test of 3 machines", new Suite("Three", MACHINES).atOnce(MACHINES))
                .run(ROUNDS)
                .slope("per further machine of one test", one, MACHINES - 1);
    }

    /** What the tests take of the processors, spread over all of them, and the start and the end of the JVM. */
    private static void addLimit(Comparison suite, Comparison further, Comparison one) throws Exception {
        for (int i = 0; i < suite.rounds("ours").size(); i++) {
            double tests = TESTS * further.rounds("ours").get(i).processor();
            Round empty = one.rounds("no machine").get(i);
            double wall = tests / Runtime.getRuntime().availableProcessors() + empty.wall();
            suite.add("limit of processors", new Round(wall, tests + empty.processor()));
        }
    }

    @Test
    void waits() throws Exception {
        for (double body : List.of(0.0, 0.5, 3.0)) {
            compare("8 tests of " + body + " s", EIGHT.body(body)).run(ROUNDS);
        }
    }

    /**
     * First neither has what our overlay spares a guest, then only ours. It is a plain Debian, as the boot of a stemcell without overlay
     * takes 90 seconds and ends as degraded; and it lacks the dead man's switch.
     */
    @Test
    void withoutOverlay() throws Exception {
        String image = "INCUS_STEMCELL_IMAGE=rootfs:" + System.getenv("INCUS_STEMCELL_DEV_ROOTFS");
        String without = "INCUS_STEMCELL_OVERLAY_WITHOUT="
                + Arrays.stream(OverlayPart.values())
                        .map(part -> part.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .collect(Collectors.joining(","));
        Comparison one =
                compare("one test without overlay", ONE.with(image, without)).run(1, ROUNDS);
        compare("8 tests without overlay", EIGHT.with(image, without))
                .run(ROUNDS)
                .slope("per further test without overlay", one, FEW_TESTS - 1);
        String plain = lastUsedImage();
        Comparison ours = compareWithScriptOf(plain, "one test with overlay beside none", ONE.with(image));
        compareWithScriptOf(plain, "8 tests with overlay beside none", EIGHT.with(image))
                .slope("per further test with overlay beside none", ours, FEW_TESTS - 1);
    }

    private Comparison compareWithScriptOf(String image, String row, Suite suite) throws Exception {
        return new Comparison(getClass(), row)
                .variant("ours", suite)
                .variant("script", round -> suite.byScript(round, image))
                .run(1, ROUNDS);
    }

    /** What {@code incus.stemcell.storage.create} spares those who have no pool that clones images. */
    @Test
    void onDirPool() throws Exception {
        String pool = "incus storage show %1$s >/dev/null 2>&1 || incus storage create %1$s dir".formatted(DIR_POOL);
        Program.run("sh", "-c", pool);
        try {
            compare("one test on a dir pool", ONE.with("INCUS_STEMCELL_STORAGE_POOL=" + DIR_POOL))
                    .variant("ours on a pool that clones", ONE)
                    .run(ROUNDS);
        } finally {
            Program.run("incus", "storage", "delete", DIR_POOL);
        }
    }

    private Comparison compare(String row, Suite suite) {
        return new Comparison(getClass(), row)
                .variant("ours", suite)
                .variant("script", round -> suite.byScript(round, lastUsedImage()));
    }

    private static String lastUsedImage() {
        return Kit.images().stream()
                .max(Comparator.comparing(found -> found.lastUsedAt().orElse(Instant.MIN)))
                .orElseThrow()
                .fingerprint();
    }

    /** A class of {@link BenchmarkedSuite}, of how many machines in all and at once, and of how many seconds each test, with settings. */
    private record Suite(String fixture, int machines, int atOnce, double body, List<String> settings)
            implements Comparison.Work {

        Suite(String fixture, int machines) {
            this(fixture, machines, 1, 0, List.of());
        }

        Suite atOnce(int number) {
            return new Suite(fixture, machines, number, body, settings);
        }

        Suite body(double seconds) {
            return new Suite(fixture, machines, atOnce, seconds, settings);
        }

        Suite with(String... more) {
            return new Suite(fixture, machines, atOnce, body, List.of(more));
        }

        @Override
        public void run(Round round) throws Exception {
            run(round, Program.java(BenchmarkedSuite.class, fixture, "" + body, "" + atOnce));
        }

        private void run(Round round, List<String> command) throws Exception {
            List<String> all = new ArrayList<>(List.of("env"));
            all.addAll(settings);
            all.addAll(command);
            round.program(all);
        }

        /** One RSA key is for all, so that no guest with our overlay has to compute any. */
        void byScript(Round round, String image) throws Exception {
            String one = """
                    name=$RUN-$1
                    begin=$(date +%s%N)
                    incus launch "$IMAGE" "$name" --no-profiles --storage "$POOL" --network "$NETWORK" \\
                        -c user.incus-stemcell.ssh-rsa-key="$KEY" </dev/null >/dev/null || exit 255
                    until state=$(incus exec "$name" -- systemctl is-system-running --wait 2>/dev/null) || [ "$state" = degraded ]; do :; done
                    echo "figure wait_ms $((($(date +%s%N) - begin) / 1000000))"
                    incus exec "$name" -- true
                    sleep "$BODY"
                    incus delete --force "$name" &
                    """;
            String all = """
                    export RUN=bench-$$ IMAGE=$1 BODY=$2 ONE=$5 INCUS_PROJECT=incus-stemcell
                    export POOL=${INCUS_STEMCELL_STORAGE_POOL:-$(incus storage list --format csv | head -1 | cut -d, -f1)}
                    export NETWORK=$(incus network list --format csv | grep -m1 '^isc-.*,YES,' | cut -d, -f1)
                    export KEY=$(openssl genrsa 2048 2>/dev/null)
                    seq "$3" | xargs -P "$4" -I{} sh -c "$ONE" sh {}
                    while incus list --format csv --columns n | grep -q "^$RUN-"; do sleep 0.05; done
                    """;
            run(round, List.of("sh", "-ec", all, "sh", image, "" + body, "" + machines, "" + atOnce, one));
        }
    }
}
