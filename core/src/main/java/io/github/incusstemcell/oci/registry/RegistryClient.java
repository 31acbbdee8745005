package io.github.incusstemcell.oci.registry;

import io.github.incusstemcell.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import okhttp3.HttpUrl;

/** Speaks to registries, with the credentials that this machine has for them, and to other web servers. */
public final class RegistryClient implements AutoCloseable {

    private final Http http;
    private final CredentialFiles credentials;

    /**
     * @param insecureHosts those that are spoken to by plain http
     * @param authFiles where credentials are, instead of the usual places; may be empty
     * @param environment has proxies, and where else credentials are
     */
    public RegistryClient(
            RetryPolicy policy, Set<String> insecureHosts, List<Path> authFiles, Map<String, String> environment) {
        this.http = new Http(policy, insecureHosts, new EnvironmentProxies(environment));
        this.credentials = new CredentialFiles(authFiles, environment, Path.of(System.getProperty("user.home")));
    }

    /** {@return a repository of a registry, or of a mirror} */
    public RegistryEndpoint endpoint(String host, String repository) {
        return new RegistryEndpoint(http, host, repository, credentials);
    }

    /**
     * {@return a file of another web server}
     *
     * @param purpose what it is for, to start messages with
     */
    public WebFile file(HttpUrl url, String purpose, Progress progress) {
        return new WebFile(http, url, purpose, progress);
    }

    @Override
    public void close() {
        http.close();
    }
}
