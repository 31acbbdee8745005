package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the {@code incus} command keeps in {@code ~/.config/incus}, or in {@code INCUS_CONF}: remotes, their certificates,
 * and the client's own. Its {@code config.yml} holds nothing but texts in maps, so that is all that is understood here.
 */
record CliConfiguration(Path folder, String defaultRemote, Map<String, Map<String, String>> remotes) {

    private static final String LOCAL = "local";

    /** {@return the configuration; empty where the command was never used} */
    static Optional<CliConfiguration> of(ProcessEnvironment surroundings) {
        Path folder = surroundings.variable("INCUS_CONF").map(Path::of).orElseGet(() -> surroundings
                .variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElse(surroundings.home().resolve(".config"))
                .resolve("incus"));
        Path file = folder.resolve("config.yml");
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(folder, Files.readAllLines(file)));
        } catch (IOException e) {
            throw new IncusStemcellException("Reading '" + file + "' failed: " + Failures.reason(e), e);
        }
    }

    static CliConfiguration parse(Path folder, List<String> lines) {
        String defaultRemote = LOCAL;
        Map<String, Map<String, String>> remotes = new LinkedHashMap<>();
        Deque<Entry> above = new ArrayDeque<>();
        for (String line : lines) {
            Optional<Entry> parsed = Entry.parse(line);
            if (parsed.isEmpty()) {
                continue;
            }
            Entry entry = parsed.get();
            above.removeIf(other -> other.indent() >= entry.indent());
            if (above.isEmpty() && entry.key().equals("default-remote")) {
                defaultRemote = entry.value();
            } else if (above.size() == 2 && above.getFirst().key().equals("remotes")) {
                remotes.computeIfAbsent(above.getLast().key(), name -> new LinkedHashMap<>())
                        .put(entry.key(), entry.value());
            }
            above.addLast(entry);
        }
        return new CliConfiguration(folder, defaultRemote, remotes);
    }

    /** {@return whether the remote is the daemon of this machine, at its usual socket} */
    boolean isLocal(String remote) {
        return address(remote).equals("unix://") || !remotes.containsKey(remote) && remote.equals(LOCAL);
    }

    String address(String remote) {
        return remotes.getOrDefault(remote, Map.of()).getOrDefault("addr", "");
    }

    Optional<String> project(String remote) {
        return Optional.ofNullable(remotes.getOrDefault(remote, Map.of()).get("project"))
                .filter(project -> !project.isEmpty());
    }

    /** {@return the remote as an endpoint, with its project} */
    Endpoint endpoint(String remote) {
        Endpoint endpoint = withoutProject(remote);
        return project(remote).map(endpoint::withProject).orElse(endpoint);
    }

    private Endpoint withoutProject(String remote) {
        String address = address(remote);
        if (address.startsWith("unix:")) {
            return Endpoint.unixSocket(Path.of(address.replaceFirst("^unix:(//)?", "")));
        }
        if (!address.startsWith("https:")) {
            throw new IncusStemcellException("there is no remote of that name in '" + folder.resolve("config.yml")
                    + "'; 'incus remote list' shows those that are");
        }
        return new Endpoint.Https(
                URI.create(address.split(",")[0]), identity(), serverCertificate(remote), Optional.empty());
    }

    /** {@return what a machine has to do that no daemon knows yet} */
    static String noCertificate(String where) {
        return "there is no client certificate" + where
                + ": run 'incus config trust add NAME' on the daemon's machine, and"
                + " 'incus remote add NAME TOKEN' here with the token that it prints";
    }

    ClientIdentity identity() {
        Path certificate = folder.resolve("client.crt");
        if (Files.notExists(certificate)) {
            throw new IncusStemcellException(noCertificate(" in '" + folder + "'"));
        }
        return ClientIdentity.load(certificate, folder.resolve("client.key"));
    }

    /** {@return the certificate that was accepted for the remote; none where a public authority vouches for it} */
    private Optional<X509Certificate> serverCertificate(String remote) {
        Path file = folder.resolve("servercerts").resolve(remote + ".crt");
        return Files.exists(file)
                ? Optional.of(ClientIdentity.read("the server certificate", file, Pem::certificate))
                : Optional.empty();
    }

    /** {@return the certificate that was accepted for any remote of that address} */
    Optional<X509Certificate> serverCertificate(URI url) {
        return remotes.entrySet().stream()
                .filter(remote -> List.of(
                                remote.getValue().getOrDefault("addr", "").split(","))
                        .contains(url.toString()))
                .findFirst()
                .flatMap(remote -> serverCertificate(remote.getKey()));
    }

    /** A line of YAML: how far it is indented, a key and a text. */
    private record Entry(int indent, String key, String value) {

        static Optional<Entry> parse(String line) {
            String content = line.strip();
            int colon = content.indexOf(':');
            if (content.isEmpty() || content.startsWith("#") || colon < 0) {
                return Optional.empty();
            }
            int indent = line.length() - line.stripLeading().length();
            return Optional.of(
                    new Entry(indent, plain(content.substring(0, colon)), plain(content.substring(colon + 1))));
        }

        private static String plain(String text) {
            String stripped = text.strip();
            boolean quoted = stripped.length() > 1
                    && (stripped.startsWith("\"") && stripped.endsWith("\"")
                            || stripped.startsWith("'") && stripped.endsWith("'"));
            return quoted ? stripped.substring(1, stripped.length() - 1) : stripped;
        }
    }
}
