package io.github.incusstemcell.junit.report;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** Finds the folder that a build writes to: that in which the class of a test lies, or else that of the build at hand. */
final class BuildFolder {

    private BuildFolder() {}

    static Path of(Class<?> testClass, Path workingDirectory) {
        return location(testClass)
                .flatMap(BuildFolder::around)
                .orElseGet(() -> workingDirectory.resolve(isGradle(workingDirectory) ? "build" : "target"));
    }

    /** The innermost folder that bears the name of a build folder. */
    static Optional<Path> around(Path location) {
        for (Path path = location; path != null && path.getFileName() != null; path = path.getParent()) {
            String name = path.getFileName().toString();
            if (name.equals("target") || name.equals("build")) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> location(Class<?> testClass) {
        try {
            CodeSource source = testClass.getProtectionDomain().getCodeSource();
            return source == null || !"file".equals(source.getLocation().getProtocol())
                    ? Optional.empty()
                    : Optional.of(Path.of(source.getLocation().toURI()).toAbsolutePath());
        } catch (URISyntaxException e) {
            // A class loader that writes its paths wrongly is no reason to do without a report.
            return Optional.empty();
        }
    }

    private static boolean isGradle(Path folder) {
        return Files.exists(folder.resolve("build.gradle")) || Files.exists(folder.resolve("build.gradle.kts"));
    }
}
