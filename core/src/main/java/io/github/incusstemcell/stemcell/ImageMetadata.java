package io.github.incusstemcell.stemcell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The metadata half of a split Incus image: a tarball of {@code metadata.yaml} and {@code templates/}, see
 * <a href="https://linuxcontainers.org/incus/docs/main/reference/image_format/">Image format</a>.
 *
 * <p>Incus names an image by the SHA-256 of this tarball followed by the rootfs. So the bytes depend on nothing but the
 * image's identity: no clock, no user, no place that the stemcell came from.
 */
record ImageMetadata(ImageIdentity identity, GuestOverlay overlay) {

    /** Incus refuses 0, and a clock would change the fingerprint; the true age of a stemcell is in its version. */
    private static final long CREATION_DATE = 1;

    /** YAML is a superset of JSON, and JSON needs no further library. */
    private static final ObjectMapper YAML = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    byte[] tarball() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            add(tar, "metadata.yaml", json() + "\n");
            for (OverlayTemplate template : overlay.templates()) {
                add(tar, "templates/" + template.name(), template.content());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        entry.setModTime(0L);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    /** The content of {@code metadata.yaml}. */
    String json() throws JsonProcessingException {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("architecture", identity.incusArchitecture());
        metadata.put("creation_date", CREATION_DATE);
        metadata.put("properties", identity.properties());
        metadata.put("templates", templates());
        return YAML.writeValueAsString(metadata);
    }

    private Map<String, Object> templates() {
        Map<String, Object> templates = new LinkedHashMap<>();
        for (OverlayTemplate template : overlay.templates()) {
            // Sorted: each JVM has an order of its own for Map.of, and the bytes must be the same everywhere.
            templates.put(template.path(), new TreeMap<>(Map.of("when", template.when(), "template", template.name())));
        }
        return templates;
    }
}
