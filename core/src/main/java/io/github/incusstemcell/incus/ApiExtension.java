package io.github.incusstemcell.incus;

/**
 * The API extensions that this client looks at: what each gives, and what happens without it.
 *
 * <p>This is the one place that names them. Nothing here asks for the version of the daemon, because distributions
 * carry features back.
 */
public enum ApiExtension {

    /** Incus pulls images from OCI registries by itself. Without it the daemon refuses sources of that protocol. */
    INSTANCE_OCI("instance_oci"),

    /** {@code DELETE .../files} removes a whole tree. Not needed: files go over SFTP, where the client walks the tree. */
    FILE_DELETE_FORCE("file_delete_force"),

    /**
     * {@code POST /1.0/instances} starts what it created. Without it an instance is started by a second request; both
     * lines of LTS have it.
     */
    INSTANCE_CREATE_START("instance_create_start"),

    /** A container's disk device may be a tmpfs. Without it the daemon takes {@code tmpfs:} for the path of a folder, and refuses it. */
    CONTAINER_DISK_TMPFS("container_disk_tmpfs"),

    /** The daemon relays TCP connections to ports of an instance. Not used: an exec carries them with every daemon. */
    INSTANCE_PORT_FORWARD("instance_port_forward"),

    /** Projects can be deleted with all that is in them. Not used: 6.0.4 also empties the default profile then. */
    PROJECTS_FORCE_DELETE("projects_force_delete"),

    /** {@code /1.0/metrics}. Without it {@link Incus#metrics} fails; both lines of LTS have it. */
    METRICS("metrics");

    private final String wireName;

    ApiExtension(String wireName) {
        this.wireName = wireName;
    }

    /** {@return the name under which {@code GET /1.0} lists it} */
    public String wireName() {
        return wireName;
    }
}
