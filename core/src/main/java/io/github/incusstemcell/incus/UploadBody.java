package io.github.incusstemcell.incus;

import io.github.incusstemcell.Progress;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;

/** Streams the rootfs of an image into a request and tells how far it is. */
final class UploadBody extends RequestBody {

    private static final MediaType BYTES = MediaType.get("application/octet-stream");
    private static final long CHUNK = 1024 * 1024;

    private final SplitImage image;

    private UploadBody(SplitImage image) {
        this.image = image;
    }

    static RequestBody of(byte[] content) {
        return RequestBody.create(content, BYTES);
    }

    static RequestBody of(SplitImage image) {
        return new UploadBody(image);
    }

    static String asQuery(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public MediaType contentType() {
        return BYTES;
    }

    @Override
    public long contentLength() {
        return image.rootfsSize().orElse(-1);
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        Progress progress = image.progress();
        long total = contentLength();
        long sent = 0;
        try (Source source = Okio.source(image.rootfs().open())) {
            for (long count = read(source, sink); count != -1; count = read(source, sink)) {
                sent += count;
                progress.report("Uploading the image", sent, total);
            }
        }
    }

    private static long read(Source source, BufferedSink sink) throws IOException {
        long count = source.read(sink.getBuffer(), CHUNK);
        sink.emitCompleteSegments();
        return count;
    }
}
