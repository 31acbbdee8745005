package io.github.incusstemcell.oci.registry;

import io.github.incusstemcell.Fuzzer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a damaged file of credentials may hold. */
class CredentialsFuzzTest {

    @Test
    void readsCredentials(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("auth.json");
        CredentialFiles credentials = new CredentialFiles(List.of(file), Map.of(), folder);
        Fuzzer.fuzz(
                "credential files",
                List.of(
                        "{\"auths\":{\"ghcr.io\":{\"auth\":\"dXNlcjpwYXNz\"},\"docker.io\":{\"identitytoken\":\"t\",\"username\":\"u\",\"password\":\"p\"}}}"
                                .getBytes(StandardCharsets.UTF_8)),
                input -> {
                    Files.write(file, input);
                    credentials.find("ghcr.io", "a/b");
                    credentials.find("docker.io", "library/a");
                });
    }
}
