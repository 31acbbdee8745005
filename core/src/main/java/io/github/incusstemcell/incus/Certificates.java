package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.internal.Json;
import java.util.List;

/** Whom the daemon trusts, {@code /1.0/certificates}. */
public final class Certificates {

    private final Api api;

    Certificates(Api api) {
        this.api = api;
    }

    /** {@return all certificates that the daemon trusts} */
    public List<Certificate> list() {
        return Json.list(api.ask(ApiRequest.get("certificates").query("recursion", 1)), Certificate::of);
    }

    /**
     * Makes a token that lets one client in, once; see {@link Incus#join}.
     *
     * @param clientName what the daemon shall call that client
     * @param projects the projects that the client is confined to; empty: it may do everything
     * @return the token, as {@code incus config trust add} prints it
     * @throws IncusException if the daemon does not listen on the network, or refuses
     */
    public String createToken(String clientName, List<String> projects) {
        ObjectNode body = Json.object()
                .put("name", clientName)
                .put("type", "client")
                .put("token", true)
                .put("restricted", !projects.isEmpty());
        body.set("projects", Json.array(projects));
        JsonNode operation =
                api.answer(ApiRequest.post("certificates").json(body)).metadata();
        return TrustToken.of(OperationAnswer.of(operation)).text();
    }

    /**
     * Trusts a client no more; one that is not trusted is fine.
     *
     * @param fingerprint the SHA-256 of its certificate, in hexadecimal
     */
    public void delete(String fingerprint) {
        IfExists.remove(() -> api.run(ApiRequest.delete("certificates", fingerprint)));
    }

    /**
     * A client that the daemon trusts.
     *
     * @param name what the daemon calls it
     * @param fingerprint the SHA-256 of its certificate, in hexadecimal
     * @param isRestricted whether it is confined to projects
     * @param projects the projects that it is confined to
     */
    public record Certificate(String name, String fingerprint, boolean isRestricted, List<String> projects) {

        static Certificate of(JsonNode node) {
            return new Certificate(
                    node.path("name").asText(),
                    node.path("fingerprint").asText(),
                    node.path("restricted").asBoolean(),
                    Json.list(node.path("projects"), JsonNode::asText));
        }
    }
}
