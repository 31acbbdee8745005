package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.container.ContainerLauncher.Launch;
import io.github.incusstemcell.stemcell.ProvisionedImage;
import io.github.incusstemcell.stemcell.ProvisionedImages;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provisions images, each once in a run, and not at all where one is kept from an earlier run: launches a container of the base, lets the
 * provisioning work in it, shuts it down, and makes an image of it. Of what fails nothing stays in Incus.
 */
final class ImageProvisioner {

    private static final Logger LOG = LoggerFactory.getLogger(ImageProvisioner.class);

    /** Changes when what is done to a container beside its provisioning does, so that images are made anew. */
    private static final String FORMAT = "1";

    private final ContainerLauncher launcher;
    private final ProvisionedImages images;
    private final Progress progress;
    private final Map<Provisioning, Once<String>> files = new ConcurrentHashMap<>();
    private final Map<String, Once<StemcellImage>> provisioned = new ConcurrentHashMap<>();

    ImageProvisioner(ContainerLauncher launcher, ProvisionedImages images, Progress progress) {
        this.launcher = launcher;
        this.images = images;
        this.progress = progress;
    }

    /**
     * Finds out, before an image is fetched, whether the files are there that a provisioning takes.
     *
     * @throws io.github.incusstemcell.IncusStemcellException if not
     */
    void check(ContainerSpec spec) {
        spec.provisioning().ifPresent(this::digestOfFiles);
    }

    /**
     * @param base the image that the container of the specification would start from otherwise
     * @throws ProvisioningException if the provisioning fails, or has failed
     */
    StemcellImage provisioned(ContainerSpec spec, Provisioning provisioning, StemcellImage base) {
        String key = key(spec, provisioning, digestOfFiles(provisioning), base);
        ProvisionedImage wanted = new ProvisionedImage(base, provisioning.name(), provisioning.version(), key);
        Once<StemcellImage> image =
                provisioned.computeIfAbsent(key, absent -> new Once<>(() -> findOrMake(spec, provisioning, wanted)));
        try {
            return image.get();
        } catch (ProvisioningException e) {
            throw e.again();
        }
    }

                .add(provisioning.work().fingerprint())
    /**
     * What only limits or places a container is not in it, nor is the network, which differs between machines, and between tests with
     * several of them.
     */
    static String key(ContainerSpec spec, Provisioning provisioning, String files, StemcellImage base) {
        KeyDigest key = new KeyDigest()
                .add(FORMAT)
                .add(base.fingerprint())
                .add(provisioning.name())
                .add(provisioning.version())
                .add(files)
                .add(spec.config())
                .add(String.join("\n", spec.profiles()));
        spec.devices().keySet().stream().sorted().forEach(device -> key.add(device)
                .add(spec.devices().get(device)));
        return key.hex();
    }

    private String digestOfFiles(Provisioning provisioning) {
        return files.computeIfAbsent(provisioning, absent -> new Once<>(() -> new DeclaredFiles(absent).digest()))
                .get();
    }

    /** Also who waits for another process to do it is told what is waited for. */
    private StemcellImage findOrMake(ContainerSpec spec, Provisioning provisioning, ProvisionedImage wanted) {
        String what = "Provisioning " + wanted.base() + " by " + provisioning;
        Progress doing = progress.apart();
        doing.report(what, 0, -1);
        try {
            return images.findOrMake(wanted, () -> make(what, spec, provisioning, wanted));
        } finally {
            doing.report(what, 1, 1);
        }
    }

    private StemcellImage make(String what, ContainerSpec spec, Provisioning provisioning, ProvisionedImage wanted) {
        LOG.info("{}, once", what);
        Instant begin = Instant.now();
        AtomicReference<Diagnostics> found = new AtomicReference<>();
        try {
            StemcellImage image = make(spec, provisioning, wanted, found);
            LOG.info(
                    "Provisioned {} by {} in {} ms, kept as {}",
                    wanted.base(),
                    provisioning,
                    Duration.between(begin, Instant.now()).toMillis(),
                    image.alias());
            return image;
        } catch (Exception | AssertionError e) {
            throw new ProvisioningException(what + outcome(e) + e, e, Optional.ofNullable(found.get()));
        }
    }

    /** What comes of a failure, up to what it was. */
    private static String outcome(Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return Once.byInterrupt(failure)
                ? " was interrupted, so no image of it is kept; the next test that needs it tries again. It ended with "
                : " failed, so no image of it is kept, and every test that needs it fails; the next run tries again."
                        + " It failed with ";
    }

    private StemcellImage make(
            ContainerSpec spec, Provisioning provisioning, ProvisionedImage wanted, AtomicReference<Diagnostics> found)
            throws Exception {
        AtomicReference<BootTraces> traces = new AtomicReference<>();
        AtomicReference<StemcellImage> kept = new AtomicReference<>();
        try (StemcellContainer container = launcher.launch(new Launch(
                spec.ofProvisioning(provisioning),
                wanted.base(),
                Instant.now(),
                Optional.of(found::set),
                Optional.of(files -> traces.set(BootTraces.beforeBoot(files)))))) {
            try {
                traces.get().booted();
                provisioning.work().provision(container);
                container.stop();
                traces.get().remove();
                kept.set(images.keep(wanted, container.name()));
            } catch (Exception | AssertionError e) {
                diagnose(container, e).ifPresent(found::set);
                throw e;
            }
        } catch (IncusStemcellException e) {
            if (kept.get() == null) {
                throw e;
            }
            // All that was asked for is done.
            LOG.warn(
                    "The image {} is kept, but the container in which it was provisioned is removed only by a later run: {}",
                    kept.get().alias(),
                    e.getMessage());
        }
        return kept.get();
    }

    private static Optional<Diagnostics> diagnose(StemcellContainer container, Throwable reason) {
        try {
            return Optional.of(container.diagnose());
        } catch (IncusStemcellException e) {
            // The provisioning may have closed it.
            reason.addSuppressed(e);
            return Optional.empty();
        }
    }
}
