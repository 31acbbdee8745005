package io.github.incusstemcell.incus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** What the process around us says: variables, properties, the user. */
record ProcessEnvironment(
        Function<String, String> variables, Function<String, String> properties, Path home, long uid, Path root) {

    static ProcessEnvironment ofThisProcess() {
        return new ProcessEnvironment(
                System::getenv, System::getProperty, Path.of(System.getProperty("user.home")), ownUid(), Path.of("/"));
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.apply(name)).filter(value -> !value.isBlank());
    }

    Optional<String> property(String name) {
        return Optional.ofNullable(properties.apply(name)).filter(value -> !value.isBlank());
    }

    private static long ownUid() {
        try {
            return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
        } catch (IOException | UnsupportedOperationException e) {
            return -1;
        }
    }
}
