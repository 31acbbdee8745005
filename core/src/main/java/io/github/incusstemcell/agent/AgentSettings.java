package io.github.incusstemcell.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.ClientIdentity;
import io.github.incusstemcell.internal.Json;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one agent, as a CPI hands them over in a file, and what a client needs of them: the credentials and the certificate of its
 * message bus. The form is that of bosh-agent's {@code settings/settings.go}.
 */
public final class AgentSettings {

    /** Where a director-less client finds an agent: bosh's {@code create-env} takes the same. */
    private static final int PORT = 6868;

    private final String json;

    private AgentSettings(String json) {
        this.json = json;
    }

    /**
     * What a client needs.
     *
     * @param authorization {@code user:password}
     */
    record Bus(int port, String authorization, X509Certificate certificate) {

        /** The password is nobody's business. */
        @Override
        public String toString() {
            return "https port " + port;
        }
    }

    /**
     * The address that a machine has before its agent starts.
     *
     * @param address the machine's IPv4 address
     * @param netmask such as {@code 255.255.255.0}
     * @param gateway the IPv4 address of its gateway
     */
    public record Network(String address, String netmask, String gateway) {

        /** Refuses nulls. */
        public Network {
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(netmask, "netmask");
            Objects.requireNonNull(gateway, "gateway");
        }
    }

    /**
     * Makes settings for one machine: an agent that listens on HTTPS, with a user, a password and a certificate of its own, and keeps blobs on
     * its own disk.
     *
     * @param machine the name of the machine, which becomes the agent's id, and so its hostname
     * @param network its address, or empty where it gets one by DHCP
     * @return the settings
     */
    public static AgentSettings generate(String machine, Optional<Network> network) {
        ClientIdentity identity = ClientIdentity.generate(machine);
        ObjectNode settings = Json.object();
        settings.put("agent_id", machine);
        settings.putObject("vm").put("name", machine).put("id", machine);
        settings.put("mbus", "https://" + secret() + ":" + secret() + "@0.0.0.0:" + PORT);
        settings.putObject("blobstore")
                .put("provider", "local")
                .putObject("options")
                .put("blobstore_path", Agent.BLOBS);
        settings.putObject("disks").put("system", "").putObject("persistent");
        settings.putArray("ntp");
        // The agent is to leave eth0 alone, and the resolver, too: it has no name servers to tell it.
        ObjectNode only = settings.putObject("networks").putObject("default").put("preconfigured", true);
        only.putArray("default").add("dns").add("gateway");
        only.putArray("dns");
        network.ifPresentOrElse(
                known -> only.put("type", "manual")
                        .put("ip", known.address())
                        .put("netmask", known.netmask())
                        .put("gateway", known.gateway()),
                () -> only.put("type", "dynamic"));
        settings.putObject("env")
                .putObject("bosh")
                .putObject("mbus")
                .putObject("cert")
                .put("certificate", identity.certificatePem())
                .put("private_key", identity.keyPem());
        return of(settings.toString());
    }

    /**
     * Settings that somebody has written.
     *
     * @param json the settings
     * @return the settings
     */
    public static AgentSettings of(String json) {
        return new AgentSettings(Objects.requireNonNull(json, "json"));
    }

    /**
     * What a client needs.
     *
     * @param machine whose settings these are, for messages
     * @throws IncusStemcellException if the agent is spoken to by other means than HTTPS with a certificate that these settings have
     */
    Bus bus(String machine) {
        try {
            JsonNode settings = Json.read(json);
            JsonNode mbus = settings.at("/env/bosh/mbus");
            URI url = URI.create(mbus.at("/urls/0").asText(settings.path("mbus").asText()));
            if (!"https".equals(url.getScheme())) {
                throw unusable(machine, "no mbus that begins with https://", null);
            }
            byte[] pem = mbus.at("/cert/certificate").asText().getBytes(StandardCharsets.US_ASCII);
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
            return new Bus(
                    url.getPort() < 0 ? PORT : url.getPort(),
                    Objects.requireNonNullElse(url.getUserInfo(), ""),
                    certificate);
        } catch (JsonProcessingException e) {
            throw unusable(machine, "no valid JSON", e);
        } catch (CertificateException e) {
            throw unusable(machine, "no certificate that can be read in env.bosh.mbus.cert.certificate", e);
        } catch (IllegalArgumentException e) {
            throw unusable(machine, "an mbus that is no URL", e);
        }
    }

    private static IncusStemcellException unusable(String machine, String why, @Nullable Exception cause) {
        return new IncusStemcellException(
                "The agent of '" + machine + "' cannot be spoken to: there is " + why
                        + " in the settings that the test gave it. Write agent = true instead of agentSettings, which makes them",
                cause);
    }

    /** What has to be guessed, and stands in an address. */
    private static String secret() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** {@return the settings as the agent reads them, secrets among them} */
    public String json() {
        return json;
    }

    /** {@return that these are settings; what is in them stays unsaid, as there are secrets among it} */
    @Override
    public String toString() {
        return "settings of an agent";
    }
}
