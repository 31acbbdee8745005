package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Assertions on all ports on which a guest listens, of TCP and UDP, over IPv4 and IPv6; those of UDP-Lite, DCCP or SCTP and Unix sockets are
 * none of them. A socket that systemd
 * holds for a service that does not run yet is listened on. {@link #satisfies} is given a {@link ListeningSocket} for each address of each.
 */
public final class SocketsAssert extends GuestListAssert<SocketsAssert, ListeningSocket> {

    SocketsAssert(Subject subject) {
        this(
                subject,
                new Many<>(
                        "the ports listened on",
                        () -> Sockets.of(subject.stemcell(), Protocol.PORTS).listeners(),
                        ListeningSocket::words));
    }

    private SocketsAssert(Subject subject, Many<ListeningSocket> many) {
        super(subject, many, SocketsAssert::new);
    }

    /** {@return assertions on those that others than the guest itself can reach, as far as their addresses go} */
    public SocketsAssert beyondLoopback() {
        return filtered("beyond loopback", SocketsAssert::isOpen);
    }

    private static boolean isOpen(ListeningSocket socket) {
        String address = socket.address();
        return !address.startsWith("127.") && !address.startsWith("::ffff:127.") && !address.equals("::1");
    }

    /**
     * Verifies that somebody listens on these ports, and nobody on others.
     *
     * <pre>{@code
     * assertThat(stemcell).sockets().filteredOn(socket -> socket.port() == 22, "of ssh").containsExactly(tcp(22)); // passes
     * assertThat(stemcell).sockets().containsExactly(tcp(22)); // fails
     * }</pre>
     *
     * @param sockets exactly those on which somebody listens, as {@code tcp(22)}, which is over both families, in any order; none: nobody
     *     listens on any
     * @return this assertion object
     */
    public SocketsAssert containsExactly(GuestSocket... sockets) {
        List<GuestSocket> wanted = ports(sockets);
        return that(
                wanted.isEmpty() ? "be none" : "be exactly " + words(wanted),
                found -> missing(wanted, found).isEmpty()
                        && others(found, wanted).isEmpty(),
                found -> difference(wanted, found));
    }

    /**
     * Verifies that nobody listens on other ports than these, whether or not somebody listens on each of them.
     *
     * <pre>{@code
     * assertThat(stemcell).sockets().filteredOn(socket -> socket.port() < 53, "below 53").areSubsetOf(tcp(22), tcp(25)); // passes
     * assertThat(stemcell).sockets().areSubsetOf(tcp(22), tcp(25)); // fails
     * }</pre>
     *
     * @param sockets the ports that may be listened on, as {@code tcp(22)}; at least one
     * @return this assertion object
     */
    public SocketsAssert areSubsetOf(GuestSocket... sockets) {
        List<GuestSocket> allowed = ports(sockets);
        if (allowed.isEmpty()) {
            throw new IllegalArgumentException("Name a port, or ask whether there are none by isEmpty");
        }
        return that(
                "be none but " + words(allowed),
                found -> others(found, allowed).isEmpty(),
                found -> "there were others: " + many.list(others(found, allowed)));
    }

    private static List<GuestSocket> ports(GuestSocket... sockets) {
        for (GuestSocket socket : Objects.requireNonNull(sockets, "sockets")) {
            if (Objects.requireNonNull(socket, "socket").protocol() == Protocol.UNIX) {
                throw new IllegalArgumentException("Not a port: " + socket);
            }
        }
        return Arrays.stream(sockets)
                .sorted(Comparator.comparing(GuestSocket::protocol).thenComparing(GuestSocket::port))
                .distinct()
                .toList();
    }

    private static List<GuestSocket> missing(List<GuestSocket> wanted, List<ListeningSocket> found) {
        return wanted.stream()
                .filter(socket -> found.stream().noneMatch(listener -> listener.isAt(socket)))
                .toList();
    }

    private static List<ListeningSocket> others(List<ListeningSocket> found, List<GuestSocket> wanted) {
        return found.stream()
                .filter(listener -> wanted.stream().noneMatch(listener::isAt))
                .toList();
    }

    private String difference(List<GuestSocket> wanted, List<ListeningSocket> found) {
        return "there were: " + (found.isEmpty() ? "none" : many.list(found)) + "\n  missing: "
                + or(words(missing(wanted, found))) + "\n  not in the list: "
                + or(String.join(
                        ", ",
                        new TreeSet<>(others(found, wanted).stream()
                                .map(ListeningSocket::words)
                                .toList())));
    }

    private static String or(String words) {
        return words.isEmpty() ? "none" : words;
    }

    private static String words(List<GuestSocket> sockets) {
        return sockets.stream()
                .map(socket -> socket.protocol() + " " + socket.port())
                .collect(Collectors.joining(", "));
    }
}
