package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an instance is at this moment, {@code GET /1.0/instances/NAME/state}.
 *
 * @param status {@code Running}, {@code Stopped}, {@code Frozen}, {@code Error}...
 * @param pid the process on the host that is its process 1; 0 or less where it does not run
 * @param processes how many processes it has; -1 where the daemon does not know
 * @param cpuNanoseconds the time that it has kept processors busy, in nanoseconds
 * @param memoryBytes the memory that it uses, in bytes
 * @param diskBytes how large its disks may become, in bytes, by the names of their devices; 0 for those without a limit
 * @param network its network interfaces by name, as seen from inside; empty where it does not run
 */
public record InstanceState(
        String status,
        long pid,
        long processes,
        long cpuNanoseconds,
        long memoryBytes,
        Map<String, Long> diskBytes,
        Map<String, NetworkInterface> network) {

    static InstanceState of(JsonNode node) {
        return new InstanceState(
                node.path("status").asText(),
                node.path("pid").asLong(),
                node.path("processes").asLong(),
                node.path("cpu").path("usage").asLong(),
                node.path("memory").path("usage").asLong(),
                Json.map(node.path("disk"), InstanceState::diskBytes),
                Json.map(node.path("network"), NetworkInterface::of));
    }

    /** 7.0 tells the limit that is configured also where nothing enforces it, but there it does not know what is used. */
    private static long diskBytes(JsonNode disk) {
        return disk.path("usage").asLong() < 0 ? 0 : disk.path("total").asLong();
    }

    /** {@return whether its processes run; false where they are frozen, too} */
    public boolean isRunning() {
        return status.equals("Running");
    }

    /** {@return the first IPv4 address that reaches beyond the instance, of any interface; empty where there is none} */
    public Optional<String> ipv4() {
        return network.values().stream()
                .flatMap(link -> link.addresses().stream())
                .filter(address ->
                        address.family().equals("inet") && address.scope().equals("global"))
                .map(Address::address)
                .findFirst();
    }

    /**
     * A network interface of an instance.
     *
     * @param state {@code up} or {@code down}
     * @param type such as {@code broadcast} or {@code loopback}
     * @param hardwareAddress its MAC address; empty where it has none
     * @param hostName the interface on the host that is its other end; empty where there is none
     * @param mtu the largest packet, in bytes
     * @param addresses its addresses
     */
    public record NetworkInterface(
            String state, String type, String hardwareAddress, String hostName, int mtu, List<Address> addresses) {

        static NetworkInterface of(JsonNode node) {
            return new NetworkInterface(
                    node.path("state").asText(),
                    node.path("type").asText(),
                    node.path("hwaddr").asText(),
                    node.path("host_name").asText(),
                    node.path("mtu").asInt(),
                    Json.list(node.path("addresses"), Address::of));
        }
    }

    /**
     * An address of a network interface.
     *
     * @param family {@code inet} or {@code inet6}
     * @param address the address
     * @param prefixLength how many of its bits name the network
     * @param scope {@code global}, {@code link} or {@code local}
     */
    public record Address(String family, String address, int prefixLength, String scope) {

        static Address of(JsonNode node) {
            return new Address(
                    node.path("family").asText(),
                    node.path("address").asText(),
                    node.path("netmask").asInt(),
                    node.path("scope").asText());
        }
    }
}
