package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.oci.ArchiveEntries.Member;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * An OCI image layout, in a folder or in a tar file (OCI image spec, "Image Layout").
 *
 * @param image the reference, for messages
 * @param hint what else it may be, for the message that it is none
 */
record Layout(ArchiveEntries members, String image, String hint, Progress progress) implements BlobSource {

    /** Reads the manifest or index that a name stands for; without a name, the only one. */
    byte[] manifest(Optional<String> name) {
        byte[] json = read(member("index.json")
                .orElseThrow(() -> new ImageNotFoundException("Cannot use " + image
                        + ": there is no index.json in it, so it is no OCI image layout." + hint)));
        if (!(Manifest.parse(json, image) instanceof Manifest.Index index)) {
            throw new CorruptImageException("Cannot use " + image + ": its index.json is no index.");
        }
        List<Descriptor> found = index.manifests().stream()
                .filter(d -> name.isEmpty() || d.refName().equals(name))
                .toList();
        if (found.isEmpty()) {
            throw new ImageNotFoundException("There is no image " + image + ": the layout has " + names(index) + ".");
        }
        if (found.size() > 1 && name.isEmpty()) {
            return chooseByPlatform(index, json);
        }
        return manifest(found.get(0), image);
    }

    /** Several manifests without a name are one image for several platforms, or a choice that is the user's. */
    private byte[] chooseByPlatform(Manifest.Index index, byte[] json) {
        if (index.manifests().stream().allMatch(d -> d.platform().isPresent())) {
            return json;
        }
        throw new ImageNotFoundException(
                "Which image of " + image + "? The layout has " + names(index) + "; say " + image + ":<name>.");
    }

    private static String names(Manifest.Index index) {
        List<String> names = index.manifests().stream()
                .map(d -> d.refName().orElse("one without a name"))
                .toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    @Override
    public byte[] manifest(Descriptor descriptor, String image) {
        return small(descriptor, image);
    }

    @Override
    public byte[] small(Descriptor descriptor, String image) {
        byte[] bytes = read(blob(descriptor.digest()));
        Digest actual = Digest.of(descriptor.digest().algorithm(), bytes);
        if (!actual.equals(descriptor.digest()) || bytes.length != descriptor.size()) {
            throw new CorruptImageException(image + " is damaged: its blob " + descriptor.digest() + " of "
                    + descriptor.size() + " bytes has in fact the digest " + actual + " and " + bytes.length
                    + " bytes. Get the image again.");
        }
        return bytes;
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
        if (layer.isNonDistributable() && member(path(layer.digest())).isEmpty()) {
            throw LayerSource.withheld(layer, image, "the layout");
        }
        Blob blob = blob(layer.digest());
        LayerCheck.verify(layer, blob, asRootfs, image, progress);
        return blob;
    }

    private Member blob(Digest digest) {
        return member(path(digest))
                .orElseThrow(() -> new CorruptImageException(
                        image + " is damaged: its blob " + digest + " is missing. Get the image again."));
    }

    private static String path(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    private Optional<Member> member(String name) {
        try {
            return members.find(name);
        } catch (IOException e) {
            throw new IncusStemcellException("Cannot read " + image + ": " + e.getMessage(), e);
        }
    }

    private byte[] read(Member member) {
        try {
            return member.read(SMALL);
        } catch (IOException e) {
            throw new IncusStemcellException("Cannot read " + image + ": " + e.getMessage(), e);
        }
    }
}
