package io.github.incusstemcell.incus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Instances#create} creates. Build one with {@link #named}.
 *
 * @param name its name: letters, digits and dashes, at most 63
 * @param imageFingerprint the full fingerprint of the image
 * @param ephemeral whether the daemon deletes it when it stops
 * @param start whether it is started at once
 * @param profiles the profiles it takes after, in order; none: not even {@code default}
 * @param config its configuration
 * @param devices its devices, each a map with at least {@code type}
 * @param description a text for humans
 * @param target the member of the cluster to place it on; empty: the daemon chooses
 */
public record NewInstance(
        String name,
        String imageFingerprint,
        boolean ephemeral,
        boolean start,
        List<String> profiles,
        Map<String, String> config,
        Map<String, Map<String, String>> devices,
        String description,
        Optional<String> target) {

    /** Checks that nothing is missing and keeps copies. */
    public NewInstance {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(imageFingerprint, "imageFingerprint");
        profiles = List.copyOf(profiles);
        config = Map.copyOf(config);
        devices = new LinkedHashMap<>(devices);
        devices.replaceAll((device, options) -> Map.copyOf(options));
        devices = Collections.unmodifiableMap(devices);
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(target, "target");
    }

    /**
     * Begins the description of a container: not ephemeral, not started, with no profiles.
     *
     * @param name its name
     * @return a builder
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** {@return its name and image; of its configuration, which may hold secrets, nothing} */
    @Override
    public String toString() {
        return "NewInstance[" + name + " of " + imageFingerprint + "]";
    }

    /** Collects what a new container shall be. Not safe for use by many threads. */
    public static final class Builder {

        private final String name;
        private @Nullable String image;
        private boolean ephemeral;
        private boolean start;
        private final List<String> profiles = new ArrayList<>();
        private final Map<String, String> config = new LinkedHashMap<>();
        private final Map<String, Map<String, String>> devices = new LinkedHashMap<>();
        private String description = "";
        private @Nullable String target;

        private Builder(String name) {
            this.name = name;
        }

        /** {@return its name} */
        public String name() {
            return name;
        }

        /**
         * Sets the image.
         *
         * @param fingerprint its full fingerprint
         * @return this
         */
        public Builder image(String fingerprint) {
            image = fingerprint;
            return this;
        }

        /** {@return this, for an instance that the daemon deletes when it stops} */
        public Builder ephemeral() {
            ephemeral = true;
            return this;
        }

        /** {@return this, for an instance that is started at once} */
        public Builder start() {
            start = true;
            return this;
        }

        /**
         * Adds profiles.
         *
         * @param names their names, in the order in which they apply
         * @return this
         */
        public Builder profiles(List<String> names) {
            profiles.addAll(names);
            return this;
        }

        /**
         * Sets one key of the configuration.
         *
         * @param key the key
         * @param value its value
         * @return this
         */
        public Builder config(String key, String value) {
            config.put(key, value);
            return this;
        }

        /**
         * Sets keys of the configuration.
         *
         * @param values keys and their values
         * @return this
         */
        public Builder config(Map<String, String> values) {
            config.putAll(values);
            return this;
        }

        /**
         * Adds a device.
         *
         * @param device its name
         * @param options its options, {@code type} among them
         * @return this
         */
        public Builder device(String device, Map<String, String> options) {
            devices.put(device, Map.copyOf(options));
            return this;
        }

        /**
         * Sets the description.
         *
         * @param text a text for humans
         * @return this
         */
        public Builder description(String text) {
            description = text;
            return this;
        }

        /**
         * Chooses a member of the cluster.
         *
         * @param member its name
         * @return this
         */
        public Builder target(String member) {
            target = member;
            return this;
        }

        /** {@return what was collected} */
        public NewInstance build() {
            return new NewInstance(
                    name,
                    Objects.requireNonNull(image, "image"),
                    ephemeral,
                    start,
                    profiles,
                    config,
                    devices,
                    description,
                    Optional.ofNullable(target));
        }
    }
}
