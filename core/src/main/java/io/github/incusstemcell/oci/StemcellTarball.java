package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Hashes;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.oci.ArchiveEntries.Member;
import io.github.incusstemcell.oci.Tarball.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A BOSH stemcell: a tarball of {@code stemcell.MF} and {@code image}, which for Warden is a compressed tar of the root file
 * system, and for the Docker CPI's light stemcells empty, because their {@code cloud_properties} name an image in a registry.
 */
record StemcellTarball(ImageReference.Stemcell reference, Tarball tarball, BlobCache cache, Workspace workspace) {

    private static final String FORMAT = "warden-tar";
    private static final int LARGEST_MANIFEST = 1 << 20;

    /** What we found out about a stemcell, so that the next process need not decompress it again. */
    record Facts(StemcellManifest manifest, String manifestText, Optional<Content> image) {

        static Facts parse(String json) {
            try {
                JsonNode node = Json.read(json);
                String text = node.path("manifest").asText();
                return new Facts(
                        StemcellManifest.parse(text),
                        text,
                        node.has("image")
                                ? Optional.of(Content.parse(node.path("image").asText()))
                                : Optional.empty());
            } catch (IOException e) {
                throw new IllegalStateException("What the cache remembers of a stemcell is no JSON", e);
            }
        }

        @Override
        public String toString() {
            ObjectNode node = Json.object().put("manifest", manifestText);
            image.ifPresent(content -> node.put("image", content.toString()));
            return node.toString();
        }
    }

    /** {@return what is known of the stemcell, verified} */
    Facts facts() throws IOException {
        String key = "stemcell-" + tarball.key();
        Optional<Facts> known = cache.recall(key).map(Facts::parse);
        if (known.isPresent()) {
            return known.get();
        }
        Facts facts = inspect();
        cache.remember(key, facts.toString());
        return facts;
    }

    /** The image that a light stemcell stands for, or nothing for one that holds its own. */
    static Optional<ImageReference.Registry> follows(StemcellManifest manifest, ImageReference reference) {
        Optional<String> target = manifest.get("cloud_properties.image_reference");
        if (target.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (ImageReference.parse(target.get()) instanceof ImageReference.Registry registry) {
                Optional<Digest> digest =
                        manifest.get("cloud_properties.digest").map(Digest::parse);
                return Optional.of(new ImageReference.Registry(
                        registry.host(), registry.repository(), registry.tag(), digest.or(registry::digest)));
            }
        } catch (InvalidImageReferenceException | IllegalArgumentException e) {
            throw new CorruptImageException(
                    "Cannot use " + reference + ": in the cloud_properties of its stemcell.MF, " + e.getMessage() + ".",
                    e);
        }
        throw new CorruptImageException("Cannot use " + reference + ": the image_reference '" + target.get()
                + "' in its stemcell.MF names no image in a registry.");
    }

    /** {@return the stemcell as an image; not for a light one} */
    SourceImage image(Facts facts) {
        Content content = facts.image().orElseThrow();
        return new TarballImage(
                reference,
                content,
                architecture(facts.manifest()),
                labels(facts.manifest()),
                () -> cache.open(content.digest(), content.size(), file -> extract(content, file)));
    }

    private static String architecture(StemcellManifest manifest) {
        return switch (manifest.get("cloud_properties.architecture").orElse("x86_64")) {
            case "aarch64", "arm64" -> "arm64";
            default -> "amd64";
        };
    }

    private static Map<String, String> labels(StemcellManifest manifest) {
        Map<String, String> labels = new TreeMap<>();
        for (String key : List.of("name", "version", "operating_system", "api_version")) {
            manifest.get(key).ifPresent(value -> labels.put(key, value));
        }
        return Map.copyOf(labels);
    }

    private Facts inspect() throws IOException {
        RootfsTarballFile.requireTar(tarball, reference);
        ArchiveEntries members = members();
        String hint = ArchiveKind.hint(members, Path.of(reference.location()));
        Member file = members.find("stemcell.MF")
                .orElseThrow(() -> new CorruptImageException("Cannot use " + reference
                        + ": there is no stemcell.MF in it, so it is no BOSH stemcell." + hint));
        String text = new String(file.read(LARGEST_MANIFEST), StandardCharsets.UTF_8);
        StemcellManifest manifest = StemcellManifest.parse(text);
        if (follows(manifest, reference).isPresent()) {
            return new Facts(manifest, text, Optional.empty());
        }
        if (!manifest.formats().isEmpty() && !manifest.formats().contains(FORMAT)) {
            throw new CorruptImageException("Cannot use " + reference + ": it is made for " + manifest.formats()
                    + ", so its image is no tar of a root file system. Take the one for warden-boshlite.");
        }
        Member image = image(members);
        Content content = verified(image, manifest);
        LayerCheck.unpackable(image, content.digest(), reference.toString());
        cache.ensure(content.digest(), content.size(), target -> copy(image, content, target));
        cache.evict(Set.of(content.digest()));
        return new Facts(manifest, text, Optional.of(content));
    }

    private ArchiveEntries members() throws IOException {
        return ArchiveEntries.ofTar(tarball, reference.toString(), workspace);
    }

    private Member image(ArchiveEntries members) throws IOException {
        Member image = members.find("image")
                .orElseThrow(() -> new CorruptImageException(
                        "Cannot use " + reference + ": there is no image in it. Get the stemcell again."));
        if (image.size() == 0) {
            throw new CorruptImageException("Cannot use " + reference
                    + ": its image is empty, as in a light stemcell, but its stemcell.MF names no image_reference.");
        }
        return image;
    }

    /** Compares the image with every hash that the manifest has: {@code sha1}, or several as in {@code sha1;sha256:hash}. */
    private Content verified(Member image, StemcellManifest manifest) throws IOException {
        String sha1 = manifest.get("sha1")
                .orElseThrow(() -> new CorruptImageException("Cannot use " + reference
                        + ": its stemcell.MF has no sha1 of the image. Get the stemcell again."));
        Map<String, MessageDigest> hashes = new TreeMap<>();
        InputStream in = image.open();
        for (String expected : sha1.split(";")) {
            MessageDigest hash = hash(expected);
            hashes.put(expected, hash);
            in = new DigestInputStream(in, hash);
        }
        Content content;
        try (InputStream hashed = in) {
            content = Content.read(hashed);
        }
        hashes.forEach((expected, hash) -> {
            String actual = Hashes.hex(hash);
            if (!actual.equals(expected.substring(expected.indexOf(':') + 1))) {
                throw new CorruptImageException(reference + " is damaged: its image has the " + algorithm(expected)
                        + " " + actual + ", but its stemcell.MF says " + expected + ". Get the stemcell again.");
            }
        });
        return content;
    }

    private static String algorithm(String hash) {
        return hash.contains(":") ? hash.substring(0, hash.indexOf(':')) : "sha1";
    }

    private MessageDigest hash(String expected) {
        String algorithm = algorithm(expected);
        try {
            return MessageDigest.getInstance(algorithm.replaceFirst("^sha", "SHA-"));
        } catch (NoSuchAlgorithmException e) {
            throw new CorruptImageException(
                    "Cannot use " + reference + ": its stemcell.MF has a hash of the unknown kind '" + algorithm + "'.",
                    e);
        }
    }

    /** Takes the image out of the stemcell once more, after the cache lost it. */
    private void extract(Content content, Path file) throws IOException {
        copy(image(members()), content, file);
    }

    private void copy(Member image, Content content, Path file) throws IOException {
        try (InputStream in = image.open()) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        try (InputStream in = Files.newInputStream(file)) {
            if (!Content.read(in).equals(content)) {
                Files.delete(file);
                throw new CorruptImageException(reference + " changed while it was used. Run again.");
            }
        }
    }
}
