package io.github.incusstemcell.stemcell;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A file that Incus writes into a container when it creates it.
 *
 * @param path where it goes in the guest, absolute
 * @param content what Incus renders (pongo2: {@code {{ container.name }}}, {@code config_get("key", "default")})
 */
record OverlayTemplate(String path, String content) {

    /** Where an RSA host key waits for the guest to take it, which then removes the folder. */
    static final String RSA_KEY = "/usr/local/share/incus-stemcell/ssh_host_rsa_key";

    OverlayTemplate {
        Objects.requireNonNull(content, "content");
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("A template's path is absolute, but this is '" + path + "'");
        }
    }

    /** A file whose text stands beside the classes of this package, in {@code overlay/}, below its path in the guest. */
    static OverlayTemplate resource(String path) {
        String name = "overlay" + path;
        try (InputStream stream = OverlayTemplate.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("The overlay's file '" + name + "' is missing from the library");
            }
            return new OverlayTemplate(path, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("The overlay's file '" + name + "' cannot be read from the library", e);
        }
    }

    /** A drop-in for a unit; without effect where the image has no such unit. */
    static OverlayTemplate dropIn(String unit) {
        return resource("/etc/systemd/system/" + unit + ".d/90-incus-stemcell.conf");
    }

    /** A file whose time of change, that of the container's creation, is all that matters. */
    static OverlayTemplate updated(String path) {
        return new OverlayTemplate(
                path, "# Newer than /usr, so that systemd does not take the system as just updated.\n");
    }

    /** The template's file name in the image: the path, flattened, as Incus keeps all templates in one folder. */
    String name() {
        return path.substring(1).replace('/', '-') + ".tpl";
    }
}
