package io.github.incusstemcell.incus;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Optional;

/** Where a daemon listens, what it needs to let us in, and the project to use there. */
public sealed interface Endpoint {

    /**
     * The daemon's socket, or the one it offers to the members of group {@code incus}.
     *
     * @param path the path of the socket
     * @return the endpoint, with no project of its own
     */
    static Endpoint unixSocket(Path path) {
        return new UnixSocket(path, Optional.empty());
    }

    /**
     * A daemon that listens on the network.
     *
     * @param url scheme, host and port, such as {@code https://incus.example.org:8443}
     * @param identity what the daemon trusts us by
     * @param serverCertificate the certificate that the daemon has to show, compared byte by byte
     * @return the endpoint, with no project of its own
     */
    static Endpoint https(URI url, ClientIdentity identity, X509Certificate serverCertificate) {
        return new Https(url, identity, Optional.of(serverCertificate), Optional.empty());
    }

    /**
     * What {@code incus.stemcell.endpoint} may be: the path of a socket (that for members of group {@code incus}, called {@code unix.socket.user},
     * comes with their project), or {@code https://host:port} with the client certificate and the
     * server's certificate that the {@code incus} command keeps for it.
     *
     * @param text the path or the URL
     * @return the endpoint
     * @throws io.github.incusstemcell.IncusStemcellException if the certificate that a URL needs is not there
     */
    static Endpoint parse(String text) {
        return EndpointCandidate.parse(text, ProcessEnvironment.ofThisProcess());
    }

    /** {@return the project that this endpoint asks for; empty: {@code default}} */
    Optional<String> project();

    /**
     * The same place with another project.
     *
     * @param project the name of the project
     * @return the endpoint
     */
    Endpoint withProject(String project);

    /**
     * A Unix socket.
     *
     * @param path the path of the socket
     * @param project the project that it asks for, or empty
     */
    record UnixSocket(Path path, Optional<String> project) implements Endpoint {

        /** What incus-user calls the socket at which it lets in the members of group {@code incus}. */
        static final String FOR_USERS = "unix.socket.user";

        /**
         * Checks that nothing is missing.
         *
         * @param path the path of the socket
         * @param project the project that it asks for, or empty
         */
        public UnixSocket {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(project, "project");
        }

        boolean isForUsers() {
            return path.endsWith(FOR_USERS);
        }

        @Override
        public Endpoint withProject(String name) {
            return new UnixSocket(path, Optional.of(name));
        }

        /** {@return the path} */
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * HTTPS with a client certificate.
     *
     * @param url scheme, host and port
     * @param identity what the daemon trusts us by
     * @param serverCertificate the one certificate to accept; empty: any that the JVM's own authorities vouch for
     * @param project the project that it asks for, or empty
     */
    record Https(
            URI url, ClientIdentity identity, Optional<X509Certificate> serverCertificate, Optional<String> project)
            implements Endpoint {

        /**
         * Checks that nothing is missing and that the URL is one of HTTPS.
         *
         * @param url scheme, host and port
         * @param identity what the daemon trusts us by
         * @param serverCertificate the one certificate to accept; empty: any that the JVM's own authorities vouch for
         * @param project the project that it asks for, or empty
         */
        public Https {
            Objects.requireNonNull(identity, "identity");
            Objects.requireNonNull(serverCertificate, "serverCertificate");
            Objects.requireNonNull(project, "project");
            if (!"https".equals(url.getScheme()) || url.getHost() == null) {
                throw new IllegalArgumentException("Not an endpoint of Incus: '" + url + "'. Write https://host:port.");
            }
        }

        @Override
        public Endpoint withProject(String name) {
            return new Https(url, identity, serverCertificate, Optional.of(name));
        }

        /** {@return the URL} */
        @Override
        public String toString() {
            return url.toString();
        }
    }
}
