package io.github.incusstemcell.agent;

/**
 * The machine for which templates are rendered, as they see it in {@code spec}.
 *
 * @param id of the instance
 * @param address its IPv4 address
 */
record JobInstance(String id, String address) {

    static final String DEPLOYMENT = "incus-stemcell";
}
