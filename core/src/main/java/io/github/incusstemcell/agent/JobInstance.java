package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;

/**
 * The machine for which templates are rendered, as they see it in {@code spec}.
 *
 * @param id of the instance
 * @param address its IPv4 address
 */
record JobInstance(String id, String address) {

    static final String DEPLOYMENT = "incus-stemcell";

    static final String ZONE = "z1";

    /** What a director says of an instance, as far as there is such a thing without one: its {@code instance_spec.rb}. */
    ObjectNode spec(String job) {
        ObjectNode spec = Json.object()
                .put("deployment", DEPLOYMENT)
                .put("name", job)
                .put("id", id)
                .put("index", 0)
                .put("bootstrap", true)
                .put("az", ZONE)
                .put("address", address)
                .put("ip", address)
                .put("dns_domain_name", "bosh")
                .put("persistent_disk", 0);
        spec.putObject("job").put("name", job);
        ObjectNode network = spec.putObject("networks").putObject("default");
        network.put("type", "manual").put("ip", address);
        network.putArray("default").add("dns").add("gateway");
        return spec;
    }
}
