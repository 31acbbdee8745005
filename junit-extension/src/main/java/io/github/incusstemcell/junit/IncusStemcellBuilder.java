package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Settings of an {@link IncusStemcellExtension} that is registered by a field; they mean what those of {@link IncusStemcell} mean.
 * Everything has a default. Not thread-safe.
 */
public final class IncusStemcellBuilder {

    private String node = "";
    private Optional<String> image = Optional.empty();
    private Scope scope = Scope.PER_TEST;
    private boolean reset;
    private Optional<String> network = Optional.empty();
    private UnaryOperator<ContainerSpec> options = UnaryOperator.identity();
    private Cleanup cleanup = Cleanup.ALWAYS;
    private Optional<Duration> startupTimeout = Optional.empty();
    private boolean disabledWithoutIncus;

    IncusStemcellBuilder() {}

    /**
     * Which of several machines this is, for those who ask with {@link Node}.
     *
     * @param name lower-case letters, digits and dashes; not null
     * @return this builder
     */
    public IncusStemcellBuilder node(String name) {
        node = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * The stemcell.
     *
     * @param reference in the notation of {@link io.github.incusstemcell.oci.ImageReference#parse}; not null
     * @return this builder
     */
    public IncusStemcellBuilder image(String reference) {
        image = Optional.of(reference);
        return this;
    }

    /**
     * For how long the container lives.
     *
     * @param wanted the scope; not null
     * @return this builder
     */
    public IncusStemcellBuilder scope(Scope wanted) {
        scope = Objects.requireNonNull(wanted, "wanted");
        return this;
    }

    /**
     * Resets a shared container between tests, as {@link IncusStemcell#resetBetweenTests} says.
     *
     * @return this builder
     */
    public IncusStemcellBuilder resetBetweenTests() {
        reset = true;
        return this;
    }

    /**
     * The network of the container.
     *
     * @param name the name of an existing Incus network, or {@code none}; not null
     * @return this builder
     */
    public IncusStemcellBuilder network(String name) {
        network = Optional.of(name);
        return this;
    }

    /**
     * An instance option.
     *
     * @param key Incus's own key, such as {@code security.nesting}; not null
     * @param value its value as Incus writes it; not null
     * @return this builder
     */
    public IncusStemcellBuilder config(String key, String value) {
        return with(spec -> spec.withConfig(key, value));
    }

    /**
     * A device.
     *
     * @param name its name; not null
     * @param settings its options by Incus's own keys, {@code type} among them; not null
     * @return this builder
     */
    public IncusStemcellBuilder device(String name, Map<String, String> settings) {
        return with(spec -> spec.withDevice(name, settings));
    }

    /**
     * Incus profiles, applied in this order below everything else.
     *
     * @param names the names of existing profiles; not null
     * @return this builder
     */
    public IncusStemcellBuilder profiles(String... names) {
        return with(spec -> spec.withProfiles(List.of(names)));
    }

    /**
     * Parts of the overlay that are left out, for tests of what the stemcell does without them.
     *
     * @param parts the parts, on top of those in {@code incus.stemcell.overlay.without}; not null
     * @return this builder
     */
    public IncusStemcellBuilder withoutOverlay(OverlayPart... parts) {
        return with(spec -> spec.withOverlay(spec.overlay().without(parts)));
    }

    /**
     * When the container is deleted at the end of its scope.
     *
     * @param moment the moment; not null
     * @return this builder
     */
    public IncusStemcellBuilder cleanup(Cleanup moment) {
        cleanup = Objects.requireNonNull(moment, "moment");
        return this;
    }

    /**
     * How long starting may take until systemd has finished booting.
     *
     * @param timeout a positive time; not null
     * @return this builder
     */
    public IncusStemcellBuilder startupTimeout(Duration timeout) {
        startupTimeout = Optional.of(timeout);
        return this;
    }

    /**
     * Has tests skipped, with the reason, where there is no Incus to connect to.
     *
     * @return this builder
     */
    public IncusStemcellBuilder disabledWithoutIncus() {
        disabledWithoutIncus = true;
        return this;
    }

    /**
     * Ends the settings.
     *
     * @return the extension, for a field with {@code @RegisterExtension}; not null
     * @throws org.junit.jupiter.api.extension.ExtensionConfigurationException if the settings contradict each other
     */
    public IncusStemcellExtension build() {
        return new BuiltStemcells(new Template(
                "IncusStemcellExtension.builder()",
                node,
                image,
                scope,
                reset,
                network,
                options,
                cleanup,
                startupTimeout,
                disabledWithoutIncus));
    }

    private IncusStemcellBuilder with(UnaryOperator<ContainerSpec> option) {
        UnaryOperator<ContainerSpec> before = options;
        options = spec -> option.apply(before.apply(spec));
        return this;
    }
}
