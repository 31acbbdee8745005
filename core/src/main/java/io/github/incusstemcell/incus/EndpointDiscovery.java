package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusUnavailableException.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries endpoints in order and takes the first that answers, is Incus, and trusts us. */
record EndpointDiscovery(List<EndpointCandidate> candidates) {

    private static final Logger LOG = LoggerFactory.getLogger(EndpointDiscovery.class);

    static EndpointDiscovery ofThisProcess() {
        return new EndpointDiscovery(EndpointCandidate.all(ProcessEnvironment.ofThisProcess()));
    }

    static EndpointDiscovery of(Endpoint endpoint) {
        return new EndpointDiscovery(List.of(EndpointCandidate.of("given", endpoint)));
    }

    Incus connect() {
        List<Attempt> attempts = new ArrayList<>();
        for (EndpointCandidate candidate : candidates) {
            try {
                Incus incus = connect(candidate.endpoint());
                LOG.debug("Using Incus at {} ({})", candidate.name(), candidate.origin());
                return incus;
            } catch (UnusableEndpoint e) {
                attempts.add(new Attempt(candidate.name(), candidate.origin(), e.outcome));
            } catch (LinkageError e) {
                throw unusableLibrary(candidate, e);
            }
        }
        throw new IncusUnavailableException(attempts);
    }

    /** Nothing to install an Incus for: it would be the same with each endpoint. */
    private static IncusStemcellException unusableLibrary(EndpointCandidate candidate, LinkageError failure) {
        return new IncusStemcellException(
                "Connecting to Incus at " + candidate.name() + " (" + candidate.origin()
                        + ") failed in this JVM, before"
                        + " Incus could answer: " + failure
                        + ". A library on the class path is missing, or of a version"
                        + " that Incus Stemcell cannot be used with; it needs jackson-databind 2.13 or a later 2.x,"
                        + " junixsocket-core 2.11 and slf4j-api 1.7.30 or later. 'mvn dependency:tree' or 'gradle"
                        + " dependencies' shows what chose the version.",
                failure);
    }

    private static Incus connect(Endpoint endpoint) throws UnusableEndpoint {
        if (endpoint instanceof Endpoint.UnixSocket unix && Files.notExists(unix.path())) {
            throw new UnusableEndpoint("there is no such socket");
        }
        Incus incus = Incus.unchecked(endpoint);
        boolean usable = false;
        try {
            requireUsable(incus.server());
            usable = true;
            return incus;
        } catch (IncusConnectionException e) {
            throw new UnusableEndpoint(unreachable(endpoint, e));
        } catch (IncusException e) {
            throw new UnusableEndpoint("what listens there is not Incus: " + e.getMessage());
        } finally {
            if (!usable) {
                incus.close();
            }
        }
    }

    /** From 7.0 on the daemon names its extensions to those it trusts only. */
    private static void requireUsable(Server server) throws UnusableEndpoint {
        if (!server.isTrusted()) {
            throw new UnusableEndpoint("it does not trust our client certificate: get a token by"
                    + " 'incus config trust add NAME' there, and join with it");
        }
        if (server.apiExtensions().isEmpty()) {
            throw new UnusableEndpoint("what listens there is not Incus: it names no extensions of its API");
        }
    }

    private static String unreachable(Endpoint endpoint, IncusConnectionException failure) {
        String reason = failure.getCause() instanceof IOException cause ? Failures.reason(cause) : failure.getMessage();
        if (endpoint instanceof Endpoint.UnixSocket unix && !Files.isWritable(unix.path())) {
            return "permission denied" + groupToJoin(unix.path());
        }
        if (endpoint instanceof Endpoint.UnixSocket
                && reason.toLowerCase(java.util.Locale.ROOT).contains("refused")) {
            return "nobody listens there (connection refused): start the daemon";
        }
        return reason;
    }

    private static String groupToJoin(Path socket) {
        try {
            String group = Files.readAttributes(socket, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .group()
                    .getName();
            if (group.equals("root")) {
                return ": only root may use it; run this as root, or have the daemon share it with a group"
                        + " (incusd --group)";
            }
            return ": join group '" + group + "' (sudo usermod -aG " + group + " $USER) and log in again";
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /** Why an endpoint cannot be used; its message is the outcome of the attempt. */
    static final class UnusableEndpoint extends Exception {
        private final String outcome;

        UnusableEndpoint(String outcome) {
            super(outcome);
            this.outcome = outcome;
        }
    }
}
