package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Who listens at one moment. The processes are read only where somebody asks for them. */
final class Listening {

    private static final int SHOWN = 10;

    private final StemcellContainer stemcell;
    private final GuestSocket socket;
    private final Sockets sockets;
    private final List<Sockets.Listener> there;
    private Processes processes;

    private Listening(StemcellContainer stemcell, GuestSocket socket, Sockets sockets) {
        this.stemcell = stemcell;
        this.socket = socket;
        this.sockets = sockets;
        this.there = sockets.at(socket);
    }

    static Listening now(StemcellContainer stemcell, GuestSocket socket) {
        return new Listening(stemcell, socket, Sockets.of(stemcell, socket.protocol()));
    }

    /** This, where somebody listens. */
    Optional<Listening> ifThere() {
        return there.isEmpty() ? Optional.empty() : Optional.of(this);
    }

    /** By letter, each once. */
    List<String> addresses() {
        return there.stream().map(Sockets.Listener::address).distinct().sorted().toList();
    }

    /** Whether each of the listening sockets is held by such a process, whoever else holds it. */
    boolean areAllHeldBy(Predicate<Processes.Entry> owner) {
        return there.stream().allMatch(listener -> owners(listener).stream().anyMatch(owner));
    }

    private List<Processes.Entry> owners(Sockets.Listener listener) {
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

    private String words(List<Sockets.Listener> listeners) {
        return listeners.stream().map(this::words).collect(Collectors.joining("; "));
    }

    private String words(Sockets.Listener listener) {
        List<Processes.Entry> owners = owners(listener);
        return listener.words() + " by "
                + (owners.isEmpty()
                        ? "no process"
                        : owners.stream().map(Processes.Entry::words).collect(Collectors.joining(", ")));
    }

    /** Who listens elsewhere: the same port of other kinds first. */
    String surroundings() {
        List<Sockets.Listener> close = socket.protocol() == Protocol.UNIX ? closePaths() : closePorts();
        return "nobody listens there; " + (close.isEmpty() ? "nor anywhere else" : "the closest: " + words(close));
    }

    private List<Sockets.Listener> closePaths() {
        List<String> paths = NearMisses.of(
                socket.path(),
                sockets.listeners().stream()
                        .map(listener -> listener.socket().path())
                        .toList());
        return paths.stream()
                .map(path -> sockets.at(GuestSocket.unix(path)).get(0))
                .toList();
    }

    private List<Sockets.Listener> closePorts() {
        List<Sockets.Listener> all = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            if (protocol == socket.protocol()) {
                all.addAll(sockets.listeners());
            } else if (protocol != Protocol.UNIX) {
                all.addAll(Sockets.of(stemcell, protocol).listeners());
            }
        }
        return all.stream()
                .sorted(Comparator.comparing(
                                (Sockets.Listener listener) -> listener.socket().port() != socket.port())
                        .thenComparing(listener -> listener.socket().protocol() != socket.protocol())
                        .thenComparing(listener -> Math.abs(listener.socket().port() - socket.port())))
                .limit(SHOWN)
                .toList();
    }
}
