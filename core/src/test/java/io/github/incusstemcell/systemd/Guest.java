package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.incus.SplitImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A real container whose PID 1 is the systemd of the rootfs in INCUS_STEMCELL_DEV_ROOTFS, on the Incus of the environment. */
final class Guest implements AutoCloseable {

    private static final String ALIAS =
            "sd-test-" + UUID.randomUUID().toString().substring(0, 8);
    private static ImageInfo image;

    private final Incus incus;
    private final Instance instance;

    private Guest(Incus incus, Instance instance) {
        this.incus = incus;
        this.instance = instance;
    }

    /** Creates and starts a container; does not wait for its boot. */
    static Guest start() {
        Incus incus = Incus.connect();
        Instance instance = incus.instances()
                .create(NewInstance.named("sd-" + UUID.randomUUID().toString().substring(0, 8))
                        .image(image(incus).fingerprint())
                        .profiles(java.util.List.of("default"))
                        .ephemeral()
                        .start()
                        .build());
        return new Guest(incus, instance);
    }

    private static synchronized ImageInfo image(Incus incus) {
        if (image == null) {
            String rootfs = System.getenv("INCUS_STEMCELL_DEV_ROOTFS");
            if (rootfs == null) {
                throw new IllegalStateException(
                        "INCUS_STEMCELL_DEV_ROOTFS names no gzip tarball of a rootfs with systemd; dev/test sets it");
            }
            Path file = Path.of(rootfs);
            try {
                image = incus.images()
                        .upload(SplitImage.of(
                                metadata(), () -> Files.newInputStream(file), OptionalLong.of(Files.size(file))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            String fingerprint = image.fingerprint();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try (Incus again = Incus.connect()) {
                    again.images().delete(fingerprint);
                }
            }));
        }
        return image;
    }

    /** Named after this JVM, so that each JVM has, and may delete, an image of its own. */
    private static byte[] metadata() throws IOException {
        byte[] yaml = ("architecture: x86_64\ncreation_date: 1700000000\nproperties:\n  description: " + ALIAS + "\n")
                .getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry("metadata.yaml");
            entry.setSize(yaml.length);
            tar.putArchiveEntry(entry);
            tar.write(yaml);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    Instance instance() {
        return instance;
    }

    String name() {
        return instance.name();
    }

    /** Runs a script that must succeed: {@return its stdout} */
    String run(String script) {
        return instance.exec(Command.shell(script)).requireSuccess().stdout();
    }

    @Override
    public void close() {
        try (incus) {
            instance.delete();
        }
    }
}
