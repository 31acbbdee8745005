package io.github.incusstemcell.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The archives of packages whose sources are not in a release's folder, which has them by their fingerprints only: those that {@code bosh
 * vendor-package} has taken from another release. Where they are is said in the folder {@code releasedir/index} of cloudfoundry/bosh-cli.
 *
 * @param root the release's folder
 * @param yaml reads a file
 * @param cache where bosh keeps what it has made and fetched
 */
record FinalBuilds(Path root, Function<Path, JsonNode> yaml, Path cache) {

    FinalBuilds(Path root, Function<Path, JsonNode> yaml) {
        this(root, yaml, Path.of(System.getProperty("user.home"), ".bosh", "cache"));
    }

    byte[] archive(String name, String fingerprint) {
        JsonNode build = build(name, fingerprint)
                .orElseThrow(() -> unavailable(name, "no index.yml in .final_builds/packages/" + name + " has it"));
        String digest = build.path("sha1").asText();
        Path file = Stream.concat(Stream.of(cache.resolve(digest)), inBlobstore(build))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> unavailable(name, "there is no " + cache.resolve(digest)));
        try {
            byte[] content = Files.readAllBytes(file);
            if (!matches(content, digest)) {
                throw unavailable(name, file + " is damaged: its digest is not " + digest);
            }
            return content;
        } catch (IOException e) {
            throw new IncusStemcellException("Of the release, " + file + " cannot be read: " + e, e);
        }
    }

    private Optional<JsonNode> build(String name, String fingerprint) {
        for (String builds : List.of(".final_builds", ".dev_builds")) {
            Path index = root.resolve(builds).resolve("packages").resolve(name).resolve("index.yml");
            if (Files.isRegularFile(index)) {
                for (JsonNode build : yaml.apply(index).path("builds")) {
                    if (build.path("version").asText().equals(fingerprint)) {
                        return Optional.of(build);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** A blobstore of the provider {@code local} is a folder. */
    private Stream<Path> inBlobstore(JsonNode build) {
        Path config = root.resolve("config/final.yml");
        if (!Files.isRegularFile(config)) {
            return Stream.empty();
        }
        JsonNode blobstore = yaml.apply(config).path("blobstore");
        return blobstore.path("provider").asText().equals("local")
                ? Stream.of(root.resolve(blobstore.at("/options/blobstore_path").asText())
                        .resolve(build.path("blobstore_id").asText()))
                : Stream.empty();
    }

    /** A SHA-1, unless it says what it is. */
    private static boolean matches(byte[] content, String digest) {
        int colon = digest.indexOf(':');
        try {
            MessageDigest hash =
                    MessageDigest.getInstance("SHA-" + (colon < 0 ? "1" : digest.substring("sha".length(), colon)));
            return HexFormat.of().formatHex(hash.digest(content)).equals(digest.substring(colon + 1));
        } catch (NoSuchAlgorithmException e) {
            throw new IncusStemcellException("A digest of the release is of no kind that Java knows: " + digest, e);
        }
    }

    private IncusStemcellException unavailable(String name, String why) {
        return new IncusStemcellException(
                "The package '" + name + "' of " + root
                        + " is from another release (spec.lock), and its archive is not to be had: " + why
                        + ". Run bosh create-release --force there, which fetches it, or take the archive that it writes with --tarball");
    }
}
