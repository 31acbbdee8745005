package io.github.incusstemcell.incus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Images for tests: a tiny one made from this machine's busybox, which is up in no time. */
public final class TestImages {

    private static final List<Path> BUSYBOX = List.of(Path.of("/usr/bin/busybox"), Path.of("/bin/busybox"));
    private static final String ARCHITECTURE = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";

    private TestImages() {}

    /** {@return a container whose init only reaps and waits} */
    static SplitImage busybox() {
        byte[] rootfs = busyboxRootfs();
        return SplitImage.of(
                metadata("busybox for tests of the Incus client"),
                () -> new java.io.ByteArrayInputStream(rootfs),
                OptionalLong.of(rootfs.length));
    }

    /** {@return a guest with systemd, from the archive that INCUS_STEMCELL_DEV_ROOTFS names} */
    static SplitImage systemd() {
        Path rootfs = Path.of(Optional.ofNullable(System.getenv("INCUS_STEMCELL_DEV_ROOTFS"))
                .orElseThrow(() -> new IllegalStateException(
                        "INCUS_STEMCELL_DEV_ROOTFS names no rootfs archive of a systemd guest")));
        try {
            return SplitImage.of(
                    metadata("systemd guest for tests of the Incus client"),
                    () -> Files.newInputStream(rootfs),
                    OptionalLong.of(Files.size(rootfs)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] metadata(String description) {
        String yaml = "architecture: " + ARCHITECTURE + "\ncreation_date: 1700000000\nproperties:\n  description: "
                + description + "\n  os: test\n";
        return tar(tar -> file(tar, "metadata.yaml", 0644, yaml.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] busyboxRootfs() {
        return busyboxRootfs(tar -> file(tar, "sbin/init", 0755, INIT.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@return the root of a guest with nothing but busybox, a shell among it, and no init but what is added} */
    public static byte[] busyboxRootfs(Content added) {
        return tar(tar -> {
            added.writeTo(tar);
            for (String directory : List.of(
                    "bin", "dev", "etc", "home/user", "mnt", "proc", "root", "run", "sbin", "sys", "tmp", "var/tmp")) {
                directory(tar, directory + "/", directory.endsWith("tmp") ? 01777 : 0755);
            }
            file(tar, "bin/busybox", 0755, busyboxBinary());
            for (String applet : applets()) {
                link(tar, "bin/" + applet, "busybox");
            }
            file(tar, "etc/passwd", 0644, PASSWD.getBytes(StandardCharsets.UTF_8));
            file(tar, "etc/group", 0644, "root:x:0:\nuser:x:2000:\n".getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Exits when it is asked to power off, as Incus asks; reaps orphans meanwhile, as every shell does. */
    private static final String INIT = """
            #!/bin/sh
            trap 'exit 0' PWR TERM
            mount -t tmpfs -o size=4m tmpfs /mnt
            echo 'init is up'
            while :; do sleep 3600 & wait; done
            """;

    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            user:x:1000:2000:A user:/home/user:/bin/sh
            """;

    /** {@return this machine's busybox, which needs no library} */
    public static byte[] busyboxBinary() throws IOException {
        Path busybox = BUSYBOX.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("There is no busybox: install the package busybox-static"));
        return Files.readAllBytes(busybox);
    }

    private static List<String> applets() throws IOException {
        Path busybox = BUSYBOX.stream().filter(Files::isExecutable).findFirst().orElseThrow();
        Process process = new ProcessBuilder(busybox.toString(), "--list").start();
        try (InputStream list = process.getInputStream();
                Stream<String> lines = new String(list.readAllBytes(), StandardCharsets.UTF_8).lines()) {
            return lines.filter(applet -> !applet.equals("busybox") && !applet.equals("init"))
                    .toList();
        }
    }

    /** What is written into a tarball. */
    public interface Content {
        void writeTo(TarArchiveOutputStream tar) throws IOException;
    }

    public static byte[] tar(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            content.writeTo(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static void file(TarArchiveOutputStream tar, String name, int mode, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(0100000 | mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    public static void directory(TarArchiveOutputStream tar, String name, int mode) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(0040000 | mode);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    public static void link(TarArchiveOutputStream tar, String name, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }
}
