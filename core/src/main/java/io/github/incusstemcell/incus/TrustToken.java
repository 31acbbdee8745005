package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusUnavailableException.Attempt;
import io.github.incusstemcell.internal.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code incus config trust add} prints: where the daemon is, which certificate it has, and a secret. */
record TrustToken(String text, String clientName, String fingerprint, List<String> addresses) {

    static TrustToken parse(String text) {
        try {
            byte[] decoded = Base64.getDecoder().decode(text.strip());
            JsonNode node = Json.read(new String(decoded, StandardCharsets.UTF_8));
            if (node.has("secret") && node.has("fingerprint") && node.has("addresses")) {
                return new TrustToken(
                        text.strip(),
                        node.path("client_name").asText(),
                        node.path("fingerprint").asText(),
                        Json.list(node.path("addresses"), JsonNode::asText));
            }
        } catch (IllegalArgumentException | IOException e) {
            throw notAToken(e);
        }
        throw notAToken(null);
    }

    private static IncusStemcellException notAToken(@Nullable Exception cause) {
        return new IncusStemcellException(
                "Not a trust token of Incus; get one by 'incus config trust add NAME' on the daemon's machine", cause);
    }

    /** {@return the token that belongs to an operation which waits for it to be used} */
    static TrustToken of(OperationAnswer operation) {
        JsonNode metadata = operation.metadata();
        ObjectNode token = Json.object()
                .put("client_name", metadata.path("request").path("name").asText())
                .put("fingerprint", metadata.path("fingerprint").asText())
                .put("secret", metadata.path("secret").asText());
        token.set("addresses", metadata.path("addresses"));
        if (metadata.has("expiresAt")) {
            token.set("expires_at", metadata.path("expiresAt"));
        }
        return parse(Base64.getEncoder().encodeToString(token.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Spends it: finds the daemon that it names, makes sure of its certificate, and asks to be let in. */
    Incus redeem(ClientIdentity identity) {
        List<Attempt> attempts = new ArrayList<>();
        for (String address : addresses) {
            URI url = URI.create("https://" + address);
            try {
                return Incus.connect(redeem(identity, url));
            } catch (IncusConnectionException e) {
                String outcome = e.getCause() instanceof IOException cause ? Failures.reason(cause) : e.getMessage();
                attempts.add(new Attempt(url.toString(), "trust token", outcome));
            }
        }
        throw new IncusUnavailableException(attempts);
    }

    private Endpoint redeem(ClientIdentity identity, URI url) {
        Endpoint.Https unknown = new Endpoint.Https(url, identity, Optional.empty(), Optional.empty());
        PinnedCertificate trusted = new PinnedCertificate(fingerprint);
        try (Connection connection = new Connection(unknown, trusted)) {
            connection.ask(ApiRequest.post("certificates")
                    .json(Json.object().put("type", "client").put("trust_token", text)));
        }
        return new Endpoint.Https(url, identity, trusted.seen(), Optional.empty());
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "TrustToken[" + clientName + "]";
    }
}
