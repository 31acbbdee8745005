package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.InstanceState;
import io.github.incusstemcell.incus.InstanceState.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Assertions on one network interface. One that is not there fails all of them but {@link #doesNotExist()}. {@link #satisfies} is given
 * its {@link NetworkInterface}.
 *
 * <p>Incus is asked, which looks inside of the guest's network namespace: the guest needs no program for it, and /proc and /sys do not say
 * which IPv4 addresses an interface has.
 *
 * <p>{@code eth0} is set up by the overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}{@code .NETWORK}), or by Incus: no
 * stemcell does.
 */
public final class InterfaceAssert extends GuestObjectAssert<InterfaceAssert, NetworkInterface> {

    InterfaceAssert(Subject subject, String name) {
        super(new Presence<>(
                subject,
                "network interface " + Arguments.networkInterface(name),
                () -> interfaces(subject.stemcell()),
                all -> Optional.ofNullable(all.get(name)),
                InterfaceAssert::words,
                all -> "there is no such interface; there are: " + String.join(", ", new TreeSet<>(all.keySet()))));
    }

    private static Map<String, NetworkInterface> interfaces(StemcellContainer stemcell) {
        InstanceState state = stemcell.state();
        if (state.network().isEmpty()) {
            throw AssertionErrors.of("Incus says of no network interface of " + stemcell.name()
                    + ", not even of lo; it is " + state.status());
        }
        return state.network();
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

    /** {@return this, where there is such an interface} */
    public InterfaceAssert exists() {
        return that("exist", link -> true);
    }

    /** {@return this, where there is no such interface} */
    public InterfaceAssert doesNotExist() {
        return isAbsent("not exist");
    }

    /** {@return this, where it is up} */
    public InterfaceAssert isUp() {
        return that("be up", link -> link.state().equals("up"));
    }

    /** {@return this, where it is there and down} */
    public InterfaceAssert isDown() {
        return that("be down", link -> link.state().equals("down"));
    }

    /**
     * Verifies the size of packets.
     *
     * @param bytes the largest, in bytes
     * @return this
     */
    public InterfaceAssert hasMtu(int bytes) {
        Arguments.number("the size of a packet", bytes, 1, Integer.MAX_VALUE);
        return that("have the mtu " + bytes, link -> link.mtu() == bytes);
    }

    /**
     * Verifies the MAC address.
     *
     * @param address as {@code 10:66:6a:15:04:dc}
     * @return this
     */
    public InterfaceAssert hasMacAddress(String address) {
        Arguments.macAddress(address);
        return that("have the MAC address " + address, link -> link.hardwareAddress()
                .equalsIgnoreCase(address));
    }

    /**
     * Verifies an address.
     *
     * @param address one of its IPv4 or IPv6 addresses, in numbers, with or without the length of its prefix, as {@code 10.0.0.5/24}
     * @return this
     */
    public InterfaceAssert hasAddress(String address) {
        String wanted = plain(address);
        return that("have the address " + address, link -> texts(link).anyMatch(wanted::equals));
    }

    /**
     * Verifies that it does not have an address.
     *
     * @param address as for {@link #hasAddress}
     * @return this
     */
    public InterfaceAssert doesNotHaveAddress(String address) {
        String unwanted = plain(address);
        return that("not have the address " + address, link -> texts(link).noneMatch(unwanted::equals));
    }

    /**
     * Verifies all addresses.
     *
     * @param addresses all of its addresses without their prefixes, IPv6 ones of the link included, in any order
     * @return this
     */
    public InterfaceAssert hasOnlyAddresses(String... addresses) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.anyTexts(addresses, Addresses::plain)));
        return that("have only the addresses " + String.join(" ", wanted), link -> List.copyOf(
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
