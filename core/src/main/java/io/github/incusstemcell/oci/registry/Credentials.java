package io.github.incusstemcell.oci.registry;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a registry knows us by: a user and a password, or an identity token, which buys other tokens.
 *
 * @param user null with an identity token
 * @param secret the password or the identity token
 */
record Credentials(@Nullable String user, String secret) {

    Credentials {
        Objects.requireNonNull(secret);
    }

    boolean isIdentityToken() {
        return user == null;
    }

    /** {@return the value of an {@code Authorization} header; not for an identity token} */
    String basic() {
        return okhttp3.Credentials.basic(user, secret, StandardCharsets.UTF_8);
    }

    /** Keeps the secret out of logs. */
    @Override
    public String toString() {
        return isIdentityToken() ? "an identity token" : "the password of " + user;
    }
}
