package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.oci.ArchiveEntries.Member;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code docker save} and {@code podman save} write: a tar file with {@code manifest.json}, which names the
 * configuration and the layers of each image (Docker image spec v1.2, "Combined Image JSON + Filesystem Changeset Format").
 */
final class DockerArchive implements LayerSource {

    private static final String LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    private static final Pattern NAMED_BY_DIGEST = Pattern.compile("(?:.*/)?([0-9a-f]{64})(?:\\.json)?");

    private final ArchiveEntries members;
    private final ImageReference.DockerArchive reference;
    private final Progress progress;
    private final Map<Digest, Member> layers = new HashMap<>();

    DockerArchive(ArchiveEntries members, ImageReference.DockerArchive reference, Progress progress) {
        this.progress = progress;
        this.members = members;
        this.reference = reference;
    }

    /** Reads which image it is. */
    SourceImage image(String architecture, Workspace workspace) {
        try {
            JsonNode entry = entry();
            String configName = entry.path("Config").asText("");
            byte[] json = required(configName).read(BlobSource.SMALL);
            Digest digest = Digest.sha256(json);
            Matcher named = NAMED_BY_DIGEST.matcher(configName);
            if (named.matches() && !named.group(1).equals(digest.hex())) {
                throw new CorruptImageException(reference + " is damaged: its configuration " + configName
                        + " has the digest " + digest + ". Get the image again.");
            }
            ImageConfig config = ImageConfig.parse(json, reference.toString());
            return new LayeredImage(
                    reference,
                    digest,
                    config.architecture().orElse(architecture),
                    config.created(),
                    config.labels(),
                    layers(entry.path("Layers"), config.diffIds()),
                    this,
                    workspace);
        } catch (IOException e) {
            throw new IncusStemcellException("Cannot read " + reference + ": " + e.getMessage(), e);
        }
    }

    private JsonNode entry() throws IOException {
        String hint = ArchiveKind.hint(members, reference.file());
        Member manifest = members.find("manifest.json")
                .orElseThrow(() -> new ImageNotFoundException("Cannot use " + reference
                        + ": there is no manifest.json in it, so it is nothing that docker save wrote." + hint));
        JsonNode images = Json.read(manifest.read(BlobSource.SMALL));
        List<String> names = new ArrayList<>();
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode image : images) {
            List<String> tags = new ArrayList<>();
            image.path("RepoTags").forEach(tag -> tags.add(tag.asText()));
            names.addAll(tags);
            if (reference
                    .name()
                    .map(name -> tags.stream().anyMatch(tag -> sameTag(tag, name)))
                    .orElse(true)) {
                found.add(image);
            }
        }
        String has = names.isEmpty() ? "no names" : String.join(", ", names);
        if (found.isEmpty()) {
            throw new ImageNotFoundException("There is no image " + reference + ": the archive has " + has + ".");
        }
        if (found.size() > 1) {
            throw new ImageNotFoundException(
                    "Which image of " + reference + "? The archive has " + has + "; say " + reference + ":<name>.");
        }
        return found.get(0);
    }

    /** Docker writes {@code debian:13}, podman {@code docker.io/library/debian:13}. */
    private static boolean sameTag(String one, String other) {
        try {
            return one.equals(other) || ImageReference.parse(one).equals(ImageReference.parse(other));
        } catch (InvalidImageReferenceException e) {
            return false;
        }
    }

    private List<Layer> layers(JsonNode names, List<Digest> diffIds) throws IOException {
        if (names.size() != diffIds.size() || diffIds.isEmpty()) {
            throw new CorruptImageException(reference + " is damaged: its manifest has " + names.size()
                    + " layers, its configuration has diff_ids for " + diffIds.size() + ".");
        }
        List<Layer> result = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Member member = required(names.get(i).asText());
            Digest digest = digest(member, diffIds.get(i));
            layers.put(digest, member);
            result.add(new Layer(digest, LAYER, member.size(), Optional.of(diffIds.get(i))));
        }
        return List.copyOf(result);
    }

    /** The archive has no digests of blobs; mostly they are not compressed, so that it is the diff_id, verified later. */
    private static Digest digest(Member member, Digest diffId) throws IOException {
        try (InputStream in = member.open()) {
            return Decompression.isCompressed(in.readNBytes(4)) ? LayerCheck.digest(member) : diffId;
        }
    }

    private Member required(String name) throws IOException {
        return members.find(name)
                .orElseThrow(() -> new CorruptImageException(reference + " is damaged: " + name
                        + ", which its manifest names, is missing. Get the image again."));
    }

    @Override
    public List<Blob> fetch(List<Layer> layers, String image) {
        return layers.stream().map(layer -> verified(layer, false, image)).toList();
    }

    @Override
    public Blob fetchRootfs(Layer layer, ArrivingRootfs arriving, String image) {
        return verified(layer, true, image);
    }

    private Blob verified(Layer layer, boolean asRootfs, String image) {
        Blob blob = Objects.requireNonNull(layers.get(layer.digest()), "a layer of another image");
        LayerCheck.verify(layer, blob, asRootfs, image, progress);
        return blob;
    }
}
