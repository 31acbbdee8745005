package io.github.incusstemcell.incus;

import java.util.Map;
import java.util.Objects;

/**
 * A stopped instance whose file system shall become an image, with the templates that the instance has.
 *
 * @param instance the name of the instance
 * @param alias the name that the image gets
 * @param description what the name is for, for humans
 * @param properties what to note on the image, on top of what the instance has from its own
 */
public record PublishedInstance(String instance, String alias, String description, Map<String, String> properties) {

    /** Checks that nothing is missing. */
    public PublishedInstance {
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(alias, "alias");
        Objects.requireNonNull(description, "description");
        properties = Map.copyOf(properties);
    }
}
