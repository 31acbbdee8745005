package io.github.incusstemcell.oci;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Names an image, wherever it is. One notation for every source:
 *
 * <table>
 * <caption>Notations</caption>
 * <tr><th>text</th><th>what it names</th></tr>
 * <tr><td>{@code ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165}</td><td>a tag in a registry</td></tr>
 * <tr><td>{@code localhost:5000/stemcell@sha256:...}</td><td>exactly this content in a registry</td></tr>
 * <tr><td>{@code oci:path/to/layout:1.165}</td><td>an OCI image layout in a folder</td></tr>
 * <tr><td>{@code oci-archive:image.tar:1.165}</td><td>an OCI image layout in a tar file</td></tr>
 * <tr><td>{@code docker-archive:image.tar:stemcell:1.165}</td><td>what {@code docker save} writes</td></tr>
 * <tr><td>{@code stemcell:bosh-stemcell-1.165-warden-boshlite-ubuntu-noble.tgz}</td><td>a BOSH stemcell, warden or light;
 *     also an http(s) address</td></tr>
 * <tr><td>{@code rootfs:rootfs.tar.gz}</td><td>a tarball of a root file system; also an http(s) address</td></tr>
 * <tr><td>{@code incus:my-image}</td><td>an image that Incus has, by alias or fingerprint</td></tr>
 * <tr><td>{@code images:debian/13}</td><td>an image of the public simplestreams server</td></tr>
 * </table>
 *
 * <p>Registry names are read as Docker reads them: {@code debian:13} is {@code docker.io/library/debian:13}, and without
 * a tag {@code latest} is meant. Relative paths start at the working directory of the JVM. Their {@code toString()} gives the
 * complete form, which {@link #parse} reads back to an equal reference.
 */
public sealed interface ImageReference {

    /**
     * Reads a reference.
     *
     * @param text one of the notations
     * @return what it names
     * @throws InvalidImageReferenceException where the text is none of them
     */
    static ImageReference parse(String text) {
        return new ImageReferenceParser(text).parse();
    }

    /**
     * An image in a registry.
     *
     * @param host the registry, with its port where it has one, for example {@code ghcr.io} or {@code localhost:5000}
     * @param repository the path of the image there, for example {@code cloudfoundry/ubuntu-noble-stemcell}
     * @param tag the tag; where there is a digest, it only serves the reader
     * @param digest the digest of the manifest or index; where present, it decides
     */
    record Registry(String host, String repository, Optional<String> tag, Optional<Digest> digest)
            implements ImageReference {

        /**
         * Checks that there is a tag or a digest.
         *
         * @param host as the record says
         * @param repository as the record says
         * @param tag as the record says
         * @param digest as the record says
         * @throws IllegalArgumentException where both are missing
         */
        public Registry {
            Objects.requireNonNull(host);
            Objects.requireNonNull(repository);
            if (tag.isEmpty() && digest.isEmpty()) {
                throw new IllegalArgumentException("A registry reference needs a tag or a digest");
            }
        }

        /** {@return what the registry is asked for: the digest where there is one, else the tag} */
        String target() {
            return digest.map(Digest::toString).orElseGet(tag::orElseThrow);
        }

        /** {@return host and repository, without tag and digest} */
        String name() {
            return host + "/" + repository;
        }

        @Override
        public String toString() {
            return name()
                    + tag.map(t -> ":" + t).orElse("")
                    + digest.map(d -> "@" + d).orElse("");
        }
    }

    /**
     * An OCI image layout in a folder (OCI image spec, "Image Layout").
     *
     * @param folder the folder that holds {@code oci-layout} and {@code index.json}
     * @param name the annotation {@code org.opencontainers.image.ref.name} of the image; may be absent where the layout
     *     has only one
     */
    record OciLayout(Path folder, Optional<String> name) implements ImageReference {
        @Override
        public String toString() {
            return "oci:" + folder + name.map(n -> ":" + n).orElse("");
        }
    }

    /**
     * An OCI image layout in a tar file, which may be compressed.
     *
     * @param file the tar file
     * @param name as in {@link OciLayout#name}
     */
    record OciArchive(Path file, Optional<String> name) implements ImageReference {
        @Override
        public String toString() {
            return "oci-archive:" + file + name.map(n -> ":" + n).orElse("");
        }
    }

    /**
     * What {@code docker save} and {@code podman save} write.
     *
     * @param file the tar file, which may be compressed
     * @param name a tag in it, as {@code docker images} shows it; may be absent where the archive has only one image
     */
    record DockerArchive(Path file, Optional<String> name) implements ImageReference {
        @Override
        public String toString() {
            return "docker-archive:" + file + name.map(n -> ":" + n).orElse("");
        }
    }

    /**
     * A BOSH stemcell tarball: one for Warden holds the root file system, a light one of the Docker CPI points to a
     * registry.
     *
     * @param location a path, or an http or https address
     */
    record Stemcell(String location) implements ImageReference {
        @Override
        public String toString() {
            return "stemcell:" + location;
        }
    }

    /**
     * A tarball of a root file system: plain or compressed by gzip, bzip2, xz, lz4 or zstd.
     *
     * @param location a path, or an http or https address
     */
    record RootfsTarball(String location) implements ImageReference {
        @Override
        public String toString() {
            return "rootfs:" + location;
        }
    }

    /**
     * An image that the Incus daemon has already.
     *
     * @param image its alias or its fingerprint
     */
    record Incus(String image) implements ImageReference {
        @Override
        public String toString() {
            return "incus:" + image;
        }
    }

    /**
     * An image that the Incus daemon pulls from the public simplestreams server {@code images}.
     *
     * @param alias its name there, for example {@code debian/13}
     */
    record Simplestreams(String alias) implements ImageReference {
        @Override
        public String toString() {
            return "images:" + alias;
        }
    }
}
