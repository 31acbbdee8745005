package io.github.incusstemcell.container;

import io.github.incusstemcell.Progress;
import io.github.incusstemcell.stemcell.ProvisionedImage;
import io.github.incusstemcell.stemcell.ProvisionedImages;
import io.github.incusstemcell.stemcell.StemcellImage;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Provisions images, each once in a run, and not at all where one is kept from an earlier run.
 */
final class ImageProvisioner {

    /** Changes when what is done to a container beside its provisioning does, so that images are made anew. */
    private static final String FORMAT = "1";

    private final ContainerLauncher launcher;
    private final ProvisionedImages images;
    private final Progress progress;
    private final Map<Provisioning, Memoized<String>> files = new ConcurrentHashMap<>();
    private final Map<String, Memoized<StemcellImage>> provisioned = new ConcurrentHashMap<>();
    private final Map<String, StemcellImage> known = new ConcurrentHashMap<>();

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
     * @param keepsFailed whether a container in which the provisioning fails is left for a person to look at
     * @throws ProvisioningException if the provisioning fails, or has failed
     */
    StemcellImage provisioned(ContainerSpec spec, Provisioning provisioning, StemcellImage base, boolean keepsFailed) {
        String key = key(spec, provisioning, digestOfFiles(provisioning), base);
        ProvisionedImage wanted = new ProvisionedImage(base, provisioning.name(), provisioning.version(), key);
        ProvisioningRun run = new ProvisioningRun(launcher, images, spec, provisioning, wanted, keepsFailed);
        Memoized<StemcellImage> image = provisioned.computeIfAbsent(
                key, absent -> new Memoized<>(() -> DaemonLoss.outlive(run.toString(), () -> findOrMake(run))));
        try {
            StemcellImage made = image.get();
            known.put(key, made);
            return made;
        } catch (ProvisioningException e) {
            throw e.again();
        }
    }

    /**
     * Forgets images that are there no more, which somebody may have deleted. What failed is not tried again.
     *
     * @param isThere tells by a fingerprint
     * @return whether there were any
     */
    boolean forgetDeleted(Predicate<String> isThere) {
        return PreparedImages.forgetDeleted(provisioned, known, isThere);
    }

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
        new TreeMap<>(spec.devices())
                .forEach((device, options) -> key.add(device).add(options));
        String fingerprint = provisioning.work().fingerprint();
        return (fingerprint.isEmpty() ? key : key.add(fingerprint)).hex();
    }

    private String digestOfFiles(Provisioning provisioning) {
        return files.computeIfAbsent(provisioning, absent -> new Memoized<>(() -> new DeclaredFiles(absent).digest()))
                .get();
    }

    /** Also who waits for another process to do it is told what is waited for. */
    private StemcellImage findOrMake(ProvisioningRun run) {
        Progress doing = progress.apart();
        doing.report(run.toString(), 0, -1);
        try {
            return images.findOrMake(run.wanted(), run::make);
        } finally {
            doing.report(run.toString(), 1, 1);
        }
    }
}
