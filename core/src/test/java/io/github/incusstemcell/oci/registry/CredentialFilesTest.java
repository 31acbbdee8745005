package io.github.incusstemcell.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.oci.RegistryAuthenticationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CredentialFilesTest {

    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void readsTheFilesInTheOrderOfContainersAuthJson() throws IOException {
        environment.put("XDG_RUNTIME_DIR", home.resolve("run").toString());
        environment.put("DOCKER_CONFIG", home.resolve("docker").toString());
        List<Path> inOrder = List.of(
                home.resolve("run/containers/auth.json"),
                home.resolve(".config/containers/auth.json"),
                home.resolve("docker/config.json"));
        for (Path file : inOrder) {
            write(file, auths("registry.example", file.getParent().getFileName() + "-of-" + inOrder.indexOf(file)));
        }
        write(home.resolve(".dockercfg"), "{\"registry.example\":{\"auth\":\"" + base64("legacy:secret") + "\"}}");

        for (Path file : inOrder) {
            assertThat(find("registry.example", "a"))
                    .contains(
                            new Credentials(file.getParent().getFileName() + "-of-" + inOrder.indexOf(file), "secret"));
            Files.delete(file);
        }
        assertThat(find("registry.example", "a")).contains(new Credentials("legacy", "secret"));
        assertThat(new CredentialFiles(List.of(), environment, home).places())
                .isEqualTo(
                        String.join(", ", inOrder.stream().map(Path::toString).toList()) + ", "
                                + home.resolve(".dockercfg"));
    }

    @Test
    void goesOnToTheNextFileWhereOneDoesNotKnowTheRegistry() throws IOException {
        write(home.resolve(".config/containers/auth.json"), auths("other.example", "other"));
        write(home.resolve(".docker/config.json"), auths("registry.example", "docker"));
        assertThat(find("registry.example", "a")).contains(new Credentials("docker", "secret"));
        assertThat(find("unknown.example", "a")).isEmpty();
    }

    @Test
    void readsOnlyTheFileThatIsConfigured() throws IOException {
        write(home.resolve(".docker/config.json"), auths("registry.example", "docker"));
        write(home.resolve("mine.json"), auths("other.example", "mine"));
        environment.put("REGISTRY_AUTH_FILE", home.resolve("mine.json").toString());
        assertThat(find("registry.example", "a")).isEmpty();
        assertThat(find("other.example", "a")).contains(new Credentials("mine", "secret"));
        environment.clear();
        assertThat(new CredentialFiles(List.of(home.resolve("mine.json")), environment, home)
                        .find("other.example", "a"))
                .contains(new Credentials("mine", "secret"));
    }

    @Test
    void takesTheMostSpecificEntry() throws IOException {
        write(home.resolve(".config/containers/auth.json"), """
                {"auths": {
                  "registry.example": {"auth": "%s"},
                  "registry.example/team": {"auth": "%s"},
                  "registry.example/team/image": {"auth": "%s"}
                }}""".formatted(
                        base64("all:secret"), base64("team:secret"), base64("image:secret")));
        assertThat(find("registry.example", "team/image")).contains(new Credentials("image", "secret"));
        assertThat(find("registry.example", "team/other")).contains(new Credentials("team", "secret"));
        assertThat(find("registry.example", "teams/image")).contains(new Credentials("all", "secret"));
        assertThat(find("registry.example:5000", "team/image")).isEmpty();
    }

    @Test
    void knowsHowDockerNamesItsOwnRegistry() throws IOException {
        write(home.resolve(".docker/config.json"), auths("https://index.docker.io/v1/", "hub"));
        assertThat(find("docker.io", "library/debian")).contains(new Credentials("hub", "secret"));
        write(home.resolve(".docker/config.json"), auths("https://registry.example/v2/", "old"));
        assertThat(find("registry.example", "a")).contains(new Credentials("old", "secret"));
    }

    @Test
    void readsIdentityTokensAndPlainFields() throws IOException {
        write(
                home.resolve(".docker/config.json"),
                "{\"auths\":{\"a.example\":{\"auth\":\"" + base64("x:y") + "\",\"identitytoken\":\"token\"},"
                        + "\"b.example\":{\"username\":\"u\",\"password\":\"p:q\"}}}");
        assertThat(find("a.example", "a")).contains(new Credentials(null, "token"));
        assertThat(find("b.example", "a")).contains(new Credentials("u", "p:q"));
    }

    @Test
    void asksTheHelperOfTheRegistryBeforeAnythingElse() throws IOException {
        helper(
                "mine",
                "read registry; [ $registry = registry.example ] && echo '{\"Username\":\"h\",\"Secret\":\"s\"}'");
        write(
                home.resolve(".docker/config.json"),
                "{\"credHelpers\":{\"registry.example\":\"mine\"},\"credsStore\":\"none\",\"auths\":{\"registry.example\":"
                        + "{\"auth\":\"" + base64("file:secret") + "\"}}}");
        assertThat(find("registry.example", "a")).contains(new Credentials("h", "s"));
    }

    @Test
    void asksTheStoreForWhatTheFileLeavesEmpty() throws IOException {
        helper("store", "read registry; echo '{\"Username\":\"<token>\",\"Secret\":\"'$registry'\"}'");
        write(home.resolve(".docker/config.json"), "{\"credsStore\":\"store\",\"auths\":{\"registry.example\":{}}}");
        assertThat(find("registry.example", "a")).contains(new Credentials(null, "registry.example"));
        assertThat(find("docker.io", "library/a")).contains(new Credentials(null, "https://index.docker.io/v1/"));
    }

    @Test
    void takesAHelperThatKnowsNothingForNoCredentials() throws IOException {
        helper("empty", "echo 'credentials not found in native keychain'; exit 1");
        write(home.resolve(".docker/config.json"), "{\"credHelpers\":{\"registry.example\":\"empty\"}}");
        assertThat(find("registry.example", "a")).isEmpty();
    }

    @Test
    void saysWhichHelperFailed() throws IOException {
        helper("broken", "echo 'no keychain'; exit 3");
        write(
                home.resolve(".docker/config.json"),
                "{\"credHelpers\":{\"a.example\":\"broken\",\"b.example\":\"missing\"}}");
        // Whether it ends before or after its input is written is up to the scheduler.
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> find("a.example", "a"))
                    .isInstanceOf(RegistryAuthenticationException.class)
                    .hasMessage(
                            "Cannot get the credentials for a.example: docker-credential-broken failed: it ended with 3 and said"
                                    + " 'no keychain'. Install it, or remove it from the configuration of docker or podman.");
        }
        assertThatThrownBy(() -> find("b.example", "a"))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessage(
                        "Cannot get the credentials for b.example: docker-credential-missing failed: it is not on the PATH."
                                + " Install it, or remove it from the configuration of docker or podman.");
    }

    @Test
    void saysWhichFileIsBroken() throws IOException {
        Path file = home.resolve(".docker/config.json");
        write(file, "{\"auths\":");
        assertThatThrownBy(() -> find("a.example", "a"))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessageStartingWith("Cannot read the credentials in " + file + ": ")
                .hasMessageEndingWith(". Repair or remove the file.");
        write(file, "{\"auths\":{\"a.example\":{\"auth\":\"???\"}}}");
        assertThatThrownBy(() -> find("a.example", "a"))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessage("The credentials for a.example in " + file + " are malformed. Log in again.");
    }

    @Test
    void asksTheVariableBeforeTheFilesForWhatItKnows() throws IOException {
        environment.put("DOCKER_AUTH_CONFIG", auths("registry.example", "variable"));
        write(home.resolve(".docker/config.json"), auths("registry.example", "docker"));
        write(home.resolve(".config/containers/auth.json"), auths("other.example", "podman"));
        assertThat(find("registry.example", "a")).contains(new Credentials("variable", "secret"));
        assertThat(find("other.example", "a")).contains(new Credentials("podman", "secret"));

        write(home.resolve("mine.json"), auths("other.example", "mine"));
        environment.put("REGISTRY_AUTH_FILE", home.resolve("mine.json").toString());
        assertThat(find("registry.example", "a")).contains(new Credentials("variable", "secret"));
        assertThat(find("other.example", "a")).contains(new Credentials("mine", "secret"));
        assertThat(new CredentialFiles(List.of(), environment, home).places())
                .isEqualTo("DOCKER_AUTH_CONFIG, " + home.resolve("mine.json"));
        assertThat(new CredentialFiles(List.of(home.resolve("mine.json")), environment, home)
                        .find("registry.example", "a"))
                .isEmpty();
    }

    @Test
    void asksTheHelpersThatTheVariableNames() throws IOException {
        helper("mine", "echo '{\"Username\":\"h\",\"Secret\":\"s\"}'");
        environment.put("DOCKER_AUTH_CONFIG", "{\"credHelpers\":{\"registry.example\":\"mine\"}}");
        assertThat(find("registry.example", "a")).contains(new Credentials("h", "s"));
    }

    @Test
    void looksWherePodmanLogsInWithoutARuntimeFolder() throws IOException {
        assertThat(new CredentialFiles(List.of(), environment, home).places())
                .startsWith("/run/containers/" + Files.getAttribute(Path.of("/proc/self"), "unix:uid") + "/auth.json, "
                        + home.resolve(".config/containers/auth.json"));
    }

    @Test
    void readsBase64InLinesAndWithoutFillers() throws IOException {
        String auth = base64("user:pass\0\0");
        for (String lines : List.of("\\n", "\\r\\n")) {
            write(
                    home.resolve(".docker/config.json"),
                    "{\"auths\":{\"a.example\":{\"auth\":\"" + auth.substring(0, 5) + lines + auth.substring(5) + lines
                            + "\"}}}");
            assertThat(find("a.example", "a")).contains(new Credentials("user", "pass"));
        }
        // Where a regular expression would look at each of these again from each of them.
        String nuls = "\0".repeat(1_000_000) + "x";
        write(
                home.resolve(".docker/config.json"),
                "{\"auths\":{\"a.example\":{\"auth\":\"" + base64("u:x" + nuls) + "\"}}}");
        assertThat(find("a.example", "a")).contains(new Credentials("u", "x" + nuls));
    }

    @Test
    void saysThatAVariableOrAFileIsNoJsonWithoutShowingIt() throws IOException {
        for (String broken : List.of("{\"auths\": secret}", "secret", "\"secret\"", "[\"secret\"]", "{\"secret\"")) {
            environment.put("DOCKER_AUTH_CONFIG", broken);
            assertThatThrownBy(() -> find("a.example", "a"))
                    .isInstanceOf(RegistryAuthenticationException.class)
                    .hasMessageStartingWith("Cannot read the credentials in DOCKER_AUTH_CONFIG: it is no JSON")
                    .hasMessageEndingWith(". Repair or unset it.")
                    .hasMessageNotContaining("secret")
                    .hasNoCause();
            environment.clear();
            write(home.resolve(".docker/config.json"), broken);
            assertThatThrownBy(() -> find("a.example", "a"))
                    .isInstanceOf(RegistryAuthenticationException.class)
                    .hasMessageContaining(home.resolve(".docker/config.json") + ": it is no JSON")
                    .hasMessageNotContaining("secret")
                    .hasNoCause();
        }
        helper("talks", "echo secret");
        write(home.resolve(".docker/config.json"), "{\"credHelpers\":{\"a.example\":\"talks\"}}");
        assertThatThrownBy(() -> find("a.example", "a"))
                .hasMessageContaining("docker-credential-talks failed: its answer is no JSON.")
                .hasStackTraceContaining("no JSON")
                .satisfies(e -> assertThat(e.getCause()).hasNoCause().hasMessageNotContaining("secret"));
    }

    @Test
    void doesNotWaitForWhatAHelperLeavesRunning() throws IOException {
        // It runs until its output is being read; from what is read later, Java takes what there is by its end.
        helper("leaves", "/bin/sleep 20 & echo '{}'; /bin/sleep 1");

        assertThatThrownBy(() -> new CredentialHelper(environment, Duration.ofSeconds(2)).get("leaves", "a.example"))
                .isInstanceOf(RegistryAuthenticationException.class)
                .hasMessage(
                        "Cannot get the credentials for a.example: docker-credential-leaves failed: it has ended, but"
                                + " its output has not within 2 s: what it started in the background still has it open."
                                + " Install it, or remove it from the configuration of docker or podman.");
    }

    @Test
    void keepsSecretsOutOfLogs() {
        assertThat(new Credentials("user", "secret").toString()).doesNotContain("secret");
        assertThat(new Credentials(null, "secret").toString()).doesNotContain("secret");
    }

    private Optional<Credentials> find(String host, String repository) {
        return new CredentialFiles(List.of(), environment, home).find(host, repository);
    }

    private void helper(String name, String script) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path program = Files.writeString(bin.resolve("docker-credential-" + name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        environment.put("PATH", bin.toString());
    }

    private static String auths(String key, String user) {
        return "{\"auths\":{\"" + key + "\":{\"auth\":\"" + base64(user + ":secret") + "\"}}}";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes());
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
