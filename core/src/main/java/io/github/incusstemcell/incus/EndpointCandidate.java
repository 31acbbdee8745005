package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.EndpointDiscovery.UnusableEndpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An endpoint that may be the one, what it is called, and what named it. */
record EndpointCandidate(String name, String origin, Source source) {

    private static final String PROPERTY = "incus.stemcell.endpoint";
    private static final String VARIABLE = "INCUS_STEMCELL_ENDPOINT";

    interface Source {
        Endpoint get() throws UnusableEndpoint;
    }

    static EndpointCandidate of(String origin, Endpoint endpoint) {
        return new EndpointCandidate(endpoint.toString(), origin, () -> endpoint);
    }

    Endpoint endpoint() throws UnusableEndpoint {
        return source.get();
    }

    /** What is named on purpose stands alone: to end up on another daemon would surprise. */
    static List<EndpointCandidate> all(Surroundings surroundings) {
        return named(surroundings).map(List::of).orElseGet(() -> usual(surroundings));
    }

    private static Optional<EndpointCandidate> named(Surroundings surroundings) {
        return surroundings
                .property(PROPERTY)
                .map(text -> of(PROPERTY, Endpoint.unixSocket(Path.of(text))))
                .or(() -> surroundings.variable(VARIABLE).map(text -> of(VARIABLE, Endpoint.unixSocket(Path.of(text)))))
                .or(() -> surroundings
                        .variable("INCUS_SOCKET")
                        .map(text -> of("INCUS_SOCKET", Endpoint.unixSocket(Path.of(text)))))
                .or(() -> surroundings
                        .variable("INCUS_DIR")
                        .map(text -> of("INCUS_DIR", Endpoint.unixSocket(Path.of(text, "unix.socket")))));
    }

    private static List<EndpointCandidate> usual(Surroundings surroundings) {
        List<EndpointCandidate> candidates = new ArrayList<>();
        for (String folder : List.of("run/incus", "var/lib/incus")) {
            candidates.add(of(
                    "default",
                    Endpoint.unixSocket(surroundings.root().resolve(folder).resolve("unix.socket"))));
        }
        return candidates;
    }
}
