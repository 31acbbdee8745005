package io.github.incusstemcell;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Changes good inputs by chance and has each read: no reader hangs, takes more memory than it may, or throws what is none of our exceptions
 * and no {@link IOException}. For a second each in the usual run, with the same inputs each time, so that it fails by what was changed in
 * the code; for longer, and with others each time, by {@code dev/test --fuzz}.
 */
public final class Fuzzer {

    /** Reads one input. */
    public interface Reader {
        void read(byte[] input) throws IOException;
    }

    private static final Duration TIME =
            Duration.ofMillis((long) (1000 * Double.parseDouble(System.getProperty("fuzz.seconds", "1"))));
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final long USUAL_SEED = 1;
    private static final long MOST_MEMORY = 256L << 20;
    private static final byte[][] TOKENS = Arrays.stream(new String[] {
                "\0",
                "\0\0\0\0",
                "\u007f",
                "-1",
                "99999999999999999999",
                "{",
                "[",
                "\"",
                "\\u",
                "null",
                ":",
                "/",
                "../",
                "@",
                "\n"
            })
            .map(token -> token.getBytes(StandardCharsets.ISO_8859_1))
            .toArray(byte[][]::new);

    private final String name;
    private final List<byte[]> corpus;
    private final Reader reader;

    private Fuzzer(String name, List<byte[]> corpus, Reader reader) {
        this.name = name;
        this.corpus = corpus;
        this.reader = reader;
    }

    /** Takes the good inputs as they are, too: each is read without any exception. */
    public static void fuzz(String name, List<byte[]> corpus, Reader reader) throws IOException, InterruptedException {
        for (byte[] good : corpus) {
            reader.read(good);
        }
        long seed = Long.getLong("fuzz.seed", USUAL_SEED);
        long count = new Fuzzer(name, corpus, reader).run(new Random(seed));
        System.out.println("fuzz: " + name + ", " + count + " inputs in " + TIME.toMillis() + " ms, seed " + seed);
    }

    private long run(Random random) throws InterruptedException {
        long end = System.nanoTime() + TIME.toNanos();
        long count = 0;
        byte[][] current = new byte[1][];
        while (System.nanoTime() - end < 0) {
            FutureTask<Long> batch = new FutureTask<>(() -> batch(random, current));
            Thread thread = new Thread(batch, "fuzz-" + name);
            thread.setDaemon(true);
            thread.start();
            try {
                count += batch.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                AssertionError hang = new AssertionError(about("hangs", current[0]));
                hang.setStackTrace(thread.getStackTrace());
                throw hang;
            } catch (ExecutionException e) {
                throw new AssertionError(about("fails", current[0]), e.getCause());
            }
        }
        return count;
    }

    private long batch(Random random, byte[][] current) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 100; i++) {
            byte[] input = mutated(random);
            current[0] = input;
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                reader.read(input);
            } catch (IOException | IncusStemcellException e) {
                // It says that it cannot be read.
            }
            if (threads.getCurrentThreadAllocatedBytes() - before > MOST_MEMORY) {
                throw new IllegalStateException("It takes more than " + MOST_MEMORY + " bytes");
            }
        }
        return 100;
    }

    private String about(String what, byte[] input) {
        return "Reading " + name + " " + what + " with this input, in base64: "
                + Base64.getEncoder().encodeToString(input);
    }

    private byte[] mutated(Random random) {
        byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
        for (int changes = 1 << random.nextInt(5); changes > 0; changes--) {
            input = changed(input, random);
        }
        return input;
    }

    private byte[] changed(byte[] input, Random random) {
        if (input.length == 0) {
            return TOKENS[random.nextInt(TOKENS.length)];
        }
        int at = random.nextInt(input.length);
        int length = Math.min(1 + random.nextInt(16), input.length - at);
        switch (random.nextInt(7)) {
            case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> input[at] = (byte) random.nextInt(256);
            case 2 -> Arrays.fill(input, at, at + length, (byte) (random.nextBoolean() ? 0xff : 0x7f));
            case 3 -> {
                return Arrays.copyOf(input, at);
            }
            case 4 -> {
                return spliced(input, at, at + length, new byte[0]);
            }
            case 5 -> {
                return spliced(input, at, at, TOKENS[random.nextInt(TOKENS.length)]);
            }
            default -> {
                byte[] other = corpus.get(random.nextInt(corpus.size()));
                int from = random.nextInt(Math.max(1, other.length));
                return spliced(input, at, at, Arrays.copyOfRange(other, from, Math.min(other.length, from + 64)));
            }
        }
        return input;
    }

    private static byte[] spliced(byte[] input, int from, int to, byte[] middle) {
        byte[] result = Arrays.copyOf(input, from + middle.length + input.length - to);
        System.arraycopy(middle, 0, result, from, middle.length);
        System.arraycopy(input, to, result, from + middle.length, input.length - to);
        return result;
    }
}
