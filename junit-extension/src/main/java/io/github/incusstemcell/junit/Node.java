package io.github.incusstemcell.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Asks for one of several machines, by name, on a parameter or a field of the type
 * {@link io.github.incusstemcell.container.StemcellContainer}:
 *
 * <pre>{@code
 * @IncusStemcell
 * @IncusStemcell(node = "db", memory = "512MiB")
 * class ReplicationTest {
 *
 *     @Test
 *     void replicates(@Node("db") StemcellContainer db, @Node("client") StemcellContainer client) {
 *         client.exec("nc", "-z", "db", "5432").requireSuccess();
 *     }
 * }
 * }</pre>
 *
 * <p>A name that has an {@link IncusStemcell} of its own gets the settings of that, any other name those of the one without
 * {@code node}. All machines that a test asks for by name start together, on one private network, and each of them knows the others
 * by their names, in {@code /etc/hosts}.
 */
@Target({ElementType.PARAMETER, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Node {

    /**
     * The name, which is a host name in the other machines.
     *
     * @return lower-case letters, digits and dashes
     */
    String value();
}
