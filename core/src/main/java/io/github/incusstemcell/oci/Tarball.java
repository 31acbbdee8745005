package io.github.incusstemcell.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;

/** A file that somebody names by a path or an address: where its bytes are, and how to know that they are the same again. */
interface Tarball extends Blob {

    /** {@return what identifies the content, without reading it; as long as this is the same, so are the bytes} */
    String key() throws IOException;

    /** {@return the path of the file, where its bytes lie at a path that is somebody else's and stays} */
    Optional<Path> path();

    /** {@return its size in bytes} */
    long size() throws IOException;

    /** {@return its sha256 and its size} */
    Content content() throws IOException;

    /**
     * What some bytes are.
     *
     * @param size in bytes
     */
    record Content(Digest digest, long size) {

        static Content read(InputStream in) throws IOException {
            MessageDigest hash = Digest.newHash("sha256");
            byte[] buffer = new byte[1 << 16];
            long size = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
                size += n;
            }
            return new Content(Digest.finished("sha256", hash), size);
        }

        static Content parse(String text) {
            String[] parts = text.split(" ");
            return new Content(Digest.parse(parts[0]), Long.parseLong(parts[1]));
        }

        @Override
        public String toString() {
            return digest + " " + size;
        }
    }

    /**
     * A file on this machine.
     *
     * @param facts where its digest is remembered, so that each version is read once
     */
    record OnDisk(Path file, BlobCache facts) implements Tarball {

        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        /** Whoever changes a file changes one of these, the time of its inode at least, which no tool can set. */
        @Override
        public String key() throws IOException {
            Map<String, Object> unix = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime");
            String all = file.toRealPath() + " " + unix.get("dev") + " " + unix.get("ino") + " " + unix.get("size")
                    + " " + unix.get("lastModifiedTime") + " " + unix.get("ctime");
            return "file-" + Digest.sha256(all.getBytes(StandardCharsets.UTF_8)).hex();
        }

        @Override
        public Optional<Path> path() {
            return Optional.of(file);
        }

        @Override
        public long size() throws IOException {
            return Files.size(file);
        }

        @Override
        public Content content() throws IOException {
            String key = key();
            Optional<Content> known = facts.recall(key).map(Content::parse);
            if (known.isPresent()) {
                return known.get();
            }
            Content content;
            try (InputStream in = open()) {
                content = Content.read(in);
            }
            if (!key().equals(key)) {
                throw new IOException(file + " changed while it was read");
            }
            facts.remember(key, content.toString());
            return content;
        }
    }

    /** A file that was downloaded to the cache. */
    record Downloaded(UrlPull pull, Content content) implements Tarball {

        @Override
        public InputStream open() throws IOException {
            return pull.open(content);
        }

        @Override
        public String key() {
            return "blob-" + content.digest().hex();
        }

        /** None, for a file in the cache may go at any time. */
        @Override
        public Optional<Path> path() {
            return Optional.empty();
        }

        @Override
        public long size() {
            return content.size();
        }
    }
}
