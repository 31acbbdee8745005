package io.github.incusstemcell.container;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.stemcell.Conversion;
import io.github.incusstemcell.stemcell.DaemonConversion;
import io.github.incusstemcell.stemcell.ImageServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a {@link Stemcells.Builder} is told, with defaults for the rest. */
final class StemcellsSettings implements Cloneable {

    Optional<Endpoint> endpoint = Optional.empty();
    Optional<String> project = Optional.empty();
    Optional<String> storagePool = Optional.empty();
    /** How large a pool is made where none clones images. */
    Optional<String> storageCreated = Optional.empty();

    Optional<Subnet> subnet = Optional.empty();
    boolean ipv6;
    Optional<OciImages> sources = Optional.empty();
    ImageServer imageServer = ImageServer.PUBLIC;
    Conversion conversion = Conversion.CLIENT;
    Optional<Duration> imageMaxAge = Optional.of(Duration.ofDays(30));
    /** From when provisioned images may be. */
    Optional<Instant> refreshedSince = Optional.empty();

    /** Whether a limit that is not in force is an error. */
    boolean limitsRequired;

    /** How many machines of all runs in the project may run at once. */
    Optional<Integer> machines = Optional.empty();

    Progress progress = ShownProgress.forThisProcess();

    /** As they are at this moment, whatever is set later; all views of other projects have the same sources, so that they are closed once. */
    StemcellsSettings settled() {
        StemcellsSettings copy = clone();
        if (sources.isEmpty()) {
            copy.sources = Optional.of(OciImages.builder().progress(progress).build());
        }
        return copy;
    }

    Optional<DaemonConversion> daemonConversion(Placement placement, Lease lease) {
        return conversion == Conversion.CLIENT
                ? Optional.empty()
                : Optional.of(new DaemonConversion(
                        placement.incus(),
                        placement.pool(),
                        lease.of("the conversion of an image").keys(),
                        progress));
    }

    /** All of them, so that none can be forgotten. */
    @Override
    protected StemcellsSettings clone() {
        try {
            return (StemcellsSettings) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
