package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.systemd.dbus.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A service that exists for one run of one command, as {@code systemd-run} makes it. Immutable.
 *
 * <p>The command's environment, user and working directory become those of the service.
 */
public final class TransientUnit {

    private final Command command;
    private final List<Property> properties;

    private TransientUnit(Command command, List<Property> properties) {
        this.command = command;
        this.properties = List.copyOf(properties);
    }

    /** A property as systemd-run(1) takes it, which each way to systemd says in its own words. */
    record Property(String name, String signature, Object value) {

        Variant wire() {
            return new Variant(signature, value);
        }
    }

    /**
     * Describes a service that runs a command.
     *
     * @param command what to run; the program by its absolute path, or by a name that the guest's systemd finds
     * @return the description
     */
    public static TransientUnit of(Command command) {
        return new TransientUnit(Objects.requireNonNull(command, "command"), List.of());
    }

    /**
     * Sets a property that is a word, a path or a text, as {@code Type}, {@code Restart} or {@code Slice}.
     *
     * @param name the name on the bus (org.freedesktop.systemd1(5))
     * @param value the value
     * @return a copy with this property
     */
    public TransientUnit property(String name, String value) {
        return with(new Property(name, "s", value));
    }

    /**
     * Sets a property that is yes or no, as {@code RemainAfterExit}.
     *
     * @param name the name on the bus (org.freedesktop.systemd1(5))
     * @param value the value
     * @return a copy with this property
     */
    public TransientUnit property(String name, boolean value) {
        return with(new Property(name, "b", value));
    }

    /**
     * Sets a property that is a number: bytes as {@code MemoryMax}, or microseconds as {@code RuntimeMaxUSec}.
     *
     * @param name the name on the bus (org.freedesktop.systemd1(5))
     * @param value the value
     * @return a copy with this property
     */
    public TransientUnit property(String name, long value) {
        return with(new Property(name, "t", value));
    }

    private TransientUnit with(Property property) {
        Objects.requireNonNull(property.name(), "name");
        Objects.requireNonNull(property.value(), "value");
        List<Property> more = new ArrayList<>(properties);
        more.add(property);
        return new TransientUnit(command, more);
    }

    /** {@return all properties, those of the command first} */
    List<Property> properties() {
        List<Property> all = new ArrayList<>();
        List<String> argv = command.argv();
        all.add(new Property("Description", "s", String.join(" ", argv)));
        all.add(new Property("ExecStart", "a(sasb)", List.of(List.of(argv.get(0), argv, false))));
        if (!command.environment().isEmpty()) {
            all.add(new Property(
                    "Environment",
                    "as",
                    command.environment().entrySet().stream()
                            .map(variable -> variable.getKey() + "=" + variable.getValue())
                            .toList()));
        }
        command.user().ifPresent(user -> all.add(new Property("User", "s", user)));
        command.workingDirectory().ifPresent(folder -> all.add(new Property("WorkingDirectory", "s", folder)));
        all.addAll(properties);
        return all;
    }
}
