package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.TestImages;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.RegistrySettings;
import io.github.incusstemcell.stemcell.GuestOverlay;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that do not boot: which trait of theirs is in the way is said at once, and not when the time for a start is over. */
class UnbootableImageTest {

    /** Nothing here takes so long. */
    private static final Duration LONG = Duration.ofMinutes(30);

    private static final String WAITS = "#!/bin/sh\ntrap 'exit 0' PWR TERM\nwhile :; do sleep 3600 & wait; done\n";
    private static final String ENDS = "#!/bin/sh\necho 'nothing to do'\n";

    private static Stemcells stemcells;

    @TempDir
    Path folder;

    @BeforeAll
    static void connect() {
        stemcells = TestMachine.stemcells().connect();
    }

    @AfterAll
    static void close() {
        stemcells.close();
    }

    @Test
    void anotherInitThanSystemd() throws IOException {
        assertThat(launching(withInit(WAITS)))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching(
                        "The container '(\\S+)' of rootfs:\\S+ \\(Incus image \\w+\\) does not boot: There is no way to a"
                                + " systemd in \\1: neither systemd-stdio-bridge nor systemctl is there, and its PID 1 is"
                                + " /bin/busybox\\. Take an image of a system that boots by systemd and has a shell, as stemcells do");
    }

    /** As Alpine has it: busybox as PID 1 starts OpenRC. */
    @Test
    void openRc() throws IOException {
        byte[] rootfs = TestImages.busyboxRootfs(tar -> {
            TestImages.link(tar, "sbin/init", "/bin/busybox");
            file(tar, "etc/inittab", 0644, "::sysinit:/sbin/openrc sysinit\n::wait:/sbin/openrc default\n");
            file(tar, "sbin/openrc", 0755, "#!/bin/sh\nexec sleep 2\n");
        });

        assertThat(launching(rootfs)).hasMessageContaining("and its PID 1 is /bin/busybox. Take an image");
    }

    @Test
    void noInit() throws IOException {
        assertThat(launching(TestImages.busyboxRootfs(tar -> {})))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching(
                        "Cannot start the container '\\S+' of rootfs:\\S+ \\(Incus image \\w+\\): it has no /sbin/init that"
                                + " can be run, as an image of a system has, such as a stemcell\\. Is it an application's\\? POST .*"
                                + "LXC says: No such file or directory - Failed to exec \"/sbin/init\".*");
    }

    @Test
    void noShell() throws IOException {
        byte[] rootfs = TestImages.tar(tar -> {
            for (String name : new String[] {"dev/", "etc/", "proc/", "run/", "sys/", "tmp/"}) {
                TestImages.directory(tar, name, 0755);
            }
            TestImages.file(tar, "sbin/init", 0755, TestImages.busyboxBinary());
        });

        assertThat(launching(rootfs))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching(
                        "The container '(\\S+)' of rootfs:\\S+ \\(Incus image \\w+\\) does not boot: There is no sh in"
                                + " \\1, by which this library asks a guest whether it has booted\\. Take .*");
    }

    @Test
    void aFolderAsHostname() throws IOException {
        byte[] rootfs = TestImages.busyboxRootfs(tar -> {
            TestImages.directory(tar, "etc/hostname/", 0755);
            file(tar, "sbin/init", 0755, WAITS);
        });

        assertThat(launching(rootfs))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching(
                        "Cannot start the container '\\S+' of rootfs:\\S+ \\(Incus image \\w+\\): the overlay's part HOSTNAME"
                                + " writes files where the image has folders, \\[/etc/hostname\\]\\. Leave it out: withoutOverlay ="
                                + " OverlayPart\\.HOSTNAME");
        // What the message advises helps: the start goes on to the next trait.
        assertThat(launching(ContainerSpec.builder(image(rootfs))
                        .overlay(GuestOverlay.standard().without(OverlayPart.HOSTNAME))
                        .build()))
                .hasMessageContaining("There is no way to a systemd");
    }

    @Test
    void anInitThatEndsAtOnce() throws IOException {
        assertThat(launching(withInit(ENDS)))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching(
                        "The container '\\S+' of rootfs:\\S+ \\(Incus image \\w+\\) was started, and its PID 1, /sbin/init,"
                                + " has ended before systemd had booted\\. The end of its console: nothing to do");
    }

    @Test
    void anInitThatEndsWhileItIsWaitedFor() throws IOException {
        byte[] rootfs = TestImages.busyboxRootfs(tar -> {
            file(tar, "sbin/init", 0755, "#!/bin/sh\nsleep 2\n");
            // There, and saying nothing: systemd is waited for.
            file(tar, "usr/bin/systemctl", 0755, "#!/bin/sh\n");
            file(tar, "usr/bin/systemd-stdio-bridge", 0755, "#!/bin/sh\n");
        });

        assertThat(launching(rootfs))
                .hasMessageContaining("has ended before systemd had booted. It wrote nothing to its console");
    }

    /** As an instance looks that Incus is stopping, where a command is run outside of its PID namespace: process 1 is not the guest's. */
    @Test
    void aGuestThatIsBeingStopped() throws IOException {
        byte[] rootfs = TestImages.busyboxRootfs(tar -> {
            file(
                    tar,
                    "sbin/init",
                    0755,
                    "#!/bin/sh\necho >/run/foreign\nmount --bind /run/foreign /proc/1/environ\n>/run/hidden\nsleep 2\n");
            // The one that is found first: none looks before what is to be seen is there.
            file(
                    tar,
                    "usr/bin/sh",
                    0755,
                    "#!/bin/sh\nuntil [ -e /run/hidden ]; do sleep 0.05; done\nexec /bin/sh \"$@\"\n");
        });

        assertThat(launching(rootfs))
                .hasMessageContaining("has ended before systemd had booted. It wrote nothing to its console")
                .cause()
                .hasMessageEndingWith(": the instance was stopped as it was asked for, and Incus asked outside of it");
    }

    @Test
    void anotherArchitecture() throws IOException {
        String image = image(withInit(WAITS));
        OciImages sources = OciImages.builder()
                .settings(RegistrySettings.builder().architecture("s390x").build())
                .build();
        try (Stemcells foreign = Stemcells.builder().sources(sources).connect()) {
            assertThat(catchThrowable(() -> foreign.launch(ContainerSpec.of(image))))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith(image + " is for s390x, which Incus on " + TestMachine.endpoint()
                            + " does not run: it runs ")
                    .hasMessageEndingWith(". Take another image or, of one that comes for several architectures,"
                            + " another by incus.stemcell.architecture");
        }
    }

    private static byte[] withInit(String script) {
        return TestImages.busyboxRootfs(tar -> file(tar, "sbin/init", 0755, script));
    }

    private static void file(TarArchiveOutputStream tar, String name, int mode, String text) throws IOException {
        TestImages.file(tar, name, mode, text.getBytes(StandardCharsets.UTF_8));
    }

    private String image(byte[] rootfs) throws IOException {
        return "rootfs:" + Files.write(folder.resolve("rootfs.tar"), rootfs);
    }

    private Throwable launching(byte[] rootfs) throws IOException {
        return launching(ContainerSpec.of(image(rootfs)));
    }

    private static Throwable launching(ContainerSpec spec) {
        return catchThrowable(() ->
                stemcells.launch(spec.toBuilder().startupTimeout(LONG).build()).close());
    }
}
