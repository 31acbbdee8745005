package io.github.incusstemcell.incus;

/**
 * A member of the cluster no longer answers, in the middle of a call about what is on it, or before. What is on it is out of reach until it
 * answers again, and has ended where its machine has.
 */
public class MemberLostException extends IncusConnectionException {

    private final String member;

    MemberLostException(String what, String member, String reason, Throwable cause) {
        super(what + " failed: " + reason, cause);
        this.member = member;
    }

    /** {@return the name of the member} */
    public String member() {
        return member;
    }
}
