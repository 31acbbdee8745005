package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.ThrowingFunction;
import io.github.incusstemcell.oci.registry.RegistryEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One image in a registry, perhaps by way of its mirrors; blobs pass through the cache.
 *
 * @param endpoints the mirrors and at last the registry itself
 */
record Registry(List<RegistryEndpoint> endpoints, BlobCache cache, Progress progress) implements BlobSource {

    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    /** As many as docker and podman fetch at a time, about. */
    private static final int DOWNLOADS_AT_A_TIME = 4;

    /** Reads what a reference points to: a manifest or an index. */
    byte[] manifest(ImageReference.Registry reference) {
        return ask(endpoint -> endpoint.manifest(reference.target(), reference.digest(), reference.toString()));
    }

    @Override
    public byte[] manifest(Descriptor descriptor, String image) {
        Digest digest = descriptor.digest();
        return ask(endpoint -> endpoint.manifest(digest.toString(), Optional.of(digest), image));
    }

    @Override
    public byte[] small(Descriptor descriptor, String image) {
        if (descriptor.size() > SMALL) {
            throw new CorruptImageException("Cannot pull " + image + ": its configuration has " + descriptor.size()
                    + " bytes, and none needs more than " + (SMALL >> 20) + " MiB.");
        }
        BlobCache.Fetch fetch = file -> ask(endpoint -> endpoint.blob(
                descriptor.digest(), descriptor.size(), image, file, OutputStream::nullOutputStream, Progress.none()));
        try (InputStream in = cache.open(descriptor.digest(), descriptor.size(), fetch)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Blob> fetch(List<Layer> layers, String image) {
        long total = layers.stream().mapToLong(Layer::size).sum();
        AtomicLong done = new AtomicLong();
        List<Runnable> pulls = new ArrayList<>();
        for (Layer layer : layers) {
            Progress share = share("Pulling " + image, done, total);
            pulls.add(() -> {
                cache.ensure(layer.digest(), layer.size(), blob(layer, image, share));
                share.report("", layer.size(), layer.size());
            });
        }
        allAtOnce(pulls);
        cache.evict(layers.stream().map(Layer::digest).collect(Collectors.toSet()));
        return layers.stream().map(layer -> cached(layer, image)).toList();
    }

    @Override
    public Blob fetchRootfs(Layer layer, ArrivingRootfs arriving, String image) {
        Progress pulling = share("Pulling " + image, new AtomicLong(), layer.size());
        cache.ensure(layer.digest(), layer.size(), rootfs(layer, arriving, image, pulling));
        pulling.report("", layer.size(), layer.size());
        verifyDiffId(layer, image);
        cache.evict(Set.of(layer.digest()));
        return cached(layer, image);
    }

    private Blob cached(Layer layer, String image) {
        return () -> cache.open(layer.digest(), layer.size(), blob(layer, image, Progress.none()));
    }

    private BlobCache.Fetch blob(Layer layer, String image, Progress progress) {
        return file -> askForLayer(
                layer,
                image,
                endpoint -> endpoint.blob(
                        layer.digest(), layer.size(), image, file, OutputStream::nullOutputStream, progress));
    }

    private BlobCache.Fetch rootfs(Layer layer, ArrivingRootfs arriving, String image, Progress progress) {
        return file -> askForLayer(layer, image, endpoint -> {
                    try (ArrivingBytes bytes = endpoint.blob(
                            layer.digest(),
                            layer.size(),
                            image,
                            file,
                            () -> new ArrivingBytes(layer, arriving, file),
                            progress)) {
                        return LayerCheck.finish(bytes.uncompressed, layer.digest(), image);
                    }
                })
                .ifPresent(diffId -> cache.remember(diffIdKey(layer), diffId.toString()));
    }

    /** What is made of the bytes of a layer as they come. */
    private static final class ArrivingBytes extends OutputStream {

        private final ArrivingRootfs arriving;
        private final UncompressedDigest uncompressed;

        ArrivingBytes(Layer layer, ArrivingRootfs arriving, Path file) {
            this.arriving = arriving;
            this.uncompressed = new UncompressedDigest(layer.digest().algorithm());
            arriving.begin(file);
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            arriving.add(length);
            uncompressed.write(buffer, offset, length);
        }

        @Override
        public void close() {
            uncompressed.close();
        }
    }

    private <T> T askForLayer(Layer layer, String image, ThrowingFunction<RegistryEndpoint, T, IOException> question)
            throws IOException {
        try {
            return ask(question);
        } catch (ImageNotFoundException e) {
            if (!layer.isNonDistributable()) {
                throw e;
            }
            ImageNotFoundException withheld = LayerSource.withheld(
                    layer, image, endpoints.get(endpoints.size() - 1).host());
            withheld.addSuppressed(e);
            throw withheld;
        }
    }

    private void verifyDiffId(Layer layer, String image) {
        Optional<Digest> known = cache.recall(diffIdKey(layer)).map(Digest::parse);
        Optional<Digest> actual = known.isPresent() ? known : LayerCheck.diffId(layer, cached(layer, image), image);
        actual.ifPresent(diffId -> {
            cache.remember(diffIdKey(layer), diffId.toString());
            LayerSource.requireDiffId(layer, diffId, image);
        });
    }

    private static String diffIdKey(Layer layer) {
        return "checked-diff-id-" + layer.digest().hex();
    }

    /** A part of a progress that several downloads make together. */
    private Progress share(String what, AtomicLong done, long total) {
        AtomicLong mine = new AtomicLong();
        return (w, now, t) -> progress.report(what, done.addAndGet(now - mine.getAndSet(now)), total);
    }

    private static void allAtOnce(List<Runnable> pulls) {
        if (pulls.size() == 1) {
            pulls.get(0).run();
            return;
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(DOWNLOADS_AT_A_TIME, pulls.size()), DaemonThreads.named("pull"));
        try {
            List<Future<?>> running = new ArrayList<>();
            pulls.forEach(pull -> running.add(threads.submit(pull)));
            for (Future<?> pull : running) {
                pull.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IncusStemcellException("Interrupted while pulling an image", e);
        } finally {
            threads.shutdownNow(); // What one has failed at, the others need not finish.
        }
    }

    /** Asks the mirrors and then the registry, until one has an answer; the last one's error is the one that counts. */
    private <T, X extends Exception> T ask(ThrowingFunction<RegistryEndpoint, T, X> question) throws X {
        List<IncusStemcellException> refusals = new ArrayList<>();
        for (RegistryEndpoint endpoint : endpoints) {
            try {
                return question.apply(endpoint);
            } catch (ImageNotFoundException
                    | RegistryAuthenticationException
                    | RegistryUnavailableException
                    | CorruptImageException e) {
                refusals.add(e);
                if (refusals.size() < endpoints.size()) {
                    LOG.info("The mirror {} did not help: {}", endpoint.host(), e.getMessage());
                }
            }
        }
        IncusStemcellException last = refusals.remove(refusals.size() - 1);
        refusals.forEach(last::addSuppressed);
        throw last;
    }
}
