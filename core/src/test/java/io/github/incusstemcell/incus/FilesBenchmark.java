package io.github.incusstemcell.incus;

import io.github.incusstemcell.bench.Comparison;
import io.github.incusstemcell.bench.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files take both ways: one of 256 MiB beside {@code incus file}, and a tree of 5000 beside a tar stream through {@code incus exec}. */
class FilesBenchmark {

    private static final int LONG = 256 << 20;
    private static final int FILES = 5_000;

    @Test
    void bothWays(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("long"), bytes(LONG));
        Path tree = tree(folder.resolve("tree"));
        try (TestDaemon daemon = new TestDaemon(TestDaemon.Way.SOCKET)) {
            Instance instance = daemon.started();
            GuestFiles files = instance.files();
            String guest = instance.name();
            String in = "incus --project " + instance.project() + " ";
            compare(
                    "256 MiB up",
                    round -> files.copyTo(file, "/ours"),
                    in + "file push -q " + file + " " + guest + "/theirs");
            compare(
                    "256 MiB down",
                    round -> files.copyFrom("/ours", folder.resolve("pulled")),
                    in + "file pull -q " + guest + "/theirs " + folder.resolve("theirs"));
            instance.exec(Command.of("rm", "/ours", "/theirs")).requireSuccess();
            compare(
                    "5000 files up",
                    round -> files.copyTo(tree, "/tree"),
                    "tar -C " + tree + " -c . | " + in + "exec " + guest
                            + " -- sh -c 'mkdir -p /tar && tar -C /tar -x'");
            compare(
                    "5000 files down",
                    round -> files.copyFrom("/tree", folder.resolve("down")),
                    "mkdir -p " + folder + "/tar && " + in + "exec " + guest + " -- tar -C /tree -c . | tar -C "
                            + folder + "/tar -x");
        }
    }

    private void compare(String row, Comparison.Work ours, String script) throws Exception {
        new Comparison(getClass(), row)
                .variant("ours", ours)
                .variant("incus", round -> Program.run("sh", "-c", script))
                .run(1, 5);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static Path tree(Path root) throws IOException {
        for (int i = 0; i < FILES; i++) {
            Path file = root.resolve(i / 100 + "/" + i);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes(1 + i % 4000));
        }
        return root;
    }
}
