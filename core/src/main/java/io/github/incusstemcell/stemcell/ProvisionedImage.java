package io.github.incusstemcell.stemcell;

import io.github.incusstemcell.incus.ImageInfo;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What makes an image that was provisioned in a container the same image, whoever provisions it.
 *
 * @param base the image of that container
 * @param provisioner the name of what provisions it, such as a class and a method
 * @param version the version that it declares
 * @param key a SHA-256, as 64 hex digits, over the base and everything that the provisioning declares
 */
public record ProvisionedImage(StemcellImage base, String provisioner, String version, String key) {

    /** The property of an Incus image by which a later run finds it. */
    static final String KEY = "incus-stemcell.provisioning";

    /** For people. */
    static final String PROVISIONER = "incus-stemcell.provisioner";

    static final String VERSION = "incus-stemcell.provisioner-version";
    static final String BASE = "incus-stemcell.base";

    /** The container that the image was made of: a name that no other one ever had. */
    static final String MADE_OF = "incus-stemcell.made-of";

    /** Incus limits names, and people read them. The key is checked in full. */
    private static final int SHORT = 12;

    /**
     * Checks that nothing is missing.
     *
     * @throws IllegalArgumentException if the key is no SHA-256
     */
    public ProvisionedImage {
        Objects.requireNonNull(base, "base");
        Objects.requireNonNull(provisioner, "provisioner");
        Objects.requireNonNull(version, "version");
        if (!key.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("A key has 64 hex digits, unlike '" + key + "'");
        }
    }

    /** The name that the image has in Incus from its first moment. */
    String alias() {
        return alias(base.fingerprint(), key);
    }

    private static String alias(String base, String key) {
        return "provisioned-" + base.substring(0, SHORT) + "-" + key.substring(0, SHORT);
    }

    /**
     * Whether an image that bears a key is the one that this library made. What somebody publishes of a container of it inherits all
     * properties, but cannot have the name.
     */
    static boolean isOurs(ImageInfo image) {
        String key = image.properties().get(KEY);
        String base = image.properties().get(BASE);
        return key != null
                && base != null
                && key.length() > SHORT
                && base.length() > SHORT
                && image.aliases().contains(alias(base, key));
    }

    boolean matches(ImageInfo image) {
        return isOurs(image) && key.equals(image.properties().get(KEY));
    }

    /** What stands on the image; the source's digest and the overlay stay as they are on the base. */
    Map<String, String> properties(String instance) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("description", base.source() + ", provisioned by " + provisioner);
        // Not oci, whatever the base said: Incus starts such an image without systemd.
        properties.put("type", "stemcell");
        properties.put(KEY, key);
        properties.put(PROVISIONER, provisioner);
        properties.put(VERSION, version);
        properties.put(BASE, base.fingerprint());
        properties.put(MADE_OF, instance);
        properties.put(ImageIdentity.DIGEST, base.digest());
        properties.put(ImageIdentity.SOURCE, base.source());
        properties.put(ImageIdentity.LAST_USED, ImageUse.day(Instant.now()));
        return properties;
    }

    /** The image, once it stands in Incus. */
    StemcellImage as(String fingerprint) {
        return new StemcellImage(fingerprint, base.source(), base.digest(), alias());
    }
}
