package io.github.incusstemcell.stemcell;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.ApiExtension;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.incus.PublishedInstance;
import io.github.incusstemcell.incus.Server;
import io.github.incusstemcell.oci.ExtendedAttributes;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.Rootfs;
import io.github.incusstemcell.oci.SourceImage;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the daemon convert an image of a registry: it pulls it, as one for application containers; a container is created of that, gets our
 * metadata and templates, and is published.
 *
 * <p>The container is never started, as this is what damages its {@code /etc/resolv.conf}. What remains of the application image is a
 * {@code config.json} beside the metadata, which nothing in Incus's API removes. Incus 7.0 does not look at it, later ones may: so each
 * image is tried, and one whose containers would be application containers is removed again, with an error. The daemon's version is part
 * of the image's identity, so that an image is not taken for good by another version.
 *
 * <p>What the daemon pulled is what was asked for: it is asked by digest, and names what it pulled by the digests of the layers.
 */
public final class DaemonConversion {

    private static final Logger LOG = LoggerFactory.getLogger(DaemonConversion.class);

    /** Stands in place of the overlay's digest until the image is whole, so that nobody takes it, but it goes if we die. */
    private static final String UNFINISHED = "unfinished";

    private static final String CONTAINER = "isc-convert-";

    /** systemd-tmpfiles gives it its access control list at each boot (tmpfiles.d of systemd). */
    private static final String JOURNAL = "var/log/journal";

    private final Incus incus;
    private final String pool;
    private final Map<String, String> lease;
    private final Progress progress;

    /**
     * Sends nothing yet.
     *
     * @param incus the daemon, in the project of the images
     * @param pool the storage pool for the containers on the way
     * @param lease configuration of these containers, by which they are found and removed should this process die
     * @param progress hears that the daemon is at work
     */
    public DaemonConversion(Incus incus, String pool, Map<String, String> lease, Progress progress) {
        this.incus = incus;
        this.pool = Objects.requireNonNull(pool, "pool");
        this.lease = Map.copyOf(lease);
        this.progress = progress;
    }

    /**
     * Says who converts, as the image's identity has it.
     *
     * @throws IncusStemcellException if the daemon cannot
     */
    String converter(ImageReference reference) {
        Server server = incus.server();
        if (!server.supports(ApiExtension.INSTANCE_OCI)) {
            throw new IncusStemcellException("Incus " + server.version() + " on " + incus.endpoint()
                    + " cannot convert "
                    + reference + " by itself: it lacks the API extension " + ApiExtension.INSTANCE_OCI.wireName()
                    + ", which came with 6.3. Set incus.stemcell.conversion to client, or update Incus");
        }
        return "Incus " + server.version();
    }

    /** Makes the image. Where another machine does so at the same time, one image remains, and that is returned. */
    String convert(SourceImage source, ImageIdentity identity, GuestOverlay overlay) {
        ImageReference.Registry reference = inRegistry(source);
        requireNothingLost(source);
        ApplicationImage application = new ApplicationImage(incus, reference, source, progress);
        return removing(
                application::removeIfPulled,
                () -> settle(publish(application, source, identity, overlay), source, identity));
    }

    /**
     * Refuses an image of which a daemon that pulls it would lose extended attributes, as it packs what it unpacked by a tar that leaves them
     * out (client/oci_images.go of Incus 7.0). No request brings them back. Only the layers tell whether there are any, so they are read here.
     */
    static void requireNothingLost(SourceImage source) {
        SortedMap<String, SortedSet<String>> attributes;
        try (Rootfs rootfs = source.rootfs()) {
            attributes = ExtendedAttributes.of(rootfs);
        } catch (IOException e) {
            throw new IncusStemcellException("Cannot read " + source.reference() + ": " + e.getMessage(), e);
        }
        attributes.keySet().removeIf(path -> path.equals(JOURNAL));
        if (!attributes.isEmpty()) {
            String first = attributes.firstKey();
            throw new IncusStemcellException("Incus cannot convert " + source.reference()
                    + " by itself: it would lose extended attributes, such as "
                    + String.join(", ", attributes.get(first)) + " of /" + first + " (paths with such: "
                    + attributes.size() + "). Set incus.stemcell.conversion to client");
        }
    }

    /** Does work and removes what it needed, also where the work fails; that the removal fails as well does not hide why. */
    private static <T> T removing(Runnable removal, Supplier<T> work) {
        T done;
        try {
            done = work.get();
        } catch (RuntimeException e) {
            discard(removal, e);
            throw e;
        }
        removal.run();
        return done;
    }

    private static void discard(Runnable removal, RuntimeException reason) {
        try {
            removal.run();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private static ImageReference.Registry inRegistry(SourceImage source) {
        if (source.reference() instanceof ImageReference.Registry registry) {
            return registry;
        }
        throw new IncusStemcellException("Incus cannot convert " + source.reference()
                + " by itself: it can fetch images from registries only. Set incus.stemcell.conversion to client");
    }

    private ImageInfo publish(
            ApplicationImage application, SourceImage source, ImageIdentity identity, GuestOverlay overlay) {
        NewInstance.Builder wanted = newContainer();
        Instance container = incus.instance(wanted.name());
        return removing(container::delete, () -> {
            application.create(wanted);
            return publish(container, source, identity, overlay);
        });
    }

    private ImageInfo publish(Instance container, SourceImage source, ImageIdentity identity, GuestOverlay overlay) {
        String what = "Incus converts " + source.reference();
        Progress converting = progress.apart();
        converting.report(what, 0, -1);
        try {
            container.replaceMetadata(new ImageMetadata(identity, overlay).json());
            overlay.templates().forEach(template -> container.addTemplate(template.name(), template.content()));
            PublishedInstance unfinished = new PublishedInstance(
                    container.name(), container.name(), "not yet tried", Map.of(ImageIdentity.OVERLAY, UNFINISHED));
            return incus.images().publish(unfinished, (operation, done, total) -> converting.report(what, done, total));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Strings and maps of them can be written as JSON", e);
        } finally {
            converting.report(what, 1, 1);
        }
    }

    /** Whether an image is one that was published here, but never tried. The name is what nothing has that others publish of it. */
    static boolean isUnfinished(ImageInfo image) {
        return UNFINISHED.equals(image.properties().get(ImageIdentity.OVERLAY))
                && image.aliases().stream().anyMatch(alias -> alias.startsWith(CONTAINER));
    }

    private NewInstance.Builder newContainer() {
        return NewInstance.named(CONTAINER + UUID.randomUUID().toString().substring(24))
                .config(lease)
                .description("Converts an image, for Incus Stemcell")
                .device("root", Map.of("type", "disk", "path", "/", "pool", pool));
    }

    private String settle(ImageInfo image, SourceImage source, ImageIdentity identity) {
        String fingerprint = image.fingerprint();
        String settled;
        try {
            requireSystemContainer(fingerprint, source.reference());
            settled = named(fingerprint, source, identity);
        } catch (RuntimeException e) {
            discard(() -> incus.images().delete(fingerprint), e);
            throw e;
        }
        if (!settled.equals(fingerprint)) {
            incus.images().delete(fingerprint);
        }
        noteOrigin(settled, source, identity);
        image.aliases().forEach(incus.images()::deleteAlias);
        LOG.info("Incus has prepared {} as image {}", source.reference(), settled.substring(0, 12));
        return settled;
    }

    /** Not with the publishing, which would write it into the metadata: whoever publishes a container of ours would inherit it. */
    private void noteOrigin(String fingerprint, SourceImage source, ImageIdentity identity) {
        Map<String, String> notes = Map.of(
                ImageIdentity.OVERLAY,
                identity.overlay(),
                ImageIdentity.SOURCE,
                source.reference().toString(),
                ImageIdentity.LAST_USED,
                ImageUse.day(Instant.now()));
        incus.images().updateProperties(fingerprint, notes);
    }

    /** The alias is what only one machine can give: whoever comes second takes the image that bears it. */
    private String named(String fingerprint, SourceImage source, ImageIdentity identity) {
        try {
            incus.images()
                    .createAlias(
                            identity.alias(), fingerprint, source.reference().toString());
            return fingerprint;
        } catch (IncusException e) {
            return incus.images()
                    .find(identity.alias())
                    .map(ImageInfo::fingerprint)
                    .orElseThrow(() -> e);
        }
    }

    /** Starts a container of the image, which says of itself what it is. */
    void requireSystemContainer(String fingerprint, ImageReference reference) {
        String converted =
                "Incus " + incus.server().version() + " on " + incus.endpoint() + " has converted " + reference;
        NewInstance trial = newContainer().image(fingerprint).build();
        Instance container = incus.instance(trial.name());
        boolean isApplication = removing(container::delete, () -> isApplication(trial, container, converted));
        if (isApplication) {
            throw noSystemContainer(converted, "it took it for an application container", null);
        }
    }

    private boolean isApplication(NewInstance trial, Instance container, String converted) {
        try {
            incus.instances().create(trial);
            container.start();
        } catch (IncusException e) {
            throw noSystemContainer(converted, String.valueOf(e.getMessage()), e);
        }
        return "true".equals(container.info().config().get("volatile.container.oci"));
    }

    private static IncusStemcellException noSystemContainer(
            String converted, String why, @Nullable IncusException cause) {
        return new IncusStemcellException(
                converted + ", but boots no system container from what came out: " + why
                        + ". It may read the config.json that it left in the image. Set incus.stemcell.conversion to"
                        + " client",
                cause);
    }
}
