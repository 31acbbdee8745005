package io.github.incusstemcell.container;

/** Changes a booted container, once, so that many others start with what it did. */
@FunctionalInterface
public interface Provisioner {

    /**
     * Installs and configures what it is there for.
     *
     * @param container a booted container of the image; closed afterwards by who called
     * @throws Exception if it fails, in whatever way
     */
    void provision(StemcellContainer container) throws Exception;

    /**
     * What changes when that does, so that an image of what it did before is not taken any more.
     *
     * @return any text, such as a digest of its code; empty where only the {@linkplain Provisioning#version version} tells
     */
    default String fingerprint() {
        return "";
    }
}
