package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Options and devices that Incus refuses: which it is, and what there is instead. */
class OptionRefusalTest extends WithStemcells {

    private static final String OWNER = "refused options";

    @AfterEach
    void nothingIsLeft() {
        assertThat(TestMachine.instancesOf(OWNER)).isEmpty();
    }

    @Test
    void anOptionThatIsMistyped() {
        assertThat(refusal(spec ->
                        spec.toBuilder().config("securty.nesting", "true").build()))
                .isEqualTo("The option 'securty.nesting' in config of the container for refused options is none that "
                        + TestMachine.endpoint() + " knows. Did you mean 'security.nesting'? All of them:"
                        + " https://linuxcontainers.org/incus/docs/main/reference/instance_options/");
    }

    @Test
    void aSizeWithoutItsUnit() {
        assertThat(refusal(
                        spec -> spec.toBuilder().config("limits.memory", "512").build()))
                .isEqualTo(
                        "'limits.memory' of the container for refused options cannot be meant: '512' is too little for a"
                                + " limit of memory, it is a number of bytes; did you mean 512GiB, or 512MiB?");
        assertThat(refusal(spec ->
                        spec.toBuilder().device("root", Map.of("size", "20")).build()))
                .isEqualTo(
                        "'size' of the container for refused options cannot be meant: '20' is too little for a size of a"
                                + " root disk, it is a number of bytes; did you mean 20GiB, or 20MiB?");
    }

    @Test
    void anOptionOfADeviceThatIsMistyped() {
        assertThat(refusal(device(Map.of("type", "disk", "sorce", "/srv", "path", "/x"))))
                .startsWith("The device 'dev' of the container for refused options has the option 'sorce', which "
                        + TestMachine.endpoint() + " does not know of that type. Did you mean 'source'? All of them: ");
    }

    @Test
    void aTypeThatIsMistyped() {
        assertThat(refusal(device(Map.of("type", "dik", "source", "/srv", "path", "/x"))))
                .startsWith("A device of the container for refused options has the type 'dik', which ")
                .contains(" There is disk, gpu, ");
    }

    @Test
    void aSourceThatIsNotThere() {
        assertThat(refusal(device(Map.of("type", "disk", "source", "/usr/nothing/below", "path", "/x"))))
                .startsWith("The device 'dev' of the container for refused options has the source '/usr/nothing/below',"
                        + " which does not exist on the machine of " + TestMachine.endpoint()
                        + ". In /usr there is bin, ");
    }

    @Test
    void aNetworkAPoolOrAVolumeThatIsNotThere() {
        assertThat(refusal(device(Map.of("type", "nic", "network", "nonet"))))
                .startsWith(
                        "The device 'dev' of the container for refused options has the network 'nonet', which does not"
                                + " exist on " + TestMachine.endpoint() + ". There is ");
        assertThat(refusal(device(Map.of("type", "disk", "pool", "nopool", "source", "v", "path", "/x"))))
                .startsWith(
                        "The device 'dev' of the container for refused options has the pool 'nopool', which does not"
                                + " exist on " + TestMachine.endpoint() + ". There is ")
                .contains("default");
        assertThat(refusal(device(Map.of("type", "disk", "pool", "default", "source", "novol", "path", "/x"))))
                .isEqualTo("The device 'dev' of the container for refused options has the source 'novol', but the pool"
                        + " 'default' of " + TestMachine.endpoint()
                        + " has no custom volume of that name in the project"
                        + " 'incus-stemcell'. See those that there are with: incus storage volume list --project"
                        + " incus-stemcell default");
    }

    @Test
    void aProfileThatIsNotThere() {
        assertThat(refusal(spec -> spec.toBuilder().profiles(List.of("floppy")).build()))
                .startsWith("The profile 'floppy' of the container for refused options does not exist")
                .endsWith(". There is default");
    }

    private static UnaryOperator<ContainerSpec> device(Map<String, String> options) {
        return spec -> spec.toBuilder().device("dev", options).build();
    }

    private static String refusal(UnaryOperator<ContainerSpec> options) {
        ContainerSpec spec =
                options.apply(TestMachine.spec().toBuilder().owner(OWNER).build());
        Throwable failure = catchThrowable(() -> stemcells.launch(spec).close());
        assertThat(failure).isNotNull();
        return failure.getMessage();
    }
}
