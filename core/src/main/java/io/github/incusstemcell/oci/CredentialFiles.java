package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials from the files that podman and docker log in to, in the order of containers-auth.json(5): the first file that
 * knows the registry decides. Within a file, a credential helper for the registry comes first, then what the file holds
 * itself, the most specific entry first, then docker's credential store.
 */
final class CredentialFiles implements CredentialSource {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialFiles.class);
    /** What docker calls its own registry in its configuration. */
    private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

    private final List<Path> files;
    private final CredentialHelper helper;

    /**
     * Looks in the usual places, or in the given files instead.
     *
     * @param configured files that replace the usual ones; may be empty
     * @param home the user's home folder
     */
    CredentialFiles(List<Path> configured, Map<String, String> environment, Path home) {
        this.files = configured.isEmpty() ? usual(environment, home) : configured;
        this.helper = new CredentialHelper(environment);
    }

    private static List<Path> usual(Map<String, String> environment, Path home) {
        Optional<Path> override = folder(environment, "REGISTRY_AUTH_FILE");
        if (override.isPresent()) {
            return List.of(override.get());
        }
        List<Path> files = new ArrayList<>();
        folder(environment, "XDG_RUNTIME_DIR").ifPresent(runtime -> files.add(runtime.resolve("containers/auth.json")));
        files.add(folder(environment, "XDG_CONFIG_HOME")
                .orElse(home.resolve(".config"))
                .resolve("containers/auth.json"));
        files.add(folder(environment, "DOCKER_CONFIG")
                .orElse(home.resolve(".docker"))
                .resolve("config.json"));
        files.add(home.resolve(".dockercfg"));
        return List.copyOf(files);
    }

    private static Optional<Path> folder(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(value -> !value.isBlank())
                .map(Path::of);
    }

    @Override
    public String places() {
        return String.join(", ", files.stream().map(Path::toString).toList());
    }

    @Override
    public Optional<Credentials> find(String host, String repository) {
        for (Path file : files) {
            Optional<JsonNode> config = read(file);
            Optional<Credentials> found = config.flatMap(c -> inFile(c, file, host, repository));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<JsonNode> read(Path file) {
        try {
            JsonNode root = Manifest.JSON.readTree(Files.readAllBytes(file));
            // docker's first format had nothing around the entries.
            return Optional.of(
                    file.endsWith(".dockercfg")
                            ? Manifest.JSON.createObjectNode().set("auths", root)
                            : root);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new RegistryAuthenticationException(
                    "Cannot read the credentials in " + file + ": " + e.getMessage() + ". Repair or remove the file.",
                    e);
        }
    }

    private Optional<Credentials> inFile(JsonNode config, Path file, String host, String repository) {
        JsonNode helpers = config.path("credHelpers");
        for (String key : registryKeys(host)) {
            if (helpers.hasNonNull(key)) {
                return helper.get(helpers.get(key).asText(), key);
            }
        }
        for (String key : keys(host, repository)) {
            JsonNode entry = entry(config.path("auths"), key);
            if (!entry.isMissingNode()) {
                Optional<Credentials> found = credentials(entry, file, key);
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
        for (Map.Entry<String, JsonNode> entry : auths.properties()) {
            String name = entry.getKey().replaceFirst("^https?://", "").replaceFirst("/(v[12]/?)?$", "");
            if (name.equals(key)) {
                return entry.getValue();
            }
        }
        return Manifest.JSON.missingNode();
    }

    private static Optional<Credentials> credentials(JsonNode entry, Path file, String key) {
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
            String decoded = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            if (colon > 0) {
                return Optional.of(new Credentials(
                        decoded.substring(0, colon),
                        decoded.substring(colon + 1).replaceAll("\0+$", "")));
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("{} in {} is not base64", key, file);
        }
        throw new RegistryAuthenticationException(
                "The credentials for " + key + " in " + file + " are malformed. Log in again.");
    }
}
