package io.github.incusstemcell.oci;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the notations of {@link ImageReference}. */
record ImageReferenceParser(String text) {

    /** Nothing is given back once it is matched ({@code ++}, {@code *+}): else each repetition of a group would take some stack. */
    private static final String COMPONENT = "[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+";

    /** The grammar of the distribution spec ("Pulling manifests"). */
    private static final Pattern REPOSITORY = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*+");

    private static final String LABEL = "[a-zA-Z0-9]++(?:-++[a-zA-Z0-9]++)*+";

    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
    private static final Pattern HOST =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*+|\\[[0-9a-fA-F:]+])(?::[0-9]{1,5})?");
    private static final Pattern TAR_FILE =
            Pattern.compile("(?i)[^:@]*\\.(?:tar|tgz|txz|tar\\.(?:gz|xz|bz2|zst|lz4))(?::[^/]*)?");

    private static final String LOOKS_LIKE_PATH = "it looks like a path on this machine; ";
    private static final String DOCKER_HUB = "docker.io";

    ImageReference parse() {
        if (text.isBlank()) {
            throw invalid("it is empty");
        }
        if (text.startsWith("file:")) {
            throw invalid(LOOKS_LIKE_PATH + notations(text.replaceFirst("^file:(//)?", "")));
        }
        if (text.chars().anyMatch(Character::isWhitespace) && !hasPrefix()) {
            throw invalid("it contains white space");
        }
        int colon = text.indexOf(':');
        String prefix = colon < 0 ? "" : text.substring(0, colon);
        String rest = text.substring(colon + 1);
        return switch (prefix) {
            case "oci" -> new ImageReference.OciLayout(path(rest), nameAfterPath(rest));
            case "oci-archive" -> new ImageReference.OciArchive(path(rest), nameAfterPath(rest));
            case "docker-archive" -> new ImageReference.DockerArchive(path(rest), nameAfterPath(rest));
            case "stemcell" -> new ImageReference.Stemcell(location(rest));
            case "rootfs" -> new ImageReference.RootfsTarball(location(rest));
            case "incus" -> new ImageReference.Incus(required(rest, "an alias or a fingerprint"));
            case "images" -> new ImageReference.Simplestreams(required(rest, "a name such as debian/13"));
            case "docker", "http", "https" ->
                throw invalid("registry references are written without '" + prefix
                        + "://', for example ghcr.io/owner/image:tag");
            case "docker-daemon", "containers-storage" ->
                throw invalid(
                        "what Docker or Podman has in its store is not read; write it to a file with 'docker save "
                                + rest + " > image.tar', and name docker-archive:image.tar");
            default -> registry();
        };
    }

    private boolean hasPrefix() {
        return text.matches("(?:oci|oci-archive|docker-archive|stemcell|rootfs):.*");
    }

    private ImageReference registry() {
        requireNoPath();
        int at = text.indexOf('@');
        Optional<Digest> digest = at < 0 ? Optional.empty() : Optional.of(digest(text.substring(at + 1)));
        String name = at < 0 ? text : text.substring(0, at);
        // A colon after the last slash starts a tag; one before it belongs to the port of the host.
        int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
        Optional<String> tag = colon < 0 ? Optional.empty() : Optional.of(tag(name.substring(colon + 1)));
        String path = colon < 0 ? name : name.substring(0, colon);
        if (tag.isEmpty() && digest.isEmpty()) {
            tag = Optional.of("latest");
        }
        int slash = path.indexOf('/');
        if (slash < 0 || !isHost(path.substring(0, slash))) {
            return onDockerHub(path, tag, digest);
        }
        String host = path.substring(0, slash);
        if (!HOST.matcher(host).matches()) {
            throw invalid("'" + host + "' is no host name");
        }
        String repository = path.substring(slash + 1);
        return host.equals(DOCKER_HUB) || host.equals("index.docker.io")
                ? onDockerHub(repository, tag, digest)
                : new ImageReference.Registry(host, repository(repository), tag, digest);
    }

    /** Docker Hub has no image that is called like a tar file. */
    private void requireNoPath() {
        int slash = text.indexOf('/');
        boolean onHub = slash < 0 || !isHost(text.substring(0, slash));
        if (text.matches("(?s)[./~].*") || onHub && TAR_FILE.matcher(text).matches()) {
            throw invalid(LOOKS_LIKE_PATH + notations(text));
        }
    }

    private static String notations(String path) {
        if (path.matches("(?s)(.*/)?(light-)?bosh-stemcell-[^/]*")) {
            return "write stemcell:" + path;
        }
        return "say what is there: rootfs:" + path + " for a tarball of a root file system, stemcell:" + path
                + " for a BOSH stemcell, oci-archive:" + path + " or docker-archive:" + path
                + " for an image in a tar file, oci:" + path + " for an OCI layout in a folder";
    }

    private ImageReference onDockerHub(String path, Optional<String> tag, Optional<Digest> digest) {
        String repository = path.contains("/") ? path : "library/" + path;
        return new ImageReference.Registry(DOCKER_HUB, repository(repository), tag, digest);
    }

    /** Docker's rule: the first component is a host when it could not be a part of a repository's path on the Hub. */
    private static boolean isHost(String component) {
        return component.contains(".")
                || component.contains(":")
                || component.equals("localhost")
                || !component.equals(component.toLowerCase(Locale.ROOT));
    }

    private String repository(String repository) {
        if (!REPOSITORY.matcher(repository).matches()) {
            throw invalid("'" + repository
                    + "' is no repository; expected lower-case letters, digits and single . _ - between slashes");
        }
        return repository;
    }

    private String tag(String tag) {
        if (!TAG.matcher(tag).matches()) {
            throw invalid("'" + tag + "' is no tag; expected up to 128 letters, digits, '_', '.' and '-'");
        }
        return tag;
    }

    private Digest digest(String digest) {
        try {
            return Digest.parse(digest);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private Path path(String rest) {
        int colon = rest.indexOf(':');
        return parsed(required(colon < 0 ? rest : rest.substring(0, colon), "a path"));
    }

    private Path parsed(String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private Optional<String> nameAfterPath(String rest) {
        int colon = rest.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(required(rest.substring(colon + 1), "the name of an image after the last colon"));
    }

    private String location(String rest) {
        String location = required(rest, "a path or an http(s) address");
        if (!location.startsWith("http://") && !location.startsWith("https://")) {
            parsed(location);
        }
        return location;
    }

    private String required(String part, String what) {
        if (part.isBlank()) {
            throw invalid("after '" + text.substring(0, text.length() - part.length()) + "' " + what + " is missing");
        }
        return part;
    }

    private InvalidImageReferenceException invalid(String problem) {
        return new InvalidImageReferenceException(text, problem);
    }
}
