package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.oci.tar.TestTar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Writes an OCI image layout. */
final class TestLayout {

    private static final ObjectMapper JSON = new ObjectMapper();

    static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private final Path folder;
    private final ArrayNode manifests = JSON.createArrayNode();
    private String os = "linux";
    private String layerType = "application/vnd.oci.image.layer.v1.tar+gzip";

    TestLayout(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        Files.createDirectories(folder.resolve("blobs/sha256"));
        Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    /** The images that follow are for this operating system. */
    TestLayout os(String os) {
        this.os = os;
        return this;
    }

    /** The layers of the images that follow are of this media type. */
    TestLayout layerType(String mediaType) {
        this.layerType = mediaType;
        return this;
    }

    Path folder() {
        return folder;
    }

    /** Adds an image with these layers, each a tar stream, compressed by gzip here. */
    TestLayout image(String name, List<byte[]> tars) throws IOException {
        List<byte[]> blobs = new ArrayList<>();
        List<Digest> diffIds = new ArrayList<>();
        for (byte[] tar : tars) {
            blobs.add(TestTar.gzip(tar));
            diffIds.add(Digest.sha256(tar));
        }
        return image(name, blobs, diffIds);
    }

    TestLayout image(String name, List<byte[]> blobs, List<Digest> diffIds) throws IOException {
        List<Path> files = new ArrayList<>();
        for (byte[] blob : blobs) {
            files.add(Files.write(Files.createTempFile(folder, "blob", ""), blob));
        }
        return imageOfFiles(name, files, diffIds);
    }

    /** Moves the blobs into the layout. */
    TestLayout imageOfFiles(String name, List<Path> blobs, List<Digest> diffIds) throws IOException {
        ObjectNode config = JSON.createObjectNode().put("architecture", "amd64").put("os", os);
        config.put("created", "2026-01-02T03:04:05Z");
        config.putObject("config").putObject("Labels").put("key", "value");
        ArrayNode ids = config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        diffIds.forEach(id -> ids.add(id.toString()));
        ObjectNode manifest = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", OCI_MANIFEST);
        manifest.set("config", blob("application/vnd.oci.image.config.v1+json", DevRegistry.bytes(config)));
        ArrayNode layers = manifest.putArray("layers");
        for (Path blob : blobs) {
            Digest digest = LayerCheck.digest(() -> Files.newInputStream(blob));
            layers.add(DevRegistry.descriptor(layerType, digest, Files.size(blob)));
            Files.move(blob, folder.resolve("blobs/sha256").resolve(digest.hex()), StandardCopyOption.REPLACE_EXISTING);
        }
        ObjectNode entry = blob(OCI_MANIFEST, DevRegistry.bytes(manifest));
        entry.putObject("annotations").put(Descriptor.REF_NAME, name);
        manifests.add(entry);
        writeIndex();
        return this;
    }

    void writeIndex() throws IOException {
        ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2);
        index.set("manifests", manifests);
        Files.write(folder.resolve("index.json"), DevRegistry.bytes(index));
    }

    private ObjectNode blob(String mediaType, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        Files.write(folder.resolve("blobs/sha256").resolve(digest.hex()), bytes);
        return DevRegistry.descriptor(mediaType, digest, bytes.length);
    }
}
