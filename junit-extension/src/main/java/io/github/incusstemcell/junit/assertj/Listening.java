package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import io.github.incusstemcell.systemd.ActiveState;
import io.github.incusstemcell.systemd.SocketUnit;
import io.github.incusstemcell.systemd.UnitSummary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who listens at one moment. The processes are read only where somebody asks for them. */
final class Listening {

    private static final int SHOWN = 10;

    private final StemcellContainer stemcell;
    private final GuestSocket socket;
    private final Sockets sockets;
    private final List<ListeningSocket> there;
    private @Nullable Processes processes;
    private @Nullable List<SocketUnit> socketUnits;

    private Listening(StemcellContainer stemcell, GuestSocket socket, Sockets sockets) {
        this.stemcell = stemcell;
        this.socket = socket;
        this.sockets = sockets;
        this.there = at(stemcell, socket, sockets);
    }

    /** Sockets have the path by which whoever listens has named it, mostly without links. */
    private static List<ListeningSocket> at(StemcellContainer stemcell, GuestSocket socket, Sockets sockets) {
        List<ListeningSocket> there = sockets.at(socket);
        return there.isEmpty() && socket.path().startsWith("/")
                ? sockets.at(GuestSocket.unix(FileLinks.plainPath(stemcell, socket.path())))
                : there;
    }

    static Listening now(StemcellContainer stemcell, GuestSocket socket) {
        return new Listening(
                stemcell, socket, Sockets.of(stemcell, socket.protocol().tables()));
    }

    /** This, where somebody listens. */
    Optional<Listening> ifThere() {
        return there.isEmpty() ? Optional.empty() : Optional.of(this);
    }

    List<ListeningSocket> sockets() {
        return there;
    }

    /** By letter, each once. */
    List<String> addresses() {
        return there.stream().map(ListeningSocket::address).distinct().sorted().toList();
    }

    /** Whether each of the listening sockets is held by such a process, whoever else holds it. */
    boolean areAllHeldBy(Predicate<GuestProcess> owner) {
        return there.stream().allMatch(listener -> owners(listener).stream().anyMatch(owner));
    }

    /** Whether systemd holds each of them for a unit of type socket, by whichever of its names. */
    boolean areAllOf(String socketUnit) {
        return areAllOfName(socketUnit)
                || areAllOfName(stemcell.systemd().unit(socketUnit).name());
    }

    private boolean areAllOfName(String socketUnit) {
        return there.stream().allMatch(listener -> socketUnits(listener).contains(socketUnit));
    }

    /** The names of those for which systemd holds it; none where it does not. */
    private List<String> socketUnits(ListeningSocket listener) {
        if (owners(listener).stream().noneMatch(owner -> owner.pid() == 1)) {
            return List.of();
        }
        if (socketUnits == null) {
            socketUnits = activeSocketUnits();
        }
        return socketUnits.stream()
                .filter(unit -> unit.listeners().stream()
                        .anyMatch(place -> place.address().equals(listener.place())
                                && place.type().equals(listener.type().inUnits())))
                .map(SocketUnit::name)
                .toList();
    }

    /** Others have a place, too, and do not listen there. */
    private List<SocketUnit> activeSocketUnits() {
        Set<String> active = stemcell.systemd().units().stream()
                .filter(unit -> unit.activeState() == ActiveState.ACTIVE)
                .map(UnitSummary::name)
                .collect(Collectors.toSet());
        return stemcell.systemd().sockets().stream()
                .filter(unit -> active.contains(unit.name()))
                .toList();
    }

    private List<GuestProcess> owners(ListeningSocket listener) {
        if (processes == null) {
            processes = Processes.of(stemcell);
        }
        return processes.withSocket(listener.inode());
    }

    /** " at 127.0.0.1 ::1", or nothing for a Unix socket. */
    String where() {
        return socket.protocol() == Protocol.UNIX ? "" : " at " + String.join(" ", addresses());
    }

    String wordsOrSurroundings() {
        return there.isEmpty() ? surroundings() : words();
    }

    String words() {
        return words(there);
    }

    private String words(List<ListeningSocket> listeners) {
        return listeners.stream().map(this::words).collect(Collectors.joining("; "));
    }

    private String words(ListeningSocket listener) {
        List<GuestProcess> owners = owners(listener);
        return listener.words() + " by "
                + (owners.isEmpty()
                        ? "no process"
                        : owners.stream().map(GuestProcess::words).collect(Collectors.joining(", ")))
                + socketUnits(listener).stream().map(" for "::concat).collect(Collectors.joining());
    }

    /** Who listens elsewhere: the same port of other kinds first. */
    String surroundings() {
        List<ListeningSocket> close = socket.protocol() == Protocol.UNIX ? closePaths() : closePorts();
        return "nobody listens there; " + (close.isEmpty() ? "nor anywhere else" : "the closest: " + words(close));
    }

    private List<ListeningSocket> closePaths() {
        List<String> paths = NearMisses.of(
                socket.path(),
                sockets.listeners().stream().map(ListeningSocket::path).toList());
        return paths.stream()
                .map(path -> sockets.at(GuestSocket.unix(path)).get(0))
                .toList();
    }

    private List<ListeningSocket> closePorts() {
        List<Protocol> others = new ArrayList<>(Protocol.PORTS);
        others.removeAll(socket.protocol().tables());
        List<ListeningSocket> all = new ArrayList<>(sockets.listeners());
        all.addAll(Sockets.of(stemcell, others).listeners());
        return all.stream()
                .sorted(Comparator.comparing((ListeningSocket listener) -> listener.port() != socket.port())
                        .thenComparing(listener -> !socket.protocol().tables().contains(listener.protocol()))
                        .thenComparing(listener -> Math.abs(listener.port() - socket.port())))
                .limit(SHOWN)
                .toList();
    }
}
