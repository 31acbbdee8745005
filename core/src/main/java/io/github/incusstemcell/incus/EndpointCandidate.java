package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.EndpointDiscovery.UnusableEndpoint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An endpoint that may be the one, what it is called, and what named it.
 *
 * @param source finds out what the endpoint needs, which may fail
 */
record EndpointCandidate(String name, String origin, Supplier<Endpoint> source) {

    private static final String PROPERTY = "incus.stemcell.endpoint";
    private static final String VARIABLE = "INCUS_STEMCELL_ENDPOINT";

    static EndpointCandidate of(String origin, Endpoint endpoint) {
        return new EndpointCandidate(endpoint.toString(), origin, () -> endpoint);
    }

    Endpoint endpoint() throws UnusableEndpoint {
        try {
            return source.get();
        } catch (IncusStemcellException e) {
            throw new UnusableEndpoint(e.getMessage());
        }
    }

    /** What is named on purpose stands alone: to end up on another daemon would surprise. */
    static List<EndpointCandidate> all(ProcessEnvironment surroundings) {
        return Stream.of(
                        configured(PROPERTY, surroundings.property(PROPERTY), surroundings),
                        configured(VARIABLE, surroundings.variable(VARIABLE), surroundings),
                        surroundings
                                .variable("INCUS_SOCKET")
                                .map(path -> of("INCUS_SOCKET", socket(Path.of(path), surroundings)))
                                .stream()
                                .toList(),
                        surroundings.variable("INCUS_DIR").stream()
                                .flatMap(path -> sockets("INCUS_DIR", Path.of(path), surroundings))
                                .toList(),
                        surroundings
                                .variable("INCUS_REMOTE")
                                .filter(remote -> !isLocal(remote, surroundings))
                                .map(remote -> remote("INCUS_REMOTE", remote, surroundings))
                                .stream()
                                .toList())
                .filter(candidates -> !candidates.isEmpty())
                .findFirst()
                .orElseGet(() -> usual(surroundings));
    }

    private static List<EndpointCandidate> configured(
            String origin, Optional<String> endpoint, ProcessEnvironment surroundings) {
        return endpoint.map(text -> new EndpointCandidate(text, origin, () -> parse(text, surroundings))).stream()
                .toList();
    }

    static Endpoint parse(String text, ProcessEnvironment surroundings) {
        if (!text.contains("://")) {
            return socket(Path.of(text), surroundings);
        }
        CliConfiguration cli = CliConfiguration.of(surroundings)
                .orElseThrow(() -> new IncusStemcellException(CliConfiguration.noCertificate("")));
        try {
            URI url = URI.create(text);
            return new Endpoint.Https(url, cli.identity(), cli.serverCertificate(url), Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new IncusStemcellException(String.valueOf(e.getMessage()), e);
        }
    }

    private static List<EndpointCandidate> usual(ProcessEnvironment surroundings) {
        List<EndpointCandidate> candidates = new ArrayList<>();
        CliConfiguration.of(surroundings)
                .map(CliConfiguration::defaultRemote)
                .filter(remote -> !isLocal(remote, surroundings))
                .ifPresent(
                        remote -> candidates.add(remote("default remote of the incus command", remote, surroundings)));
        for (String folder : List.of("run/incus", "var/lib/incus")) {
            sockets("usual place", surroundings.root().resolve(folder), surroundings)
                    .forEach(candidates::add);
        }
        colima(surroundings).forEach(candidates::add);
        return candidates;
    }

    private static boolean isLocal(String remote, ProcessEnvironment surroundings) {
        return CliConfiguration.of(surroundings).map(cli -> cli.isLocal(remote)).orElse(remote.equals("local"));
    }

    private static EndpointCandidate remote(String origin, String remote, ProcessEnvironment surroundings) {
        String address = CliConfiguration.of(surroundings)
                .map(cli -> cli.address(remote))
                .orElse("");
        String name = "remote '" + remote + "'" + (address.isEmpty() ? "" : " at " + address);
        return new EndpointCandidate(name, origin, () -> CliConfiguration.of(surroundings)
                .orElseThrow(() -> new IncusStemcellException("the incus command knows no remotes here"))
                .endpoint(remote));
    }

    /** The socket for administrators, then the one for members of group incus, who each have a project of their own. */
    private static Stream<EndpointCandidate> sockets(String origin, Path folder, ProcessEnvironment surroundings) {
        Endpoint administrators = Endpoint.unixSocket(folder.resolve("unix.socket"));
        Endpoint users = socket(folder.resolve(Endpoint.UnixSocket.FOR_USERS), surroundings);
        Endpoint inProject = CliConfiguration.of(surroundings)
                .filter(cli -> cli.isLocal(cli.defaultRemote()))
                .flatMap(cli -> cli.project(cli.defaultRemote()))
                .map(administrators::withProject)
                .orElse(administrators);
        return Stream.of(of(origin, inProject), of(origin, users));
    }

    private static Endpoint socket(Path path, ProcessEnvironment surroundings) {
        Endpoint.UnixSocket socket = new Endpoint.UnixSocket(path, Optional.empty());
        return socket.isForUsers() ? socket.withProject("user-" + surroundings.uid()) : socket;
    }

    private static List<EndpointCandidate> colima(ProcessEnvironment surroundings) {
        Path folder = surroundings.home().resolve(".colima");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (DirectoryStream<Path> profiles = Files.newDirectoryStream(folder)) {
            return StreamSupport.stream(profiles.spliterator(), false)
                    .map(profile -> profile.resolve("incus.sock"))
                    .filter(Files::exists)
                    .sorted()
                    .map(socket -> of("Colima", Endpoint.unixSocket(socket)))
                    .toList();
        } catch (IOException e) {
            throw new IncusStemcellException("Listing '" + folder + "' failed: " + Failures.reason(e), e);
        }
    }
}
