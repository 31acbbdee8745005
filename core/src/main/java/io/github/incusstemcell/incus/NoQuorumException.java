package io.github.incusstemcell.incus;

/** A cluster does not know its own state, since too many of the members that keep its database are away. */
public class NoQuorumException extends IncusException {

    /** What a member answers that finds nobody to ask; one that has just lost the others waits for them in vain. */
    private static final String NOBODY = " leader server found";

    NoQuorumException(IncusException failure) {
        super(
                failure,
                "Its cluster has no quorum: more than half of the members that keep its database are away, so that nothing can be"
                        + " started or found there. Bring them back; of those that are lost for good the cluster is told on a"
                        + " member that is left, with: incus admin cluster recover-from-quorum-loss");
    }

    static boolean isMeant(String answer) {
        return answer.contains(NOBODY);
    }
}
