package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.InstanceState;
import io.github.incusstemcell.incus.InstanceState.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Assertions on one network interface. One that is not there fails all of them but {@link #doesNotExist()}. {@link #satisfies} is given
 * its {@link NetworkInterface}.
 *
 * <p>The guest's kernel is asked, by way of the process that is kept for looks, or by Incus, which looks inside of the guest's network
 * namespace: /proc and /sys do not say which IPv4 addresses an interface has.
 *
 * <p>{@code eth0} is set up by the overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}{@code .NETWORK}), or by Incus: no
 * stemcell does.
 */
public final class InterfaceAssert extends GuestObjectAssert<InterfaceAssert, NetworkInterface> {

    /** For checks that do not ask for the other end on the host. */
    private final Presence<?, NetworkInterface> inside;

    InterfaceAssert(Subject subject, String name) {
        super(presence(subject, name, stemcell -> stemcell.state().network()));
        this.inside = presence(subject, name, StemcellContainer::networkInterfaces);
    }

    private static Presence<?, NetworkInterface> presence(
            Subject subject, String name, Function<StemcellContainer, Map<String, NetworkInterface>> reading) {
        return new Presence<>(
                subject,
                "network interface " + Arguments.networkInterface(name),
                () -> interfaces(subject.stemcell(), reading),
                all -> Optional.ofNullable(all.get(name)),
                InterfaceAssert::words,
                all -> "there is no such interface; there are: " + String.join(", ", new TreeSet<>(all.keySet())));
    }

    private static Map<String, NetworkInterface> interfaces(
            StemcellContainer stemcell, Function<StemcellContainer, Map<String, NetworkInterface>> reading) {
        Map<String, NetworkInterface> all = reading.apply(stemcell);
        if (all.isEmpty()) {
            throw AssertionErrors.of("Incus says of no network interface of " + stemcell.name()
                    + ", not even of lo; it is " + stemcell.state().status());
        }
        return withLabelled(all);
    }

    /** An address with a label, as eth0:1, comes as if it were of an interface of that name, in which the kernel allows no colon. */
    private static Map<String, NetworkInterface> withLabelled(Map<String, NetworkInterface> all) {
        Map<String, NetworkInterface> whole = new TreeMap<>();
        new TreeMap<>(all)
                .forEach((name, link) -> whole.merge(name.replaceFirst(":.*", ""), link, InterfaceAssert::together));
        return whole;
    }

    private static NetworkInterface together(NetworkInterface link, NetworkInterface labelled) {
        return new NetworkInterface(
                link.state(),
                link.type(),
                link.hardwareAddress(),
                link.hostName(),
                link.mtu(),
                Stream.concat(link.addresses().stream(), labelled.addresses().stream())
                        .toList());
    }

    private InterfaceAssert is(String wanted, Predicate<NetworkInterface> holds) {
        inside.holds(wanted, holds);
        return this;
    }

    private static String words(NetworkInterface link) {
        return link.state() + ", mtu " + link.mtu()
                + (link.hardwareAddress().isEmpty() ? "" : ", " + link.hardwareAddress()) + ", addresses "
                + (link.addresses().isEmpty()
                        ? "none"
                        : link.addresses().stream()
                                .map(address -> address.address() + "/" + address.prefixLength())
                                .collect(Collectors.joining(" ")));
    }

    /**
     * Verifies that there is such an interface.
     *
     * <pre>{@code
     * assertThat(stemcell).networkInterface("eth0").exists(); // passes
     * assertThat(stemcell).networkInterface("eth7").exists(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public InterfaceAssert exists() {
        return is("exist", link -> true);
    }

    /**
     * Verifies that there is no such interface.
     *
     * <pre>{@code
     * assertThat(stemcell).networkInterface("eth7").doesNotExist(); // passes
     * assertThat(stemcell).networkInterface("eth0").doesNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public InterfaceAssert doesNotExist() {
        inside.isAbsent("not exist");
        return this;
    }

    /**
     * Verifies that it is up.
     *
     * <pre>{@code
     * stemcell.exec("ip", "link", "add", "web0", "type", "veth", "peer", "name", "web1");
     * assertThat(stemcell).networkInterface("eth0").isUp(); // passes
     * assertThat(stemcell).networkInterface("web0").isUp(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public InterfaceAssert isUp() {
        return is("be up", link -> link.state().equals("up"));
    }

    /**
     * Verifies that it is there and down.
     *
     * <pre>{@code
     * stemcell.exec("ip", "link", "add", "web0", "type", "veth", "peer", "name", "web1");
     * assertThat(stemcell).networkInterface("web0").isDown(); // passes
     * assertThat(stemcell).networkInterface("eth0").isDown(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public InterfaceAssert isDown() {
        return is("be down", link -> link.state().equals("down"));
    }

    /**
     * Verifies that its packets have at most so many bytes.
     *
     * <pre>{@code
     * assertThat(stemcell).networkInterface("lo").hasMtu(65_536); // passes
     * assertThat(stemcell).networkInterface("lo").hasMtu(1500); // fails
     * }</pre>
     *
     * @param bytes the largest, in bytes
     * @return this assertion object
     */
    public InterfaceAssert hasMtu(int bytes) {
        Arguments.number("the size of a packet", bytes, 1, Integer.MAX_VALUE);
        return is("have the mtu " + bytes, link -> link.mtu() == bytes);
    }

    /**
     * Verifies that it has this MAC address.
     *
     * <pre>{@code
     * stemcell.shell("ip link add web2 address 02:00:00:00:00:01 type veth peer name web3");
     * assertThat(stemcell).networkInterface("web2").hasMacAddress("02:00:00:00:00:01"); // passes
     * assertThat(stemcell).networkInterface("eth0").hasMacAddress("02:00:00:00:00:01"); // fails
     * }</pre>
     *
     * @param address as {@code 10:66:6a:15:04:dc}
     * @return this assertion object
     */
    public InterfaceAssert hasMacAddress(String address) {
        Arguments.macAddress(address);
        return is("have the MAC address " + address, link -> link.hardwareAddress()
                .equalsIgnoreCase(address));
    }

    /**
     * Verifies that it has this address, perhaps among others.
     *
     * <pre>{@code
     * assertThat(stemcell).networkInterface("lo").hasAddress("127.0.0.1"); // passes
     * assertThat(stemcell).networkInterface("lo").hasAddress("127.0.0.1/8"); // passes
     * assertThat(stemcell).networkInterface("eth0").hasAddress("127.0.0.1"); // fails
     * }</pre>
     *
     * @param address one of its IPv4 or IPv6 addresses, in numbers, with or without the length of its prefix, as {@code 10.0.0.5/24}
     * @return this assertion object
     */
    public InterfaceAssert hasAddress(String address) {
        String wanted = plain(address);
        return is("have the address " + address, link -> texts(link).anyMatch(wanted::equals));
    }

    /**
     * Verifies that it does not have this address.
     *
     * <pre>{@code
     * assertThat(stemcell).networkInterface("eth0").doesNotHaveAddress("127.0.0.1"); // passes
     * assertThat(stemcell).networkInterface("lo").doesNotHaveAddress("127.0.0.1"); // fails
     * }</pre>
     *
     * @param address as for {@link #hasAddress}
     * @return this assertion object
     */
    public InterfaceAssert doesNotHaveAddress(String address) {
        String unwanted = plain(address);
        return is("not have the address " + address, link -> texts(link).noneMatch(unwanted::equals));
    }

    /**
     * Verifies that it has these addresses, and no others.
     *
     * <pre>{@code
     * stemcell.shell("ip link add web4 type veth peer name web5; ip address add 10.9.8.7/24 dev web4");
     * assertThat(stemcell).networkInterface("web4").hasOnlyAddresses("10.9.8.7"); // passes
     * assertThat(stemcell).networkInterface("web4").hasOnlyAddresses("10.9.8.7", "10.9.8.8"); // fails
     * }</pre>
     *
     * @param addresses all of its addresses without their prefixes, IPv6 ones of the link included, in any order
     * @return this assertion object
     */
    public InterfaceAssert hasOnlyAddresses(String... addresses) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(addresses, Addresses::plain)));
        return is("have only the addresses " + String.join(" ", wanted), link -> List.copyOf(
                        new TreeSet<>(link.addresses().stream()
                                .map(InstanceState.Address::address)
                                .map(Addresses::plain)
                                .toList()))
                .equals(wanted));
    }

    /** Each address both ways, without and with its prefix. */
    private static Stream<String> texts(NetworkInterface link) {
        return link.addresses().stream()
                .flatMap(address -> Stream.of(
                        Addresses.plain(address.address()),
                        Addresses.plain(address.address()) + "/" + address.prefixLength()));
    }

    private static String plain(String address) {
        return Objects.requireNonNull(address, "address").contains("/")
                ? Addresses.withPrefix(address)
                : Addresses.plain(address);
    }
}
