package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.incus.PulledImage;
import io.github.incusstemcell.internal.Hashes;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.Layer;
import io.github.incusstemcell.oci.SourceImage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;

/** An image of a registry as the daemon itself pulls it, which makes application containers. It goes when it has served. */
final class ApplicationImage {

    private final Incus incus;
    private final ImageReference.Registry reference;
    private final SourceImage source;
    private final Progress progress;
    private final String fingerprint;
    private boolean pulled;

    ApplicationImage(Incus incus, ImageReference.Registry reference, SourceImage source, Progress progress) {
        this.incus = incus;
        this.reference = reference;
        this.source = source;
        this.progress = progress.apart();
        this.fingerprint = fingerprint(source.layers());
    }

    /**
     * What Incus calls a pulled image: the SHA-256 of its layers' digests, one after the other (client/oci_images.go of Incus 7.0). So it
     * says which layers the daemon has got.
     */
    static String fingerprint(List<Layer> layers) {
        MessageDigest sha256 = Hashes.sha256();
        layers.forEach(layer -> sha256.update(layer.digest().toString().getBytes(StandardCharsets.US_ASCII)));
        return Hashes.hex(sha256);
    }

    /** Creates a container of it, and pulls it before where it is not there. */
    Instance create(NewInstance.Builder container) {
        String what = "Incus pulls " + reference;
        progress.report(what, 0, -1);
        try {
            if (incus.images().find(fingerprint).isEmpty()) {
                pull();
            }
            return createFrom(container.image(fingerprint).build());
        } finally {
            progress.report(what, 1, 1);
        }
    }

    private Instance createFrom(NewInstance container) {
        try {
            return incus.instances().create(container);
        } catch (IncusException e) {
            if (incus.images().find(fingerprint).isPresent()) {
                throw e;
            }
            // Another process had pulled it, and has removed it in this moment.
            pull();
            return incus.instances().create(container);
        }
    }

    private void pull() {
        String name = reference.repository() + "@" + source.digest();
        // As ours, so that it does not stay for ever where this process dies.
        Map<String, String> notes = DaemonImages.notes(source.digest().toString(), reference);
        String got;
        try {
            got = incus.images()
                    .pull(PulledImage.ofRegistry("https://" + reference.host(), name, notes))
                    .fingerprint();
        } catch (IncusException e) {
            throw new IncusStemcellException(
                    "Incus on " + incus.endpoint() + " could not pull " + reference.host() + "/" + name + ": "
                            + e.answer()
                            + ". It pulls by skopeo on its machine, which has to reach the registry, and knows no mirror, insecure"
                            + " registry or credentials but those in /etc/containers/registries.conf and auth.json there."
                            + " Or set incus.stemcell.conversion to client",
                    e);
        }
        pulled = true;
        if (!got.equals(fingerprint)) {
            incus.images().delete(got);
            throw new IncusStemcellException("Incus on " + incus.endpoint() + " has pulled " + reference.host() + "/"
                    + name + ", but names it " + got + " where the digests of its layers give " + fingerprint
                    + ": these are other layers, or an Incus that names images in another way. Set"
                    + " incus.stemcell.conversion to client");
        }
    }

    void removeIfPulled() {
        if (pulled) {
            incus.images().delete(fingerprint);
        }
    }
}
