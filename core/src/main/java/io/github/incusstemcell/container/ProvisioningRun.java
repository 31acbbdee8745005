package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.ContainerLauncher.Launch;
import io.github.incusstemcell.stemcell.ProvisionedImage;
import io.github.incusstemcell.stemcell.ProvisionedImages;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provisions one image: launches a container of the base, lets the provisioning work in it, shuts it down, and makes an image of it.
 *
 * @param launcher launches it
 * @param images makes the image
 * @param spec the container of the first who asked
 * @param provisioning what is done
 * @param wanted the image that it is to be
 * @param keepsFailed whether a container in which it fails is left for a person to look at; otherwise nothing stays in Incus
 */
record ProvisioningRun(
        ContainerLauncher launcher,
        ProvisionedImages images,
        ContainerSpec spec,
        Provisioning provisioning,
        ProvisionedImage wanted,
        boolean keepsFailed) {

    private static final Logger LOG = LoggerFactory.getLogger(ProvisioningRun.class);

    @Override
    public String toString() {
        return "Provisioning " + wanted.base() + " by " + provisioning;
    }

    /**
     * @throws ProvisioningException if it fails
     */
    StemcellImage make() {
        LOG.info("{}, once", this);
        Instant begin = Instant.now();
        AtomicReference<Diagnostics> found = new AtomicReference<>();
        try {
            StemcellImage image = make(found);
            LOG.info(
                    "Provisioned {} by {} in {} ms, kept as {}",
                    wanted.base(),
                    provisioning,
                    Duration.between(begin, Instant.now()).toMillis(),
                    image.alias());
            return image;
        } catch (Exception | AssertionError e) {
            throw new ProvisioningException(this + outcome(e) + e, e, Optional.ofNullable(found.get()));
        }
    }

    /** What comes of a failure, up to what it was. */
    private static String outcome(Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return Memoized.byInterrupt(failure)
                ? " was interrupted, so no image of it is kept; the next test that needs it tries again. It ended with "
                : " failed, so no image of it is kept, and every test that needs it fails; the next run tries again."
                        + " It failed with ";
    }

    private StemcellImage make(AtomicReference<Diagnostics> found) throws Exception {
        AtomicReference<BootTraces> traces = new AtomicReference<>();
        StemcellImage kept = null;
        try (StemcellContainer container = launcher.launch(new Launch(
                spec.ofProvisioning(provisioning),
                wanted.base(),
                Instant.now(),
                OnFailure.DELETE.diagnosing(found::set).keeping(keepsFailed),
                Optional.of(files -> traces.set(BootTraces.beforeBoot(files)))))) {
            BootTraces beforeBoot = Objects.requireNonNull(traces.get());
            try {
                beforeBoot.booted();
                provisioning.work().provision(container);
                container.stop();
                beforeBoot.remove();
                kept = images.keep(wanted, container.name());
                return kept;
            } catch (Exception | AssertionError e) {
                end(container, e).ifPresent(found::set);
                throw e;
            }
        } catch (IncusStemcellException e) {
            if (kept == null) {
                throw e;
            }
            // All that was asked for is done.
            LOG.warn(
                    "The image {} is kept, but the container in which it was provisioned is removed only by a later run: {}",
                    kept.alias(),
                    e.getMessage());
            return kept;
        }
    }

    private Optional<Diagnostics> end(StemcellContainer container, Throwable reason) {
        try {
            Diagnostics diagnostics = container.diagnose();
            if (keepsFailed) {
                container.leaveFailed(spec.container());
            }
            return Optional.of(diagnostics);
        } catch (IncusStemcellException e) {
            // The provisioning may have closed it.
            reason.addSuppressed(e);
            return Optional.empty();
        }
    }
}
