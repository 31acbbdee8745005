package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.oci.OciImages;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM, as if on a machine of its own: with a cache and locks of its own. It prepares an image when it is told to. */
final class PreparingMachine implements AutoCloseable {

    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader output;
    private final List<String> log = new ArrayList<>();

    PreparingMachine(Path cache, String project) throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                PreparingMachine.class.getName(),
                project);
        java.environment().put("XDG_CACHE_HOME", cache.toString());
        process = java.redirectErrorStream(true).start();
        output = process.inputReader();
    }

    PreparingMachine awaitReady() throws IOException {
        next(READY);
        return this;
    }

    void prepare() throws IOException {
        process.outputWriter().append("go\n").flush();
    }

    String fingerprint() throws IOException {
        return next("fingerprint ");
    }

    /** {@return what its log says, once it has ended} */
    String log() {
        return String.join("\n", log);
    }

    private String next(String prefix) throws IOException {
        String line = output.readLine();
        while (line != null && !line.startsWith(prefix)) {
            log.add(line);
            line = output.readLine();
        }
        if (line == null) {
            throw new AssertionError("The other JVM ended without a line '" + prefix + "':\n" + log());
        }
        return line.substring(prefix.length());
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** What the other JVM does. */
    public static void main(String[] arguments) throws IOException {
        try (Incus incus = Incus.connect();
                OciImages sources = TestProject.sources()) {
            StemcellImages images = TestProject.imagesOf(incus.project(arguments[0]), sources);
            System.out.println(READY);
            System.in.read();
            System.out.println("fingerprint "
                    + images.prepare(TestProject.image(), GuestOverlay.standard())
                            .fingerprint());
        }
    }
}
