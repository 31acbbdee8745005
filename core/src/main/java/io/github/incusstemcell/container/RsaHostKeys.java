package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.NewInstance;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Waiting;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RSA host keys for sshd in guests, computed ahead while guests boot, each given away once. One in the guest would take as much of the
 * processor as a third of its boot.
 */
final class RsaHostKeys {

    /** The instance's option by which the overlay's template gets it (Incus, image templates: {@code config_get}). */
    static final String CONFIG = "user.incus-stemcell.ssh-rsa-key";

    /** Enough for sshd and any policy of stemcells; those of 3072, as ssh-keygen(1) makes them, take four times the computing. */
    private static final int BITS = 2048;

    private static final Logger LOG = LoggerFactory.getLogger(RsaHostKeys.class);

    private static final RsaHostKeys INSTANCE = new RsaHostKeys();

    private FutureTask<String> next = begun();

    private RsaHostKeys() {}

    /** {@return the keys of this process, the first of which is computed from the first call on} */
    static RsaHostKeys ofThisProcess() {
        return INSTANCE;
    }

    /** {@return a private key in PEM, as RFC 7468 has PKCS #8, which nobody else gets} */
    String take() {
        try {
            return reserved().get();
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for an RSA host key for a container", e);
        } catch (ExecutionException e) {
            throw new IncusStemcellException("Computing an RSA host key for a container failed", e.getCause());
        }
    }

    /** By its start the guest has the key; nobody who may only look at the configuration of instances shall read it there. */
    static void forgetIn(Instance started, NewInstance created) {
        if (created.config().containsKey(CONFIG)) {
            try {
                started.updateConfig(Map.of(CONFIG, ""));
            } catch (IncusException e) {
                LOG.warn("The RSA host key of {} stays in its configuration: {}", started, e.getMessage());
            }
        }
    }

    /** Another one is begun meanwhile, in the place of what is given away. */
    private synchronized FutureTask<String> reserved() {
        FutureTask<String> mine = next;
        next = begun();
        return mine;
    }

    /** In a thread that ends with it, as nobody tells when the last was taken. */
    private static FutureTask<String> begun() {
        FutureTask<String> key = new FutureTask<>(RsaHostKeys::computed);
        Thread thread = DaemonThreads.unstarted("host-keys", key);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
        return key;
    }

    private static String computed() throws NoSuchAlgorithmException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(BITS);
        return pem(generator.generateKeyPair().getPrivate().getEncoded());
    }

    private static String pem(byte[] key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                + "\n-----END PRIVATE KEY-----\n";
    }
}
