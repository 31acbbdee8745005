package io.github.incusstemcell.stemcell;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * What {@code incus image export} writes of an image, split or in one archive: all that is in it.
 *
 * @param rootfs the files of the guest, by their path without a leading slash
 * @param metadata the contents of what stands beside the guest's files, by name
 */
record ExportedImage(Map<String, File> rootfs, Map<String, String> metadata) {

    private static final String ROOTFS = "rootfs/";

    /**
     * A file as an archive has it, of whatever kind.
     *
     * @param what kind, mode, owners, size, time, device numbers and, of a symbolic link, its target
     * @param content the SHA-256 of the content; empty where it is no regular file
     * @param attributes its extended attributes
     * @param links all the names it has, where it has several: whichever of them comes first in an archive
     */
    record File(String what, String content, Map<String, String> attributes, SortedSet<String> links) {

        File withoutAttributes() {
            return new File(what, content, Map.of(), links);
        }
    }

    static ExportedImage of(String project, String fingerprint, Path folder) throws Exception {
        Process export = new ProcessBuilder(
                        "incus",
                        "image",
                        "export",
                        "--project",
                        project,
                        fingerprint,
                        folder.resolve(fingerprint).toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(export.getInputStream().readAllBytes());
        if (export.waitFor() != 0) {
            throw new AssertionError("incus image export: " + output);
        }
        ExportedImage image = new ExportedImage(new TreeMap<>(), new TreeMap<>());
        for (Path file : archives(folder, fingerprint)) {
            boolean isRootfs = file.toString().contains(".root");
            image.read(file, isRootfs ? "" : ROOTFS);
        }
        return image;
    }

    private static List<Path> archives(Path folder, String fingerprint) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(fingerprint))
                    .toList();
        }
    }

    private void read(Path archive, String prefix) throws Exception {
        Map<String, String> hardLinks = new TreeMap<>();
        try (InputStream bytes = decompressed(archive);
                TarArchiveInputStream tar = new TarArchiveInputStream(bytes)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = name(entry.getName());
                if (!(name + "/").startsWith(prefix)) {
                    if (!entry.isDirectory()) {
                        metadata.put(name, new String(tar.readAllBytes()));
                    }
                } else if (entry.isLink()) {
                    hardLinks.put(
                            name.substring(prefix.length()),
                            name(entry.getLinkName()).substring(prefix.length()));
                } else if ((name + "/").length() > prefix.length() + 1) {
                    rootfs.put(name.substring(prefix.length()), file(entry, tar));
                }
            }
        }
        hardLinks.values().stream().distinct().toList().forEach(first -> link(first, hardLinks));
    }

    private void link(String first, Map<String, String> hardLinks) {
        SortedSet<String> names = hardLinks.entrySet().stream()
                .filter(link -> link.getValue().equals(first))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        names.add(first);
        File file = rootfs.get(first);
        names.forEach(name -> rootfs.put(name, new File(file.what(), file.content(), file.attributes(), names)));
    }

    private static File file(TarArchiveEntry entry, InputStream content) throws Exception {
        String what = "%c%o %d:%d %d bytes at %d, device %d:%d -> '%s'"
                .formatted(
                        entry.getLinkFlag(),
                        entry.getMode() & 07777,
                        entry.getLongUserId(),
                        entry.getLongGroupId(),
                        entry.getSize(),
                        entry.getLastModifiedTime().toInstant().getEpochSecond(),
                        entry.getDevMajor(),
                        entry.getDevMinor(),
                        entry.getLinkName());
        Map<String, String> attributes = new TreeMap<>(entry.getExtraPaxHeaders());
        attributes.keySet().removeIf(key -> !key.startsWith("SCHILY.xattr."));
        return new File(what, entry.isFile() ? hash(content) : "", attributes, new TreeSet<>());
    }

    private static String hash(InputStream content) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        new DigestInputStream(content, sha256).transferTo(java.io.OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static String name(String name) {
        return Stream.of(name.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .collect(Collectors.joining("/"));
    }

    private static InputStream decompressed(Path archive) throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(archive));
        bytes.mark(2);
        boolean gzip = bytes.read() == 0x1f;
        bytes.reset();
        return gzip ? new GZIPInputStream(bytes) : bytes;
    }
}
