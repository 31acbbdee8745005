package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Assertions on who listens at one place, as the kernel's tables under {@code /proc/net} have it. Where nobody listens all of them fail
 * but {@link #isNotListening()}. A socket that systemd holds for a service that does not run yet is listened on, by systemd. Where
 * {@link GuestSocket#tcp} or {@link GuestSocket#udp} is meant, it is over IPv4 and IPv6 alike. {@link #satisfies} is given all sockets
 * there, one or more.
 *
 * <p>A Unix socket is listened on at the path by which whoever listens has bound it: also where its file was removed since, or is in a
 * file system that others do not see, as by {@code PrivateTmp=}, so that nobody can connect.
 *
 * <p>That sshd answers on port 22 is due to host keys of the overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}{@code
 * .SSH_HOST_KEYS}) where the first boot is not left to the stemcell.
 */
public final class SocketAssert extends GuestAssert<SocketAssert, List<ListeningSocket>> {

    private final GuestSocket socket;
    private final Presence<Listening, Listening> presence;

    SocketAssert(Subject subject, GuestSocket socket) {
        super(subject);
        if (Objects.requireNonNull(socket, "socket").path().startsWith("/")) {
            Arguments.plainPath(socket.path());
        }
        this.socket = socket;
        this.presence = new Presence<>(
                subject,
                socket.toString(),
                seen -> seen.polling(() -> Listening.now(subject.stemcell(), socket)),
                Listening::ifThere,
                Listening::words,
                Listening::surroundings,
                listening -> "listened on" + listening.where());
    }

    private SocketAssert is(String wanted, Predicate<Listening> holds) {
        presence.holds(wanted, holds);
        return this;
    }

    @Override
    SocketAssert that(String wanted, Predicate<List<ListeningSocket>> holds) {
        return is(wanted, listening -> holds.test(listening.sockets()));
    }

    /**
     * Verifies that somebody listens there, on whatever address; of a Unix socket not that its file is still there.
     *
     * <pre>{@code
     * assertThat(stemcell).socket(tcp(22)).isListening(); // passes
     * assertThat(stemcell).socket(tcp(81)).isListening(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public SocketAssert isListening() {
        return that("be listened on", sockets -> true);
    }

    /**
     * Verifies that nobody listens there, on no address.
     *
     * <pre>{@code
     * assertThat(stemcell).socket(tcp(81)).isNotListening(); // passes
     * assertThat(stemcell).socket(tcp(22)).isNotListening(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public SocketAssert isNotListening() {
        presence.isAbsent("not be listened on");
        return this;
    }

    /**
     * Verifies that somebody listens there on an address, whatever others there are.
     *
     * <pre>{@code
     * assertThat(stemcell).socket(tcp(22)).listensOn("0.0.0.0"); // passes
     * assertThat(stemcell).socket(tcp(22)).listensOn("127.0.0.1"); // fails
     * }</pre>
     *
     * @param address the address in numbers, as {@code 0.0.0.0} or {@code ::1}
     * @return this assertion object
     */
    public SocketAssert listensOn(String address) {
        requirePort();
        String wanted = Addresses.plain(address);
        return is(
                "be listened on at " + address,
                listening -> listening.addresses().contains(wanted));
    }

    /**
     * Verifies that somebody listens there on these addresses, and nobody on others.
     *
     * <pre>{@code
     * assertThat(stemcell).socket(tcp(22)).listensOnlyOn("0.0.0.0", "::"); // passes
     * assertThat(stemcell).socket(tcp(22)).listensOnlyOn("127.0.0.1"); // fails
     * }</pre>
     *
     * @param addresses the addresses in numbers, in any order; at least one
     * @return this assertion object
     */
    public SocketAssert listensOnlyOn(String... addresses) {
        requirePort();
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.texts(
                addresses, "Name an address, or ask whether nobody listens by isNotListening", Addresses::plain)));
        return is(
                "be listened on at " + String.join(" ", wanted) + " only",
                listening -> listening.addresses().equals(wanted));
    }

    /**
     * Verifies that the test itself can connect, by IPv4 to {@link StemcellContainer#address()}, whoever listens. Where the test
     * {@linkplain StemcellContainer#isRoutable() has no route} to that, the guest connects to itself there.
     *
     * <pre>{@code
     * assertThat(stemcell).socket(tcp(22)).isReachable(); // passes
     * assertThat(stemcell).socket(tcp(81)).isReachable(); // fails
     * }</pre>
     *
     * @return this assertion object
     * @throws IllegalArgumentException for other sockets than those of TCP, {@link GuestSocket#tcp}
     */
    public SocketAssert isReachable() {
        reach("be reachable from the test", Connecting::isOpen);
        return this;
    }

    /**
     * Verifies that the test itself cannot connect, because nobody listens there, or not for it, or because something is in between.
     *
     * <pre>{@code
     * assertThat(stemcell).socket(tcp(81)).isNotReachable(); // passes
     * assertThat(stemcell).socket(tcp(22)).isNotReachable(); // fails
     * }</pre>
     *
     * @return this assertion object
     * @throws IllegalArgumentException for other sockets than those of TCP, {@link GuestSocket#tcp}
     */
    public SocketAssert isNotReachable() {
        reach("not be reachable from the test", connecting -> !connecting.isOpen());
        return this;
    }

    private void reach(String wanted, Predicate<Connecting> holds) {
        if (socket.protocol() != Protocol.TCP) {
            throw new IllegalArgumentException("A test can connect to ports of tcp only, not to " + socket);
        }
        Observation<Connecting> seen = new Observation<>(subject.timing(), holds, Connecting::words)
                .polling(() -> Connecting.to(subject.stemcell(), socket.port()));
        subject.verify(
                socket.toString(),
                wanted,
                seen,
                connecting -> connecting.words() + "\n  listening: "
                        + Listening.now(subject.stemcell(), socket).wordsOrSurroundings());
    }

    private void requirePort() {
        if (socket.protocol() == Protocol.UNIX) {
            throw new IllegalArgumentException("A Unix socket has no address: " + socket.path());
        }
    }

    /**
     * Verifies that a process of a name listens, on each address.
     *
     * <pre>{@code
     * assertThat(stemcell).socket(tcp(22)).isOwnedByProcess("systemd"); // passes
     * assertThat(stemcell).socket(tcp(22)).isOwnedByProcess("nginx"); // fails
     * }</pre>
     *
     * @param name the name of a process that holds the socket, whatever others do, as for {@link StemcellAssert#process}
     * @return this assertion object
     */
    public SocketAssert isOwnedByProcess(String name) {
        Arguments.process(name);
        return is("be owned by the process " + name, listening -> listening.areAllHeldBy(owner -> owner.isNamed(name)));
    }

    /**
     * Verifies that a unit listens, on each address.
     *
     * <pre>{@code
     * assertThat(stemcell).socket(tcp(22)).isOwnedByUnit("ssh.socket"); // passes
     * assertThat(stemcell).socket(tcp(22)).isOwnedByUnit("nginx.service"); // fails
     * }</pre>
     *
     * @param unit the unit of a process that holds the socket, whatever others do, or the unit of type {@code socket} for which systemd
     *     does; without a type it is a service
     * @return this assertion object
     */
    public SocketAssert isOwnedByUnit(String unit) {
        Arguments.unit(unit);
        if (unit.endsWith(".socket")) {
            return is("be owned by the unit " + unit, listening -> listening.areAllOf(unit));
        }
        Arguments.unitOfProcesses(unit);
        return is("be owned by the unit " + Processes.unitName(unit), listening -> {
            List<String> names = Processes.unitNames(subject, unit);
            return listening.areAllHeldBy(owner -> owner.isPartOf(names));
        });
    }
}
