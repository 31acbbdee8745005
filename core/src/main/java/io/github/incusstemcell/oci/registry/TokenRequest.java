package io.github.incusstemcell.oci.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import io.github.incusstemcell.oci.RegistryAuthenticationException;
import io.github.incusstemcell.oci.RegistryUnavailableException;
import java.io.IOException;
import java.util.Optional;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/** Asks the authorization service that a registry names for a token to pull (distribution's "Token Authentication"). */
record TokenRequest(RegistryEndpoint endpoint, Challenge challenge, Optional<Credentials> credentials, String purpose) {

    /** The most characters of an address that a message has. */
    private static final int LONGEST_SHOWN = 200;

    /** {@return the token} */
    String send() {
        return endpoint.http().withPatience(realm(), purpose, this::sendOnce);
    }

    private String sendOnce() throws IOException {
        try (Response response = endpoint.http().send(request(), purpose)) {
            if (response.code() == 429 || response.code() >= 500) {
                throw new RegistryUnavailableException(purpose + ": " + Http.withoutQuery(realm()) + " answered "
                        + RegistryEndpoint.answer(response)
                        + " to the request for a token. Try again later, or ask those who run it.");
            }
            if (response.code() != 200) {
                throw endpoint.refused(response, credentials.isPresent(), purpose);
            }
            String token = token(response.body().byteStream().readNBytes(RegistryEndpoint.LARGEST_MANIFEST));
            if (!isToken(token)) {
                throw new RegistryAuthenticationException(purpose + ": " + Http.withoutQuery(realm()) + " answered "
                        + (token.isEmpty() ? "without a token" : "with a token that no header can hold")
                        + ". Ask those who run it.");
            }
            return token;
        }
    }

    private static String token(byte[] json) {
        try {
            JsonNode answer = Json.read(json);
            // Some give both names and leave one empty.
            String token = answer.path("token").asText("");
            return token.isEmpty() ? answer.path("access_token").asText("") : token;
        } catch (IOException e) {
            return ""; // No JSON, so no token.
        }
    }

    private static boolean isToken(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private Request request() {
        HttpUrl realm = realm();
        if (credentials.isPresent() && credentials.get().isIdentityToken()) {
            FormBody form = new FormBody.Builder()
                    .add("grant_type", "refresh_token")
                    .add("refresh_token", credentials.get().secret())
                    .add("service", service())
                    .add("scope", scope())
                    .add("client_id", "incus-stemcell")
                    .build();
            return new Request.Builder()
                    .url(realm)
                    .post(form)
                    .tag(Credentials.class, credentials.get())
                    .build();
        }
        HttpUrl.Builder url = realm.newBuilder().addQueryParameter("scope", scope());
        if (!service().isEmpty()) {
            url.addQueryParameter("service", service());
        }
        Request.Builder request = new Request.Builder().url(url.build());
        credentials.ifPresent(
                known -> request.header("Authorization", known.basic()).tag(Credentials.class, known));
        return request.build();
    }

    /** Credentials are not given to a service that a registry names but that anybody could listen to. */
    private HttpUrl realm() {
        String text = challenge.parameters().getOrDefault("realm", "");
        HttpUrl realm = HttpUrl.parse(text);
        if (realm == null || !realm.isHttps() && !endpoint.http().isInsecure(Http.hostOf(realm))) {
            String shown = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
            throw new RegistryAuthenticationException(purpose + ": " + endpoint.host() + " sends us to '" + shown
                    + "' for a token, which is no https address. Where plain http is meant, list its host in"
                    + " incus.stemcell.registry.insecure.");
        }
        return realm;
    }

    private String service() {
        return challenge.parameters().getOrDefault("service", "");
    }

    private String scope() {
        return challenge.parameters().getOrDefault("scope", "repository:" + endpoint.repository() + ":pull");
    }
}
