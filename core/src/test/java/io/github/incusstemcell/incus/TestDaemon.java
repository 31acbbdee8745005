package io.github.incusstemcell.incus;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The daemon that the environment names, reached in one of several ways, with an image to try things on. Whatever is
 * created through this is deleted at the end. Where there is no daemon, tests fail.
 */
final class TestDaemon implements AutoCloseable {

    /** How a client reaches the daemon. */
    enum Way {
        /** Over the socket, as an administrator. */
        SOCKET,
        /** Over the network, with a client certificate that was let in by a token. */
        HTTPS,
        /** Over the socket for those in group incus, whom incus-user confines to a restricted project of their own. */
        GROUP_INCUS
    }

    private static final String ALIAS = "incus-client-test-busybox";

    private final Incus admin = Incus.connect();
    private final String run = "it-" + UUID.randomUUID().toString().substring(0, 8);
    private final Incus incus;
    private final List<String> instances = new CopyOnWriteArrayList<>();
    private String certificate;

    TestDaemon(Way way) {
        this.incus = switch (way) {
            case SOCKET -> Incus.connect();
            case HTTPS -> joined();
            case GROUP_INCUS -> Incus.connect(ofGroupIncus(admin.endpoint()));
        };
    }

    private Incus joined() {
        ClientIdentity identity = ClientIdentity.generate(run);
        certificate = PinnedCertificate.fingerprint(identity.certificate());
        return Incus.join(admin.certificates().createToken(run, List.of()), identity);
    }

    /** {@return the socket for users, beside that for administrators} */
    private static Endpoint ofGroupIncus(Endpoint administrators) {
        Path socket = ((Endpoint.UnixSocket) administrators).path().resolveSibling("unix.socket.user");
        return Endpoint.unixSocket(socket)
                .withProject("user-" + ProcessEnvironment.ofThisProcess().uid());
    }

    /** {@return the client to test} */
    Incus incus() {
        return incus;
    }

    /** {@return a client that may do everything, in the same project} */
    Incus admin() {
        return admin.project(incus.project());
    }

    /** {@return a name that no other run uses} */
    String freshName() {
        return run + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** {@return the fingerprint of the busybox image, which is uploaded unless the project has it} */
    String busybox() {
        synchronized (TestDaemon.class) {
            return incus.images().find(ALIAS).orElseGet(this::uploaded).fingerprint();
        }
    }

    private ImageInfo uploaded() {
        ImageInfo image = incus.images().upload(TestImages.busybox());
        incus.images().createAlias(ALIAS, image.fingerprint(), "for tests of the Incus client");
        return image;
    }

    /** {@return a description of a busybox instance, to be changed as needed} */
    NewInstance.Builder described() {
        String name = freshName();
        instances.add(name);
        return NewInstance.named(name)
                .image(busybox())
                .config("boot.autostart", "false")
                .device("root", Map.of("type", "disk", "path", "/", "pool", pool()));
    }

    String pool() {
        return admin.storagePools().list().get(0).name();
    }

    Instance started() {
        return incus.instances().create(described().start().build());
    }

    Instance stopped() {
        return incus.instances().create(described().build());
    }

    @Override
    public void close() {
        incus.close();
        instances.forEach(name -> admin().instance(name).delete());
        if (certificate != null) {
            admin.certificates().delete(certificate);
        }
        admin.close();
    }
}
