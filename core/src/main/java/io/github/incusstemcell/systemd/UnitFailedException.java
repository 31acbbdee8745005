package io.github.incusstemcell.systemd;

/** What systemd was told to do with a unit came to no good end. */
public class UnitFailedException extends SystemdException {

    private final transient Unit unit;

    UnitFailedException(String message, Unit unit) {
        super(message);
        this.unit = unit;
    }

    /** {@return the unit as it was then} */
    public Unit unit() {
        return unit;
    }
}
