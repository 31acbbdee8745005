package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.run;

import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.incus.NetworkInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/**
 * A JVM with tests of its own.
 *
 * @param ready ends when it has printed the line that was asked for
 * @param printed what it has printed, when it has ended
 */
record Fork(Process process, CompletableFuture<Void> ready, CompletableFuture<String> printed) {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Begins tests; {@code readyAt} is the line that they print once all that they need is there. */
    static Fork of(String readyAt, Class<?> fixture, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of(Main.class.getName(), fixture.getName()));
        Process process = Kit.java(arguments.toArray(String[]::new));
        Fork fork = new Fork(process, new CompletableFuture<>(), new CompletableFuture<>());
        Thread reader = new Thread(() -> fork.read(readyAt), "fork-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        return fork;
    }

    private void read(String readyAt) {
        StringBuilder text = new StringBuilder();
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                text.append(line).append('\n');
                if (line.equals(readyAt)) {
                    ready.complete(null);
                }
            }
        } catch (IOException e) {
            text.append(e);
        }
        printed.complete(text.toString());
        ready.completeExceptionally(new AssertionError("The JVM ended too early:\n" + text));
    }

    void awaitReady() throws Exception {
        ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** {@return what it has printed; waits for its end} */
    String log() {
        return log(PATIENCE);
    }

    String log(Duration patience) {
        try {
            return printed.get(patience.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("The JVM " + process.pid() + " does not end", e);
        }
    }

    /** By the handle: a process that is destroyed has no output any more. */
    void terminate() throws InterruptedException {
        process.toHandle().destroy();
        process.waitFor();
    }

    List<InstanceInfo> instances() {
        return Kit.instancesOf(process.pid());
    }

    List<NetworkInfo> networks() {
        return Kit.networksOf(process.pid());
    }

    /** What a build tool has in the JVMs that it forks. */
    static final class Main {

        public static void main(String... fixtures) {
            EngineExecutionResults results =
                    run(Stream.of(fixtures).map(Main::load).toArray(Class<?>[]::new));
            results.allEvents().failed().stream().forEach(System.out::println);
            System.exit((int) results.allEvents().failed().count());
        }

        private static Class<?> load(String name) {
            try {
                return Class.forName(name);
            } catch (ClassNotFoundException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }
}
