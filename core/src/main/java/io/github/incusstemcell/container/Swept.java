package io.github.incusstemcell.container;

import io.github.incusstemcell.GuestText;
import java.util.Optional;

/**
 * Something that a dead process left in Incus, and that a sweep came across.
 *
 * @param name the name of the container, network or storage pool
 * @param process the process id of the JVM that created it, on its own machine
 * @param host the name of that machine
 * @param owner for what it was created, such as a test's class and method; may be empty
 * @param left why it could not be removed, and is left to a later run; empty: it is gone
 */
public record Swept(String name, long process, String host, String owner, Optional<String> left) {

    static Swept removed(String name, Lease lease) {
        return new Swept(name, lease.pid(), lease.host(), lease.owner(), Optional.empty());
    }

    Swept left(String reason) {
        return new Swept(name, process, host, owner, Optional.of(reason));
    }

    /** {@return a line for people} */
    @Override
    public String toString() {
        String whose =
                name + " of process " + process + " on " + GuestText.escaped(host) + ": " + GuestText.escaped(owner);
        return left.map(reason -> whose + " could not be removed: " + reason).orElse(whose);
    }
}
