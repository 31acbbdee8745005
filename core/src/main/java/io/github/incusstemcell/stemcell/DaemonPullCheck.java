package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.oci.ExtendedAttributes;
import io.github.incusstemcell.oci.Rootfs;
import io.github.incusstemcell.oci.SourceImage;
import java.io.IOException;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What a daemon loses of an image that it pulls: extended attributes, as it packs what it unpacked by a tar that leaves them out
 * (client/oci_images.go of Incus 7.0). No request brings them back. Only the layers tell whether there are any, so they are read here.
 *
 * @param source the image
 */
record DaemonPullCheck(SourceImage source) {

    /** systemd-tmpfiles gives it its access control list at each boot (tmpfiles.d of systemd). */
    private static final String JOURNAL = "var/log/journal";

    void requireNone() {
        SortedMap<String, SortedSet<String>> attributes;
        try (Rootfs rootfs = source.rootfs()) {
            attributes = ExtendedAttributes.of(rootfs);
        } catch (IOException e) {
            throw new IncusStemcellException("Cannot read " + source.reference() + ": " + e.getMessage(), e);
        }
        attributes.keySet().removeIf(path -> path.equals(JOURNAL));
        if (!attributes.isEmpty()) {
            String first = attributes.firstKey();
            throw new IncusStemcellException("Incus cannot convert " + source.reference()
                    + " by itself: it would lose extended attributes, such as "
                    + String.join(", ", attributes.get(first)) + " of /" + first + " (paths with such: "
                    + attributes.size() + "). Set incus.stemcell.conversion to client");
        }
    }
}
