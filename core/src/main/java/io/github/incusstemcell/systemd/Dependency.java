package io.github.incusstemcell.systemd;

/** How one unit can name another (systemd.unit(5)). */
public enum Dependency {
    /** Needs the other. */
    REQUIRES("Requires"),
    /** Needs the other to be there already. */
    REQUISITE("Requisite"),
    /** Would like to have the other. */
    WANTS("Wants"),
    /** Stops with the other, however that ends. */
    BINDS_TO("BindsTo"),
    /** Stops and restarts with the other. */
    PART_OF("PartOf"),
    /** Keeps the other up. */
    UPHOLDS("Upholds"),
    /** Cannot be up with the other. */
    CONFLICTS("Conflicts"),
    /** Starts before the other. */
    BEFORE("Before"),
    /** Starts after the other. */
    AFTER("After"),
    /** Starts the other when it fails. */
    ON_FAILURE("OnFailure"),
    /** Starts the other when it ends well. */
    ON_SUCCESS("OnSuccess"),
    /** Starts the other, as a timer or a socket does. */
    TRIGGERS("Triggers"),
    /** Is started by the other. */
    TRIGGERED_BY("TriggeredBy"),
    /** Is needed by the other. */
    REQUIRED_BY("RequiredBy"),
    /** The other would like to have it. */
    WANTED_BY("WantedBy"),
    /** The other stops with it. */
    BOUND_BY("BoundBy"),
    /** The other keeps it up. */
    UPHELD_BY("UpheldBy");

    private final String property;

    Dependency(String property) {
        this.property = property;
    }

    /** {@return systemd's name of it} */
    public String property() {
        return property;
    }
}
