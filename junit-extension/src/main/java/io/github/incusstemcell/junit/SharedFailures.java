package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.ProvisioningException;
import java.util.IdentityHashMap;
import java.util.Map;

/** What keeps several tests from having a container, such as that there is no Incus: told in full once, and then by a line. */
final class SharedFailures {

    private final Map<Throwable, String> told = new IdentityHashMap<>();

    /**
     * {@return what a test is told: the failure, or in a line that it is that of a test before it}
     *
     * @param test as messages name it
     */
    synchronized RuntimeException tell(RuntimeException failure, String test) {
        // Each test gets a provisioning's failure anew, with the same cause.
        Throwable reason = failure instanceof ProvisioningException ? failure.getCause() : failure;
        String first = told.putIfAbsent(reason, test);
        return first == null || first.equals(test) ? failure : new RepeatedFailureException(failure, first);
    }
}
