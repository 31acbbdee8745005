package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Containers that are created, and not booted until somebody starts them. */
class UnbootedTest extends WithStemcells {

    private static final String FILE_BY_FILE = "it-file-by-file";

    /** It waits for a mount that nobody makes, as nothing is laid over the stemcell, and holds up the boot of most generations. */
    private static final String GATE = "/etc/systemd/system/rsyslog.service.d/00-override.conf";

    @Test
    void bootsThePublishedImageAsItIsWhenItIsStarted() {
        try (StemcellContainer stemcell =
                stemcells.launch(TestMachine.spec().toBuilder().withoutBoot().build())) {
            assertThat(stemcell.state().status()).isEqualTo("Stopped");
            assertThat(catchThrowable(() -> stemcell.exec("true"))).hasMessageContaining("Instance is not running");
            stemcell.files().delete(GATE);

            stemcell.boot();

            assertThat(stemcell.shell("systemctl is-system-running").stdout()).matches("(running|degraded)\n");
            assertThat(stemcell.files().readString("/etc/hostname")).isEqualTo("bosh-stemcell");
            assertThat(stemcell.exec("mountpoint", "/var/log").exitCode()).isNotZero();
            assertThat(stemcell.shell("systemctl list-unit-files 'incus-stemcell*'; cat /etc/systemd/system/*.d/90-*")
                            .stdout())
                    .contains("0 unit files listed.")
                    .doesNotContain("[Unit]");
        }
    }

    @Test
    void looksAtFilesInACopyThatIsGoneAfterThat() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .withoutBoot()
                .config("raw.lxc", "lxc.mount.entry = tmpfs srv tmpfs size=1m,create=dir 0 0")
                .build();
        try (StemcellContainer stemcell = stemcells.launch(spec);
                Incus connection = Incus.connect();
                Incus incus = connection.project(Placement.DEFAULT_PROJECT)) {
            stemcell.files().writeString("/srv/there", "here ");
            List<String> before = names(incus);

            ExecResult seen = stemcell.inspectFiles(
                    Command.shell("cat /srv/there /proc/1/comm; ls /sys/class/net; touch /srv/new"));

            assertThat(seen.stdout()).isEqualTo("here sleep\nlo\n");
            assertThat(stemcell.files().exists("/srv/new")).isFalse();
            assertThat(stemcell.state().status()).isEqualTo("Stopped");
            assertThat(before).containsAll(names(incus));
        }
    }

    @Test
    void saysWhyThereIsNoCopyToLookAtFilesIn() {
        try (StemcellContainer stemcell = stemcells.launch(
                        TestMachine.spec().toBuilder().withoutBoot().build());
                Incus connection = Incus.connect();
                Incus incus = connection.project(Placement.DEFAULT_PROJECT)) {
            stemcell.files().move("/usr/bin/sleep", "/usr/bin/sleep.away");
            List<String> before = names(incus);

            assertThat(catchThrowable(() -> stemcell.inspectFiles(Command.of("true"))))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith("The files of '" + stemcell.name()
                            + "', which does not run, are looked at in a copy of it, and that was refused: ")
                    .hasMessageContaining(
                            "Boot it, or let the project '" + Placement.DEFAULT_PROJECT + "' have one more instance");
            assertThat(before).containsAll(names(incus));
        }
    }

    @Test
    void looksForAttributesInNoCopyThatIsMadeFileByFile() {
        try (Incus incus = Incus.connect()) {
            incus.storagePools().create(FILE_BY_FILE, "dir", Map.of(), "of a test");
            ContainerSpec spec = TestMachine.spec().toBuilder()
                    .withoutBoot()
                    .location(Location.DEFAULT.withStoragePool(FILE_BY_FILE))
                    .build();
            try (StemcellContainer stemcell = stemcells.launch(spec)) {
                assertThat(catchThrowable(() -> stemcell.inspectFileAttributes(Command.of("true"))))
                        .isInstanceOf(IncusStemcellException.class)
                        .hasMessage("What chattr(1) has set of files of '" + stemcell.name()
                                + "', which does not run, cannot be known: it is looked at in a copy, and the storage pool '"
                                + FILE_BY_FILE
                                + "' of the type dir copies file by file, without that. Boot it, or use a"
                                + " btrfs or zfs pool");
            } finally {
                incus.storagePools().delete(FILE_BY_FILE);
            }
        }
    }

    @Test
    void makesNoCopyOnceItsRunIsEnding() {
        Creations ended = new Creations();
        ended.end(Duration.ZERO);
        try (StemcellContainer stemcell = stemcells.launch(
                        TestMachine.spec().toBuilder().withoutBoot().build());
                Incus connection = Incus.connect();
                Incus incus = connection.project(Placement.DEFAULT_PROJECT)) {
            List<String> before = names(incus);

            assertThat(catchThrowable(() -> new InspectionCopy(stemcell.open(), ended).exec(Command.of("true"))))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith("Nothing is created in Incus any more");
            assertThat(before).containsAll(names(incus));
        }
    }

    private static List<String> names(Incus incus) {
        return incus.instances().list().stream().map(InstanceInfo::name).toList();
    }

    @Test
    void saysWhatIsMissingWhenItCannotBeStarted() {
        try (StemcellContainer stemcell =
                stemcells.launch(TestMachine.spec().toBuilder().withoutBoot().build())) {
            stemcell.files().delete("/sbin/init");

            assertThat(catchThrowable(stemcell::boot))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessageStartingWith("Cannot start the container '" + stemcell.name() + "' of ")
                    .hasMessageContaining(": it has no /sbin/init that can be run");
        }
    }

    @Test
    void refusesAProvisioningWhichWouldHaveToBoot() {
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .withoutBoot()
                .provisioning(Provisioning.of("boots", guest -> guest.shell("true")))
                .build();

        assertThat(catchThrowable(() -> stemcells.launch(spec)))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage(
                        "There is a provisioning for the container, which has to boot for it, but is not to be booted. Remove one of boot = false and the provisioning");
    }
}
