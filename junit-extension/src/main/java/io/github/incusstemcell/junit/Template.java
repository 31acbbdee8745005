package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.ContainerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * What the code of a test says about a container, in an annotation or by a builder, before the configuration is asked.
 *
 * @param origin where it says so, for messages: {@code @IncusStemcell on CronTest}
 * @param node which of several machines this describes, or empty
 * @param image the stemcell, if it names one
 * @param variants what a test runs once with each of; none if it runs once
 * @param scope for how long the container lives
 * @param reset whether a shared container is reset between tests
 * @param network the network, if it names one
 * @param options puts the settings that no configuration has a say in into a specification
 * @param cleanup when the container is deleted
 * @param startupTimeout how long a start may take, if it says so
 * @param disabledWithoutIncus whether tests are skipped where there is no Incus
 */
record Template(
        String origin,
        String node,
        Optional<String> image,
        List<Variant> variants,
        Scope scope,
        boolean reset,
        Optional<String> network,
        UnaryOperator<ContainerSpec> options,
        Cleanup cleanup,
        Optional<Duration> startupTimeout,
        boolean disabledWithoutIncus) {

    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    Template {
        variants = List.copyOf(variants);
        List<String> images = Variant.images(variants);
        if (!images.isEmpty() && image.isPresent()) {
            throw new ExtensionConfigurationException(origin + " names both an image, '" + image.get()
                    + "', and images to run with each of, " + images + ". Remove one of them");
        }
        if (!node.isEmpty()) {
            requireHostName(node, origin);
        }
        if (reset && scope == Scope.PER_TEST) {
            throw new ExtensionConfigurationException(
                    origin + " has resetBetweenTests = true, but with scope = PER_TEST"
                            + " each test has a container of its own anyway. Remove one of them");
        }
    }

    /**
     * The same in the one form that a test runs with.
     *
     * @param chosen the name of that of the test's invocation, or empty where it runs once
     * @param test what asks, for messages
     */
    Template withChosen(Optional<String> chosen, String test) {
        if (variants.isEmpty()) {
            return this;
        }
        Variant one = variants.stream()
                .filter(variant -> variant.name().equals(chosen.orElse("")))
                .findFirst()
                .orElseThrow(() -> notChosen(chosen, test));
        return new Template(
                origin,
                node,
                one.image().or(() -> image),
                List.of(),
                scope,
                reset,
                network,
                spec -> one.options().apply(options.apply(spec)),
                cleanup,
                startupTimeout,
                disabledWithoutIncus);
    }

    private ExtensionConfigurationException notChosen(Optional<String> chosen, String test) {
        String kind = Variant.kind(variants);
        return new ExtensionConfigurationException(
                chosen.map(other -> test + " runs with '" + other + "', which is none of the " + kind + " of " + origin
                                + ": " + Variant.names(variants) + ". Name the same " + kind
                                + " for all machines of a test, or one " + Variant.singular(kind))
                        .orElseGet(
                                () -> origin + " names several " + kind
                                        + ", so what asks for a container has to run once for each, but " + test
                                        + " does not. Write @TestTemplate instead of @Test; or, with JUnit 5.13 or later, put @EachImage on"
                                        + " the class, and ask in its tests or @BeforeEach methods, not in @BeforeAll or a static field"));
    }

    static void requireHostName(String name, String origin) {
        if (!HOST_NAME.matcher(name).matches()) {
            throw new ExtensionConfigurationException("'" + name + "' in " + origin + " is no name for a machine."
                    + " Write lower-case letters, digits and dashes, at most 63, such as db-1");
        }
    }
}
