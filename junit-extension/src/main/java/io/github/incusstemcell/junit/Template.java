package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.oci.ImageReference;
import java.time.Duration;
import java.util.Collections;
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
 * @param images the stemcells, if a test runs once with each
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
        List<String> images,
        Scope scope,
        boolean reset,
        Optional<String> network,
        UnaryOperator<ContainerSpec> options,
        Cleanup cleanup,
        Optional<Duration> startupTimeout,
        boolean disabledWithoutIncus) {

    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    Template {
        images = List.copyOf(images);
        requireMatrix(image, images, origin);
        if (!node.isEmpty()) {
            requireHostName(node, origin);
        }
        if (reset && scope == Scope.PER_TEST) {
            throw new ExtensionConfigurationException(
                    origin + " has resetBetweenTests = true, but with scope = PER_TEST"
                            + " each test has a container of its own anyway. Remove one of them");
        }
    }

    private static void requireMatrix(Optional<String> image, List<String> images, String origin) {
        if (!images.isEmpty() && image.isPresent()) {
            throw new ExtensionConfigurationException(origin + " names both an image, '" + image.get()
                    + "', and images to run with each of, " + images + ". Remove one of them");
        }
        for (String each : images) {
            try {
                ImageReference.parse(each);
            } catch (IncusStemcellException e) {
                throw new ExtensionConfigurationException(
                        "'" + each + "' in images of " + origin + " cannot be read: " + e.getMessage(), e);
            }
            if (Collections.frequency(images, each) > 1) {
                throw new ExtensionConfigurationException(origin + " names '" + each + "' twice in images");
            }
        }
    }

    /**
     * The same with the one image that a test runs with.
     *
     * @param chosen that of the test's invocation, or empty where it runs once
     * @param test what asks, for messages
     */
    Template withChosen(Optional<String> chosen, String test) {
        if (images.isEmpty()) {
            return this;
        }
        String one = chosen.filter(images::contains).orElseThrow(() -> notChosen(chosen, test));
        return new Template(
                origin,
                node,
                Optional.of(one),
                List.of(),
                scope,
                reset,
                network,
                options,
                cleanup,
                startupTimeout,
                disabledWithoutIncus);
    }

    private ExtensionConfigurationException notChosen(Optional<String> chosen, String test) {
        return new ExtensionConfigurationException(
                chosen.map(other -> test + " runs with '" + other + "', which is none of the images of " + origin + ": "
                                + images + ". Name the same images for all machines of a test, or one image")
                        .orElseGet(
                                () -> origin
                                        + " names several images, so what asks for a container has to run once for each, but "
                                        + test
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
