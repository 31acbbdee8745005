package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Profiles.Profile;
import io.github.incusstemcell.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places on the members of a cluster that all runs with one limit of machines share. Each is a profile with the lease of the run that has
 * it: of two that take the same one Incus refuses the second, so that nobody has to look at what others have written meanwhile.
 *
 * @param incus the daemon, in the project of all that share the limit
 * @param lease of this run
 * @param limit how many machines may run at once, on all members together
 */
record MemberPlaces(Incus incus, Lease lease, int limit) {

    private static final Logger LOG = LoggerFactory.getLogger(MemberPlaces.class);

    private static final String PREFIX = "isc-on-";
    private static final int MEMBER = 12;
    private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9a-f]{" + MEMBER + "}-\\d{1,5}");

    /** What was taken when the daemon was asked. */
    record Taken(Set<String> names) {

        int on(String member) {
            String prefix = prefix(member);
            return (int) names.stream().filter(name -> name.startsWith(prefix)).count();
        }

        private String firstFree(String member) {
            String prefix = prefix(member);
            int number = 0;
            while (names.contains(prefix + number)) {
                number++;
            }
            return prefix + number;
        }
    }

    static boolean isPlace(String profile) {
        return NAME.matcher(profile).matches();
    }

    /** A member's name may be longer than a profile's. */
    private static String prefix(String member) {
        return PREFIX
                + Digest.sha256(member.getBytes(StandardCharsets.UTF_8)).hex().substring(0, MEMBER) + "-";
    }

    /** {@return how many machines are to be on one with so many of all processors at most, where tests leave the choice} */
    int bound(int processors, int ofAll) {
        return (limit * processors + ofAll - 1) / ofAll;
    }

    /** {@return which are taken at this moment, by all runs} */
    Taken taken() {
        return new Taken(
                incus.profiles().names().stream().filter(MemberPlaces::isPlace).collect(Collectors.toSet()));
    }

    /**
     * Takes the first that is free on a member.
     *
     * @return gives it back; empty where another run was faster
     */
    Optional<Runnable> take(String member, Taken taken) {
        String place = taken.firstFree(member);
        try {
            incus.profiles()
                    .create(place, lease.of("").keys(), Map.of(), "A machine of a run of Incus Stemcell on " + member);
        } catch (IncusException e) {
            if (incus.profiles().find(place).isEmpty()) {
                throw e;
            }
            return Optional.empty();
        }
        return Optional.of(() -> leave(place));
    }

    /** Gives back those of this run that it has still, as of containers that are kept, or since something went wrong. */
    void leaveAll() {
        try {
            taken().names().forEach(this::leave);
        } catch (IncusStemcellException e) {
            LOG.debug("Places on members stay until a later run removes them", e);
        }
    }

    /** Unless this run was taken for dead meanwhile, and the place is another's now. */
    private void leave(String place) {
        try {
            if (incus.profiles().find(place).filter(this::isOurs).isPresent()) {
                incus.profiles().delete(place);
            }
        } catch (IncusStemcellException e) {
            LOG.debug("The profile '{}' stays until this JVM has ended and a later one removes it", place, e);
        }
    }

    private boolean isOurs(Profile place) {
        return lease.run().equals(place.config().get(Lease.RUN));
    }
}
