package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.IncusUnavailableException.Attempt;
import io.github.incusstemcell.internal.Json;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Spends a trust token: finds the daemon that it names, makes sure of its certificate, and asks to be let in. */
record TrustTokenRedemption(TrustToken token, ClientIdentity identity) {

    Incus join() {
        List<Attempt> attempts = new ArrayList<>();
        for (String address : token.addresses()) {
            URI url = URI.create("https://" + address);
            try {
                return Incus.connect(join(url));
            } catch (IncusConnectionException e) {
                String outcome = e.getCause() instanceof IOException cause ? Failures.reason(cause) : e.getMessage();
                attempts.add(new Attempt(url.toString(), "trust token", outcome));
            }
        }
        throw new IncusUnavailableException(attempts);
    }

    private Endpoint join(URI url) {
        Endpoint.Https unknown = new Endpoint.Https(url, identity, Optional.empty(), Optional.empty());
        PinnedCertificate trusted = new PinnedCertificate(token.fingerprint());
        try (Connection connection = new Connection(unknown, trusted)) {
            connection.ask(ApiRequest.post("certificates")
                    .json(Json.object().put("type", "client").put("trust_token", token.text())));
        }
        return new Endpoint.Https(url, identity, trusted.seen(), Optional.empty());
    }
}
