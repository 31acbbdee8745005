package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.Progress;
import io.github.incusstemcell.internal.Json;
import java.util.List;
import java.util.Optional;

/** The instances of one project, {@code /1.0/instances}. */
public final class Instances {

    private final Api api;

    Instances(Api api) {
        this.api = api;
    }

    /** {@return all instances of this project, {@code GET /1.0/instances?recursion=1}} */
    public List<InstanceInfo> list() {
        return Json.list(api.ask(ApiRequest.get("instances").query("recursion", 1)), InstanceInfo::of);
    }

    /**
     * Looks one instance up, {@code GET /1.0/instances/NAME}.
     *
     * @param name its name
     * @return what the daemon knows of it; empty where there is none of that name
     */
    public Optional<InstanceInfo> find(String name) {
        return IfExists.find(() -> InstanceInfo.of(api.ask(ApiRequest.get("instances", name))));
    }

    /**
     * Creates a container, and starts it if the request says so, {@code POST /1.0/instances}. Waits for both, half a minute of it also where
     * the thread is interrupted meanwhile, since the daemon goes on: then it is known, as always, whether the container is there, and the
     * thread is interrupted still.
     *
     * @param request what to create
     * @return a handle on it
     * @throws IncusInterruptedException if the thread was interrupted before, or half a minute ago, and then what is there is not known
     * @throws IncusException if the daemon refuses. Where it was created but could not be started it stays, stopped
     */
    public Instance create(NewInstance request) {
        Instance instance = new Instance(api, request.name());
        LxcLog.explaining(instance, () -> api.create(post(request), operation -> {}));
        return instance;
    }

    /**
     * Does the same and tells how far it is, which is worth while where the storage unpacks the image for each instance,
     * {@code GET /1.0/events}.
     *
     * @param request what to create
     * @param progress hears the percentage, as far as the daemon knows it
     * @return a handle on it
     * @throws IncusInterruptedException if the thread was interrupted before, or half a minute ago, and then what is there is not known
     * @throws IncusException if the daemon refuses. Where it was created but could not be started it stays, stopped
     */
    public Instance create(NewInstance request, Progress progress) {
        Instance instance = new Instance(api, request.name());
        try (OperationProgress listener = OperationProgress.listen(api, progress)) {
            LxcLog.explaining(instance, () -> api.create(post(request), listener::about));
        }
        return instance;
    }

    private static ApiRequest post(NewInstance request) {
        ObjectNode body = Json.object()
                .put("name", request.name())
                .put("type", "container")
                .put("description", request.description())
                .put("ephemeral", request.ephemeral())
                .put("start", request.start());
        body.set("profiles", Json.array(request.profiles()));
        body.set("config", Json.object(request.config()));
        body.set("devices", Json.nested(request.devices()));
        body.putObject("source").put("type", "image").put("fingerprint", request.imageFingerprint());
        ApiRequest post = ApiRequest.post("instances").json(body);
        request.target().ifPresent(member -> post.query("target", member));
        return post;
    }
}
