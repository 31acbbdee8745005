package io.github.incusstemcell.oci.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.internal.Waiting;
import io.github.incusstemcell.oci.RegistryAuthenticationException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks {@code docker-credential-<name> get}, the programs with which docker and podman reach keychains and clouds: the
 * registry's name goes in, a JSON object with {@code Username} and {@code Secret} comes out.
 */
final class CredentialHelper {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialHelper.class);
    /** Some open a window for their user. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A user name that says that the secret is an identity token. */
    private static final String TOKEN = "<token>";

    private static final String NOT_FOUND = "credentials not found";

    private final Map<String, String> environment;
    private final Duration patience;

    CredentialHelper(Map<String, String> environment) {
        this(environment, PATIENCE);
    }

    /**
     * @param patience how long a helper may take, in whole seconds
     */
    CredentialHelper(Map<String, String> environment, Duration patience) {
        this.environment = environment;
        this.patience = patience;
    }

    /** {@return what the helper of this name has for a registry} */
    Optional<Credentials> get(String name, String registry) {
        String program = "docker-credential-" + name;
        try {
            Process process = new ProcessBuilder(List.of(path(program), "get"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                return answer(process, program, registry);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new RegistryAuthenticationException(
                    "Cannot get the credentials for " + registry + ": " + program + " failed: " + e.getMessage()
                            + ". Install it, or remove it from the configuration of docker or podman.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryAuthenticationException("Interrupted while " + program + " was asked", e);
        }
    }

    private Optional<Credentials> answer(Process process, String program, String registry)
            throws IOException, InterruptedException {
        try (OutputStream in = process.getOutputStream()) {
            in.write((registry + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // One that ended at once did not read; how it ended says more.
            LOG.debug("{} does not read its input: {}", program, e.toString());
        }
        String out = read(process, program);
        if (process.exitValue() != 0) {
            if (out.contains(NOT_FOUND)) {
                return Optional.empty();
            }
            throw new IOException("it ended with " + process.exitValue() + " and said '" + out.strip() + "'");
        }
        JsonNode answer = parse(out);
        String user = answer.path("Username").asText("");
        String secret = answer.path("Secret").asText("");
        if (secret.isEmpty()) {
            LOG.debug("{} has no secret for {}", program, registry);
            return Optional.empty();
        }
        return Optional.of(new Credentials(user.equals(TOKEN) ? null : user, secret));
    }

    /** What does not parse may still be a secret, and is not passed on. */
    private static JsonNode parse(String out) throws IOException {
        try {
            return Json.read(out);
        } catch (JsonProcessingException e) {
            throw new IOException("its answer is no JSON");
        }
    }

    /** Reads all that the program says, and stops it when it takes too long. */
    private String read(Process process, String program) throws IOException, InterruptedException {
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "";
            }
        });
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("no answer within " + patience.toSeconds() + " s");
        }
        LOG.debug("{} answered", program);
        try {
            return Waiting.on(output, patience);
        } catch (TimeoutException e) {
            throw new IOException("it has ended, but its output has not within " + patience.toSeconds()
                    + " s: what it started in the background still has it open");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    /** Finds the program by the PATH of our environment, which ProcessBuilder would look up in the JVM's own. */
    private String path(String program) throws IOException {
        for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path file = Path.of(folder, program);
            if (Files.isExecutable(file)) {
                return file.toString();
            }
        }
        throw new IOException("it is not on the PATH");
    }
}
