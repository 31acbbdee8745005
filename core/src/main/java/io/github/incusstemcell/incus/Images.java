package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okhttp3.MultipartBody;

/** The images that one project sees, {@code /1.0/images}. */
public final class Images {

    private final Api api;

    Images(Api api) {
        this.api = api;
    }

    /** {@return all images, {@code GET /1.0/images?recursion=1}} */
    public List<ImageInfo> list() {
        return Json.list(api.ask(ApiRequest.get("images").query("recursion", 1)), ImageInfo::of);
    }

    /**
     * Looks one image up, {@code GET /1.0/images/FINGERPRINT} and {@code GET /1.0/images/aliases/NAME}.
     *
     * @param fingerprintOrAlias its fingerprint or the beginning of it, or one of its aliases
     * @return what the daemon knows of it; empty where there is none
     */
    public Optional<ImageInfo> find(String fingerprintOrAlias) {
        return IfExists.find(() -> info(fingerprintOrAlias))
                .or(() -> IfExists.find(() -> api.ask(ApiRequest.get("images", "aliases", fingerprintOrAlias)))
                        .map(alias -> info(alias.path("target").asText())));
    }

    private ImageInfo info(String fingerprint) {
        return ImageInfo.of(api.ask(ApiRequest.get("images", fingerprint)));
    }

    /**
     * Uploads an image whose metadata and rootfs are two tar archives, {@code POST /1.0/images}. Streams: neither is held
     * in memory, and the length of the rootfs need not be known.
     *
     * @param image what to upload
     * @return the image
     * @throws IncusException if the daemon refuses; where it has that very image already its answer says so
     */
    public ImageInfo upload(SplitImage image) {
        MultipartBody.Builder parts = new MultipartBody.Builder()
                .setType(MultipartBody.FORM)
                // The daemon insists on this order.
                .addFormDataPart("metadata", "metadata.tar", UploadBody.of(image.metadata()))
                .addFormDataPart("rootfs", "rootfs.tar", UploadBody.of(image));
        ApiRequest post = ApiRequest.post("images").body(parts.build()).patientFor(ApiRequest.LONG_WORK);
        if (!image.properties().isEmpty()) {
            post.header("X-Incus-properties", UploadBody.asQuery(image.properties()));
        }
        image.fingerprint().ifPresent(expected -> post.header("X-Incus-fingerprint", expected));
        String fingerprint = api.run(post).path("fingerprint").asText();
        return info(fingerprint);
    }

    /**
     * Has the daemon fetch an image, {@code POST /1.0/images} with a source. What it has already, it does not fetch again; what it cannot
     * fetch leaves nothing.
     *
     * @param image where from, and what to note on it
     * @return the image
     * @throws IncusException if the daemon cannot reach the server, or finds no such image there
     */
    public ImageInfo pull(PulledImage image) {
        return info(api.run(post(image)).path("fingerprint").asText());
    }

    /**
     * Does the same and tells how far it is, {@code GET /1.0/events}.
     *
     * @param image where from, and what to note on it
     * @param progress hears the percentage, as far as the daemon knows it
     * @return the image
     * @throws IncusException if the daemon cannot reach the server, or finds no such image there
     */
    public ImageInfo pull(PulledImage image, Progress progress) {
        return info(api.run(post(image), progress).path("fingerprint").asText());
    }

    private static ApiRequest post(PulledImage image) {
        ObjectNode source = Json.object()
                .put("type", "image")
                .put("mode", "pull")
                .put("image_type", "container")
                .put("protocol", image.protocol())
                .put("server", image.server())
                .put(image.isFingerprint() ? "fingerprint" : "alias", image.image());
        image.project().ifPresent(project -> source.put("project", project));
        image.certificate().ifPresent(certificate -> source.put("certificate", certificate));
        ObjectNode body = Json.object();
        body.set("source", source);
        body.set("properties", Json.object(image.properties()));
        return ApiRequest.post("images").json(body).patientFor(ApiRequest.LONG_WORK);
    }

    /**
     * Makes an image of a stopped instance, not compressed, {@code POST /1.0/images} with an instance as its source: of its root file
     * system, its metadata and its templates. The image has its name from the moment at which it is there; where that name is taken, the
     * daemon fails, but leaves the image without one.
     *
     * @param published what to make an image of
     * @param progress hears the percentage, as far as the daemon knows it
     * @return the image, which is another one each time, as its metadata says when it was made
     * @throws IncusException if the instance runs, or there is none of that name, or the name of the image is taken
     */
    public ImageInfo publish(PublishedInstance published, Progress progress) {
        ObjectNode body = Json.object().put("compression_algorithm", "none").put("public", false);
        body.putObject("source").put("type", "instance").put("name", published.instance());
        body.set("properties", Json.object(published.properties()));
        body.putArray("aliases").addObject().put("name", published.alias()).put("description", published.description());
        return info(api.run(ApiRequest.post("images").json(body).patientFor(ApiRequest.LONG_WORK), progress)
                .path("fingerprint")
                .asText());
    }

    /**
     * Deletes an image; one that is not there is fine. Instances made from it stay.
     *
     * @param fingerprint its fingerprint
     */
    public void delete(String fingerprint) {
        IfExists.remove(() -> api.run(ApiRequest.delete("images", fingerprint)));
    }

    /**
     * Gives an image a name, {@code POST /1.0/images/aliases}.
     *
     * @param alias the name
     * @param fingerprint the image
     * @param description a text for humans
     * @throws IncusException if there is no such image, or the name is taken
     */
    public void createAlias(String alias, String fingerprint, String description) {
        api.run(ApiRequest.post("images", "aliases")
                .json(Json.object()
                        .put("name", alias)
                        .put("target", fingerprint)
                        .put("description", description)));
    }

    /**
     * Takes a name away from its image; one that is not there is fine.
     *
     * @param alias the name
     */
    public void deleteAlias(String alias) {
        IfExists.remove(() -> api.run(ApiRequest.delete("images", "aliases", alias)));
    }

    /**
     * Sets properties of an image and leaves the others as they are, {@code PATCH /1.0/images/FINGERPRINT}.
     *
     * @param fingerprint the image
     * @param changes properties and their values
     * @throws IncusException if there is no such image
     */
    public void updateProperties(String fingerprint, Map<String, String> changes) {
        api.run(ApiRequest.patch("images", fingerprint).json(Json.object().set("properties", Json.object(changes))));
    }
}
