package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.BootFile;
import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.ContainerSpecBuilder;
import io.github.incusstemcell.container.Provisioning;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Settings of an {@link IncusStemcellExtension} that is registered by a field; they mean what those of {@link IncusStemcell} mean.
 * Everything has a default. Not thread-safe.
 */
public final class IncusStemcellBuilder {

    private static final ContainerSpec ANY = ContainerSpec.of("incus:any");

    private String node = "";
    private Optional<String> image = Optional.empty();
    private List<String> images = List.of();
    private final Map<String, UnaryOperator<ContainerSpec>> variants = new LinkedHashMap<>();
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
     * @param name lower-case letters, digits and dashes
     * @return this builder
     */
    public IncusStemcellBuilder node(String name) {
        node = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * The stemcell.
     *
     * @param reference in the notation of {@link io.github.incusstemcell.oci.ImageReference#parse}
     * @return this builder
     */
    public IncusStemcellBuilder image(String reference) {
        image = Optional.of(reference);
        return this;
    }

    /**
     * Several stemcells, with each of which a test runs once, as {@link IncusStemcell#images} says.
     *
     * @param references in the notation of {@link io.github.incusstemcell.oci.ImageReference#parse}
     * @return this builder
     */
    public IncusStemcellBuilder images(String... references) {
        images = List.of(references);
        return this;
    }

    /**
     * One of several forms of the container, with each of which a test runs once, as {@link IncusStemcell#images} says of stemcells; where
     * there are several of these, too, with each in each form.
     *
     * @param name what the form is called in the name of the test, such as {@code nested}
     * @param settings what is set in it on top of the other settings, such as
     *     {@code spec -> spec.config("security.nesting", "true")}; {@link UnaryOperator#identity()} for nothing
     * @return this builder
     * @throws IllegalArgumentException if there is one of that name, or a setting cannot be read
     */
    public IncusStemcellBuilder variant(String name, UnaryOperator<ContainerSpecBuilder> settings) {
        if (name.isBlank() || variants.containsKey(name)) {
            throw new IllegalArgumentException(
                    name.isBlank() ? "A variant has no name" : "There are two variants of the name '" + name + "'");
        }
        settings.apply(ANY.toBuilder()).build();
        variants.put(name, spec -> settings.apply(spec.toBuilder()).build());
        return this;
    }

    /**
     * For how long the container lives.
     *
     * @param wanted the scope
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
     * @param name the name of an existing Incus network, or {@code none}
     * @return this builder
     */
    public IncusStemcellBuilder network(String name) {
        network = Optional.of(name);
        return this;
    }

    /**
     * The address of the container, as {@link IncusStemcell#address} says.
     *
     * @param ipv4 in the subnet of its network
     * @return this builder
     * @throws IllegalArgumentException if this is no IPv4 address
     */
    public IncusStemcellBuilder address(String ipv4) {
        return with(spec -> spec.toBuilder().address(ipv4));
    }

    /**
     * How many CPUs the container may use, or which.
     *
     * @param limit such as {@code 2} or {@code 0-1}
     * @return this builder
     */
    public IncusStemcellBuilder cpu(String limit) {
        return with(spec -> spec.toBuilder().limits(spec.limits().withCpu(limit)));
    }

    /**
     * How much memory the container may use.
     *
     * @param limit such as {@code 512MiB} or {@code 25%}
     * @return this builder
     */
    public IncusStemcellBuilder memory(String limit) {
        return with(spec -> spec.toBuilder().limits(spec.limits().withMemory(limit)));
    }

    /**
     * How large the root disk may become.
     *
     * @param limit such as {@code 3GiB}
     * @return this builder
     */
    public IncusStemcellBuilder disk(String limit) {
        return with(spec -> spec.toBuilder().limits(spec.limits().withDisk(limit)));
    }

    /**
     * The storage pool of the root disk; {@code incus.stemcell.storage-pool} goes before it.
     *
     * @param name the name of an existing pool
     * @return this builder
     */
    public IncusStemcellBuilder storagePool(String name) {
        return with(spec -> spec.toBuilder().location(spec.location().withStoragePool(name)));
    }

    /**
     * The Incus project of the container and of its image; {@code incus.stemcell.project} goes before it.
     *
     * @param name the name of an existing project
     * @return this builder
     */
    public IncusStemcellBuilder project(String name) {
        return with(spec -> spec.toBuilder().location(spec.location().withProject(name)));
    }

    /**
     * The members of an Incus cluster, on one of which the container is started; {@code incus.stemcell.target} goes before them.
     *
     * @param member the members' names, separated by commas, or a group that the cluster's own scheduler chooses from, as {@code @default}
     * @return this builder
     */
    public IncusStemcellBuilder target(String member) {
        return with(spec -> spec.toBuilder().location(spec.location().withTarget(member)));
    }

    /**
     * Has the container created and not started, as {@link IncusStemcell#boot} says.
     *
     * @return this builder
     */
    public IncusStemcellBuilder withoutBoot() {
        return with(spec -> spec.toBuilder().withoutBoot());
    }

    /**
     * Settings for the BOSH agent, as {@link IncusStemcell#agentSettings} says.
     *
     * @param json a JSON object
     * @return this builder
     * @throws IllegalArgumentException if it is none
     */
    public IncusStemcellBuilder agentSettings(String json) {
        return file(BootFile.agentSettings(json));
    }

    /**
     * Has the stemcell's BOSH agent started, as {@link IncusStemcell#agent} says.
     *
     * @return this builder
     */
    public IncusStemcellBuilder agent() {
        return with(spec -> spec.toBuilder().agent());
    }

    /**
     * How large {@code /var/vcap/data} may become where the agent is started, as {@link IncusStemcell#agentData} says.
     *
     * @param limit such as {@code 512MiB}
     * @return this builder
     */
    public IncusStemcellBuilder agentData(String limit) {
        return with(spec -> spec.toBuilder().limits(spec.limits().withAgentData(limit)));
    }

    /**
     * What stands in {@code /var/vcap/data}, as {@link IncusStemcell#data} says.
     *
     * @param folder a folder of this machine
     * @return this builder
     */
    public IncusStemcellBuilder data(Path folder) {
        return with(spec -> spec.toBuilder().data(folder));
    }

    /**
     * Something else that stands in the guest before it boots.
     *
     * @param file what, and where
     * @return this builder
     */
    public IncusStemcellBuilder file(BootFile file) {
        return with(spec -> spec.toBuilder().file(file));
    }

    /**
     * Writes the guest's journal to our log, as {@link IncusStemcell#journal} says; {@code incus.stemcell.journal} goes before it.
     *
     * @return this builder
     */
    public IncusStemcellBuilder journal() {
        return with(spec -> spec.toBuilder().journalInLog(true));
    }

    /**
     * Files and folders of the guest that are fetched when a test fails, as {@link IncusStemcell#artifacts} says.
     *
     * @param paths absolute paths in the guest
     * @return this builder
     * @throws IllegalArgumentException if one of them is not absolute
     */
    public IncusStemcellBuilder artifacts(String... paths) {
        return with(spec -> spec.toBuilder().artifacts(List.of(paths)));
    }

    /**
     * An instance option.
     *
     * @param key Incus's own key, such as {@code security.nesting}
     * @param value its value as Incus writes it
     * @return this builder
     */
    public IncusStemcellBuilder config(String key, String value) {
        return with(spec -> spec.toBuilder().config(key, value));
    }

    /**
     * A device.
     *
     * @param name its name
     * @param settings its options by Incus's own keys, {@code type} among them
     * @return this builder
     */
    public IncusStemcellBuilder device(String name, Map<String, String> settings) {
        return with(spec -> spec.toBuilder().device(name, settings));
    }

    /**
     * Incus profiles, applied in this order below everything else.
     *
     * @param names the names of existing profiles
     * @return this builder
     */
    public IncusStemcellBuilder profiles(String... names) {
        return with(spec -> spec.toBuilder().profiles(List.of(names)));
    }

    /**
     * Parts of the overlay that are left out, for tests of what the stemcell does without them.
     *
     * @param parts the parts, on top of those in {@code incus.stemcell.overlay.without}
     * @return this builder
     */
    public IncusStemcellBuilder withoutOverlay(OverlayPart... parts) {
        return with(spec -> spec.toBuilder().overlay(spec.overlay().without(parts)));
    }

    /**
     * Work that is done once in a container, so that this one starts with it, as {@link Provision} says. A second one replaces the first.
     *
     * @param provisioning the work, and the name, version and files by which its image is found again
     * @return this builder
     */
    public IncusStemcellBuilder provision(Provisioning provisioning) {
        Objects.requireNonNull(provisioning, "provisioning");
        return with(spec -> spec.toBuilder().provisioning(provisioning));
    }

    /**
     * When the container is deleted at the end of its scope.
     *
     * @param moment the moment, before which {@code incus.stemcell.cleanup} goes
     * @return this builder
     */
    public IncusStemcellBuilder cleanup(Cleanup moment) {
        cleanup = Objects.requireNonNull(moment, "moment");
        return this;
    }

    /**
     * How long starting may take until systemd has finished booting.
     *
     * @param timeout a positive time, before which {@code incus.stemcell.startup-timeout} goes
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
     * @return the extension, for a field with {@code @RegisterExtension}
     * @throws org.junit.jupiter.api.extension.ExtensionConfigurationException if the settings contradict each other
     */
    public IncusStemcellExtension build() {
        return new BuiltStemcells(template());
    }

    Template template() {
        String origin = "IncusStemcellExtension.builder()";
        return new Template(
                origin,
                node,
                image,
                Variant.of(images, variants, origin),
                scope,
                reset,
                network,
                options,
                cleanup,
                startupTimeout,
                disabledWithoutIncus);
    }

    /** What is wrong with a setting shows in the line that makes it, and not in a test. */
    private IncusStemcellBuilder with(Function<ContainerSpec, ContainerSpecBuilder> option) {
        option.apply(ANY).build();
        UnaryOperator<ContainerSpec> before = options;
        options = spec -> option.apply(before.apply(spec)).build();
        return this;
    }
}
