package io.github.incusstemcell.incus;

import java.util.regex.Pattern;

/** A cluster does not know its own state, since too many of the members that keep its database are away. */
public class NoQuorumException extends IncusException {

    /**
     * What a member answers that does not find who leads: to whom its database is, with nobody to ask or no answer in time, and to the
     * others. One that has just lost the others waits for them in vain.
     */
    private static final Pattern NO_LEADER = Pattern.compile(
            ".* leader server found.*|Failed to get leader address: .*|RAFT cluster is unavailable", Pattern.DOTALL);

    NoQuorumException(IncusException failure) {
        super(
                failure,
                "Its cluster has no quorum: more than half of the members that keep its database are away, or do not answer in"
                        + " time, so that nothing can be started or found there. Bring them back; of those that are lost for good the cluster is told on a"
                        + " member that is left, with: incus admin cluster recover-from-quorum-loss");
    }

    static boolean isMeant(String answer) {
        return NO_LEADER.matcher(answer).matches();
    }
}
