package io.github.incusstemcell.container;

import java.io.IOException;
import java.nio.file.Path;

/** Another JVM, with locks of a machine of its own, that provisions an image. */
final class ProvisioningMachine {

    private ProvisioningMachine() {}

    static Process start(String name, Path cache) throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        ProcessBuilder builder = new ProcessBuilder(
                java, "-cp", System.getProperty("java.class.path"), ProvisioningMachine.class.getName(), name);
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    static ContainerSpec spec(String name) {
        return TestMachine.spec().toBuilder()
                .provisioning(Provisioning.of(name, container -> {
                    container.files().writeString("/opt/provisioned", "");
                    if (name.endsWith("for ever")) {
                        System.out.println("provisioning");
                        // Until this process is killed, or its parent ends.
                        System.in.read();
                        System.exit(0);
                    }
                }))
                .build();
    }

    /** Prints the fingerprint of the image. */
    public static void main(String... arguments) {
        try (Stemcells stemcells = TestMachine.stemcells().connect()) {
            System.out.println(stemcells.prepare(spec(arguments[0])).fingerprint());
        }
    }
}
