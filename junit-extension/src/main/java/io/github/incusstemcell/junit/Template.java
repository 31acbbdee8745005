package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.ContainerSpec;
import java.time.Duration;
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
        Scope scope,
        boolean reset,
        Optional<String> network,
        UnaryOperator<ContainerSpec> options,
        Cleanup cleanup,
        Optional<Duration> startupTimeout,
        boolean disabledWithoutIncus) {

    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    Template {
        if (!node.isEmpty()) {
            requireHostName(node, origin);
        }
        if (reset && scope == Scope.PER_TEST) {
            throw new ExtensionConfigurationException(
                    origin + " has resetBetweenTests = true, but with scope = PER_TEST"
                            + " each test has a container of its own anyway. Remove one of them");
        }
    }

    static void requireHostName(String name, String origin) {
        if (!HOST_NAME.matcher(name).matches()) {
            throw new ExtensionConfigurationException("'" + name + "' in " + origin + " is no name for a machine."
                    + " Write lower-case letters, digits and dashes, at most 63, such as db-1");
        }
    }
}
