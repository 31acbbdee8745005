package io.github.incusstemcell.junit.assertj;

/**
 * A record of the domain name system.
 *
 * @param name whose it is, without a point at its end
 * @param type its type
 * @param ttl for how many seconds it may be kept
 * @param data what it says: an address in numbers, a name without a point at its end, or as {@link DnsType} has it
 */
public record DnsRecord(String name, DnsType type, long ttl, String data) {

    @Override
    public String toString() {
        return name + " " + type + " " + data;
    }
}
