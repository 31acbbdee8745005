package io.github.incusstemcell.stemcell;

/** Who makes an image of Incus's own out of one in a registry. */
public enum Conversion {

    /** This library: it fetches the layers and uploads them. Exact, fast, and works with every source and every Incus. */
    CLIENT,

    /**
     * The daemon: it pulls the image from the registry, and nothing is uploaded. For a remote daemon, where the way up to it is slow.
     * {@link DaemonConversion} says what it takes.
     */
    DAEMON
}
