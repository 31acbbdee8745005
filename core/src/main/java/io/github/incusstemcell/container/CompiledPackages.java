package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.PackageCache;
import io.github.incusstemcell.oci.OciImages;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The compiled packages of this user, beside the layers of images. */
record CompiledPackages(OciImages cache) implements PackageCache {

    private static final Logger LOG = LoggerFactory.getLogger(CompiledPackages.class);

    @Override
    public Optional<byte[]> find(String key) {
        return cache.kept(key);
    }

    /** Where it cannot be kept, it is compiled again the next time, for which nobody's test is to fail. */
    @Override
    public void keep(String key, byte[] archive) {
        try {
            cache.keep(key, archive);
        } catch (IncusStemcellException e) {
            LOG.warn("A compiled package is not kept, and is compiled again the next time: {}", e.getMessage());
        }
    }
}
