package io.github.incusstemcell.junit.report;

import io.github.incusstemcell.container.Diagnostics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where files of a guest are written. Their names there are made of what every file system takes, so that none of them leads out of the
 * folder; where two names become one, the second gets a number.
 *
 * @param diagnosis the folder that it is in
 */
record ArtifactFolder(Path diagnosis) {

    private static final String NAME = "artifacts";

    /** {@return what became of each of them, by its name in the folder of the diagnosis} */
    List<Diagnosis.Entry> write(List<Diagnostics.File> artifacts) {
        List<Diagnosis.Entry> entries = new ArrayList<>();
        artifacts.forEach(artifact -> entries.add(write(artifact)));
        return entries;
    }

    private Diagnosis.Entry write(Diagnostics.File artifact) {
        boolean nothing = artifact.content().length == 0 && artifact.trouble().isPresent();
        if (nothing) {
            return new Diagnosis.Entry("", artifact.title(), 0, artifact.trouble());
        }
        try {
            Path file = place(artifact.name());
            Files.write(file, artifact.content(), StandardOpenOption.CREATE_NEW);
            String name = diagnosis.relativize(file).toString();
            return new Diagnosis.Entry(name, artifact.title(), artifact.content().length, artifact.trouble());
        } catch (IOException e) {
            return new Diagnosis.Entry("", artifact.title(), 0, Optional.of("it cannot be written: " + e));
        }
    }

    private Path place(String path) throws IOException {
        Path folder = diagnosis.resolve(NAME);
        String[] names = path.substring(1).split("/+");
        for (int i = 0; i < names.length - 1; i++) {
            folder = first(folder, names[i], taken -> Files.exists(taken) && !Files.isDirectory(taken));
        }
        Files.createDirectories(folder);
        return first(folder, names[names.length - 1], Files::exists);
    }

    private static Path first(Path folder, String name, Predicate<Path> taken) {
        String safe = name.matches("\\.*") ? "_" : ReportedElement.safe(name);
        Path place = folder.resolve(safe);
        for (int number = 2; taken.test(place); number++) {
            place = folder.resolve(safe + "-" + number);
        }
        return place;
    }
}
