package io.github.incusstemcell.stemcell;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A file that Incus writes into a container.
 *
 * @param path where it goes in the guest, absolute
 * @param content what Incus renders (pongo2: {@code {{ container.name }}}, {@code config_get("key", "default")})
 * @param when it is written: {@code create}, {@code copy} or {@code start}
 */
record OverlayTemplate(String path, String content, List<String> when) {

    /** A copy is a new machine to the guest, just as a fresh one: its name and its address are others. */
    private static final List<String> ONCE = List.of("create", "copy");

    /** Where an RSA host key waits for the guest to take it, which then removes the folder. */
    static final String RSA_KEY = "/usr/local/share/incus-stemcell/ssh_host_rsa_key";

    OverlayTemplate(String path, String content) {
        this(path, content, ONCE);
    }

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

    /** The same file, which is written at each start, by what the container's configuration says then. */
    OverlayTemplate atEachStart() {
        return new OverlayTemplate(path, content, List.of("start"));
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
