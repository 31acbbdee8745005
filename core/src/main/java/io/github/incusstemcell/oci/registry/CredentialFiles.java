package io.github.incusstemcell.oci.registry;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.oci.RegistryAuthenticationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials from where podman and docker have them: {@code DOCKER_AUTH_CONFIG}, which holds what a file would and which
 * docker asks first, for what it knows; then the file that {@code REGISTRY_AUTH_FILE} names, as podman does, or else the files
 * that the two log in to, in the order of containers-auth.json(5). The first that knows the registry decides. Within a file, a
 * credential helper for the registry comes first, then what the file holds itself, the most specific entry first, then
 * docker's credential store.
 */
final class CredentialFiles {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialFiles.class);
    /** What docker calls its own registry in its configuration. */
    private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

    private static final String INLINE = "DOCKER_AUTH_CONFIG";

    private final Optional<String> inline;
    private final List<Path> files;
    private final CredentialHelper helper;

    /**
     * Looks in the usual places, or in the given files instead.
     *
     * @param configured files that replace the usual places; may be empty
     * @param home the user's home folder
     */
    CredentialFiles(List<Path> configured, Map<String, String> environment, Path home) {
        this.inline = configured.isEmpty() ? variable(environment, INLINE) : Optional.empty();
        this.files = configured.isEmpty() ? usual(environment, home) : configured;
        this.helper = new CredentialHelper(environment);
    }

    private static List<Path> usual(Map<String, String> environment, Path home) {
        Optional<Path> override = variable(environment, "REGISTRY_AUTH_FILE").map(Path::of);
        if (override.isPresent()) {
            return List.of(override.get());
        }
        List<Path> files = new ArrayList<>();
        variable(environment, "XDG_RUNTIME_DIR")
                .map(runtime -> Path.of(runtime, "containers", "auth.json"))
                .or(CredentialFiles::withoutRuntimeFolder)
                .ifPresent(files::add);
        files.add(variable(environment, "XDG_CONFIG_HOME")
                .map(Path::of)
                .orElse(home.resolve(".config"))
                .resolve("containers/auth.json"));
        files.add(variable(environment, "DOCKER_CONFIG")
                .map(Path::of)
                .orElse(home.resolve(".docker"))
                .resolve("config.json"));
        files.add(home.resolve(".dockercfg"));
        return List.copyOf(files);
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** {@return where credentials were looked for, in words for a message} */
    String places() {
        return Stream.concat(inline.map(json -> INLINE).stream(), files.stream().map(Path::toString))
                .collect(Collectors.joining(", "));
    }

    /** {@return the credentials for a repository of the registry {@code host[:port]}} */
    Optional<Credentials> find(String host, String repository) {
        if (inline.isPresent()) {
            JsonNode config = parse(inline.get().getBytes(StandardCharsets.UTF_8), INLINE, "Repair or unset it");
            Optional<Credentials> found = inFile(config, INLINE, host, repository);
            if (found.isPresent()) {
                return found;
            }
        }
        for (Path file : files) {
            Optional<Credentials> found = read(file).flatMap(c -> inFile(c, file.toString(), host, repository));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<JsonNode> read(Path file) {
        try {
            JsonNode root = parse(Files.readAllBytes(file), file.toString(), "Repair or remove the file");
            // docker's first format had nothing around the entries.
            return Optional.of(file.endsWith(".dockercfg") ? Json.object().set("auths", root) : root);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new RegistryAuthenticationException(
                    "Cannot read the credentials in " + file + ": " + e + ". Repair or remove the file.", e);
        }
    }

    /** Nothing of what the JSON library says is passed on, as it may quote a secret. */
    private static JsonNode parse(byte[] json, String place, String remedy) {
        String problem;
        try {
            JsonNode root = Json.read(json);
            if (root.isObject() || root.isMissingNode()) {
                return root;
            }
            problem = "it is no JSON object";
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            problem = "it is no JSON"
                    + (at == null ? "" : ", at line " + at.getLineNr() + ", column " + at.getColumnNr());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Bytes in memory can be read.
        }
        throw new RegistryAuthenticationException(
                "Cannot read the credentials in " + place + ": " + problem + ". " + remedy + ".");
    }

    private Optional<Credentials> inFile(JsonNode config, String place, String host, String repository) {
        JsonNode helpers = config.path("credHelpers");
        for (String key : registryKeys(host)) {
            if (helpers.hasNonNull(key)) {
                return helper.get(helpers.get(key).asText(), key);
            }
        }
        for (String key : keys(host, repository)) {
            JsonNode entry = entry(config.path("auths"), key);
            if (!entry.isMissingNode()) {
                Optional<Credentials> found = credentials(entry, place, key);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return fromStore(config.path("credsStore").asText(""), host);
    }

    private Optional<Credentials> fromStore(String store, String host) {
        if (store.isEmpty()) {
            return Optional.empty();
        }
        for (String key : registryKeys(host)) {
            Optional<Credentials> found = helper.get(store, key);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static List<String> registryKeys(String host) {
        return host.equals("docker.io") ? List.of(DOCKER_HUB_KEY, host, "index.docker.io") : List.of(host);
    }

    /** From the repository itself up to its registry: {@code host/a/b}, {@code host/a}, {@code host}. */
    private static List<String> keys(String host, String repository) {
        List<String> keys = new ArrayList<>();
        for (String path = host + "/" + repository; path.length() > host.length(); ) {
            keys.add(path);
            path = path.substring(0, path.lastIndexOf('/'));
        }
        keys.addAll(registryKeys(host));
        return keys;
    }

    /** Old entries are addresses, such as {@code https://host/v1/}. */
    private static JsonNode entry(JsonNode auths, String key) {
        if (auths.has(key)) {
            return auths.get(key);
        }
        for (Iterator<String> names = auths.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (name.replaceFirst("^https?://", "")
                    .replaceFirst("/(v[12]/?)?$", "")
                    .equals(key)) {
                return auths.get(name);
            }
        }
        return MissingNode.getInstance();
    }

    private static Optional<Credentials> credentials(JsonNode entry, String place, String key) {
        String identityToken = entry.path("identitytoken").asText("");
        if (!identityToken.isEmpty()) {
            return Optional.of(new Credentials(null, identityToken));
        }
        String auth = entry.path("auth").asText("");
        if (auth.isEmpty()) {
            String user = entry.path("username").asText("");
            // An empty entry only says that the password is in docker's credential store.
            return user.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Credentials(user, entry.path("password").asText("")));
        }
        try {
            // As Go's decoder, which docker and podman read it with, leaves them out: base64 often comes in lines.
            String encoded = auth.replace("\r", "").replace("\n", "");
            String decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            if (colon > 0) {
                return Optional.of(
                        new Credentials(decoded.substring(0, colon), withoutNuls(decoded.substring(colon + 1))));
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("{} in {} is not base64", key, place);
        }
        throw new RegistryAuthenticationException(
                "The credentials for " + key + " in " + place + " are malformed. Log in again.");
    }

    /** Old versions of docker filled passwords up with these. */
    private static String withoutNuls(String password) {
        int from = 0;
        int to = password.length();
        while (from < to && password.charAt(from) == 0) {
            from++;
        }
        while (to > from && password.charAt(to - 1) == 0) {
            to--;
        }
        return password.substring(from, to);
    }

    /** {@return the file that podman logs in to where there is no XDG_RUNTIME_DIR, as in cron jobs and containers} */
    private static Optional<Path> withoutRuntimeFolder() {
        try {
            Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return Optional.of(Path.of("/run/containers", uid.toString(), "auth.json"));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty(); // No Linux, so no such folder.
        }
    }
}
