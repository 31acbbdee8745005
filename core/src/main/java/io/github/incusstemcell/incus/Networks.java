package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The networks that one project sees, {@code /1.0/networks}. */
public final class Networks {

    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);

    private static final Pattern VANISHED =
            Pattern.compile("^Failed to delete bridge children interfaces: .*\\(Device \"\\S+\" does not exist");

    /** So often in a row no interface vanishes at that moment. */
    private static final int ATTEMPTS = 10;

    private final Api api;

    Networks(Api api) {
        this.api = api;
    }

    /** {@return all networks, those of the host that Incus does not manage among them} */
    public List<NetworkInfo> list() {
        return Json.list(api.ask(ApiRequest.get("networks").query("recursion", 1)), NetworkInfo::of);
    }

    /**
     * Looks one network up.
     *
     * @param name its name
     * @return what the daemon knows of it; empty where there is none of that name
     */
    public Optional<NetworkInfo> find(String name) {
        return IfExists.find(() -> NetworkInfo.of(api.ask(ApiRequest.get("networks", name))));
    }

    /**
     * Creates a bridge.
     *
     * @param name its name, at most 15 characters
     * @param config its configuration. Give {@code ipv4.address}: left out, the daemon looks for a free
     *     subnet by probing random ones
     * @param description a text for humans
     * @return the network
     * @throws IncusException if the daemon refuses, because of a name or subnet in use, for example
     */
    public NetworkInfo create(String name, Map<String, String> config, String description) {
        return create(name, "bridge", config, description);
    }

    /**
     * Creates a network of any type.
     *
     * @param name its name, at most 15 characters
     * @param type such as {@code bridge}
     * @param config its configuration
     * @param description a text for humans
     * @return the network
     * @throws IncusException if the daemon refuses, because of a name or subnet in use, for example
     */
    public NetworkInfo create(String name, String type, Map<String, String> config, String description) {
        ObjectNode body = Json.object().put("name", name).put("type", type).put("description", description);
        body.set("config", Json.object(config));
        undisturbed(() -> api.create(ApiRequest.post("networks").json(body), operation -> {}));
        return NetworkInfo.of(api.ask(ApiRequest.get("networks", name)));
    }

    /**
     * Sets keys of a network's configuration and leaves the others as they are, {@code PATCH /1.0/networks/NAME}.
     *
     * @param name its name
     * @param changes keys and their values
     * @throws IncusException if the daemon refuses
     */
    public void updateConfig(String name, Map<String, String> changes) {
        undisturbed(() ->
                api.run(ApiRequest.patch("networks", name).json(Json.object().set("config", Json.object(changes)))));
    }

    /**
     * Defines a bridge on one member of a cluster, {@code POST /1.0/networks?target=MEMBER}. Once all members have it, it can be created.
     *
     * @param name its name, at most 15 characters
     * @param member the name of the member
     * @throws IncusException if the daemon refuses, or the member does not answer
     */
    public void createPending(String name, String member) {
        ObjectNode body = Json.object().put("name", name).put("type", "bridge");
        api.run(ApiRequest.post("networks").query("target", member).json(body));
    }

    /**
     * Deletes a network; one that is not there is fine.
     *
     * @param name its name
     * @throws IncusException if it is in use
     */
    public void delete(String name) {
        IfExists.remove(() -> undisturbed(() -> api.run(ApiRequest.delete("networks", name))));
    }

    /**
     * To make or delete a bridge, 6.0.4 looks at all interfaces of its machine, one after the other, and gives up where one vanishes
     * meanwhile, as that of a container does that stops. What is made is not there then, and what is deleted still is.
     */
    private static void undisturbed(Runnable request) {
        for (int attempt = 1; ; attempt++) {
            try {
                request.run();
                return;
            } catch (IncusException e) {
                if (attempt == ATTEMPTS || !VANISHED.matcher(e.answer()).find()) {
                    throw e;
                }
                LOG.info("An interface vanished while Incus looked at all of them; asking again: {}", e.answer());
            }
        }
    }

    /**
     * The addresses that a network has given away.
     *
     * @param name its name
     * @return the leases, static ones among them
     * @throws IncusException if there is no such network
     */
    public List<Lease> leases(String name) {
        return Json.list(api.ask(ApiRequest.get("networks", name, "leases")), Lease::of);
    }

    /**
     * The addresses of a network's own interface on the host, {@code GET /1.0/networks/NAME/state}.
     *
     * @param name its name
     * @return each address with its prefix, such as {@code 10.78.0.1/24}, of both families
     * @throws IncusException if there is no such network
     */
    public List<String> addresses(String name) {
        return Json.list(
                api.ask(ApiRequest.get("networks", name, "state")).path("addresses"),
                address -> address.path("address").asText() + "/"
                        + address.path("netmask").asText());
    }

    /**
     * An address that a network has given away.
     *
     * @param hostname the name of who has it
     * @param hardwareAddress its MAC address; may be empty
     * @param address the address
     * @param type {@code static}, {@code dynamic}, {@code gateway}...
     */
    public record Lease(String hostname, String hardwareAddress, String address, String type) {

        static Lease of(JsonNode node) {
            return new Lease(
                    node.path("hostname").asText(),
                    node.path("hwaddr").asText(),
                    node.path("address").asText(),
                    node.path("type").asText());
        }
    }
}
