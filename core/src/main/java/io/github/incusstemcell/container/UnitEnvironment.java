package io.github.incusstemcell.container;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The variables of Incus's options {@code environment.*} for the units of a guest: Incus gives them to PID 1 and to what is executed, and
 * systemd hands none of its own on (systemd-system.conf(5), DefaultEnvironment).
 */
final class UnitEnvironment {

    static final String FILE = "/etc/systemd/system.conf.d/50-incus-environment.conf";

    private static final String PREFIX = "environment.";

    private UnitEnvironment() {}

    /** {@return what tells systemd of them; empty where there are none, or none whose name systemd takes} */
    static Optional<BootFile> of(Map<String, String> config) {
        Map<String, String> variables = new TreeMap<>();
        config.forEach((key, value) -> {
            if (key.matches("environment\\.[A-Za-z_][A-Za-z0-9_]*")) {
                variables.put(key.substring(PREFIX.length()), value);
            }
        });
        if (variables.isEmpty()) {
            return Optional.empty();
        }
        String assignments = variables.entrySet().stream()
                .map(variable -> "\"" + variable.getKey() + "=" + escaped(variable.getValue()) + "\"")
                .collect(Collectors.joining(" "));
        return Optional.of(new BootFile.Text(FILE, "[Manager]\nDefaultEnvironment=" + assignments + "\n", 0644));
    }

    /** As systemd.syntax(7) has it, with the percent signs of specifiers; Incus allows no line breaks. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%");
    }
}
