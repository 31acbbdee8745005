package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.IncusStemcellException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the guest before its first process runs. */
class BootFilesTest extends WithStemcells {

    private static final String SETTINGS = "{\"agent_id\": \"from-a-test\"}\n";

    @Test
    void startAgentAndMonitAsOnAVirtualMachine() {
        try (StemcellContainer plain = stemcells.launch(TestMachine.spec());
                StemcellContainer stemcell = stemcells.launch(
                        TestMachine.spec().toBuilder().agentSettings(SETTINGS).build())) {
            assertThat(active(stemcell, "bosh-agent")).isTrue();
            assertThat(active(stemcell, "monit")).isTrue();
            assertThat(stemcell.shell("journalctl --boot --unit bosh-agent").stdout())
                    .contains("Agent is up with the settings of /var/vcap/bosh/warden-cpi-agent-env.json");
            assertThat(stemcell.files().readString(BootFile.AGENT_SETTINGS)).isEqualTo(SETTINGS);
            assertThat(stemcell.exec("stat", "-c", "%a %u %g", BootFile.AGENT_SETTINGS)
                            .stdout())
                    .isEqualTo("600 0 0\n");
            // Nothing of it is in the image, which both share.
            assertThat(stemcell.image()).isEqualTo(plain.image());
            assertThat(plain.files().exists(BootFile.AGENT_SETTINGS)).isFalse();
            assertThat(active(plain, "bosh-agent")).isFalse();
        }
    }

    @Test
    void giveUnitsTheEnvironmentOfTheInstance() {
        String odd = "50% of \"a\\b\" 'c' $HOME";
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .config("environment.GREETING", "hello world")
                .config("environment.ODD", odd)
                .config("environment.not-for-units", "x")
                .build();

        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(printedByAUnit(stemcell, "GREETING")).isEqualTo("hello world\n");
            assertThat(printedByAUnit(stemcell, "ODD")).isEqualTo(odd + "\n");
            assertThat(stemcell.exec("printenv", "ODD").stdout()).isEqualTo(odd + "\n");
            assertThat(stemcell.files().readString("/proc/" + mainProcess(stemcell, "cron") + "/environ"))
                    .contains("GREETING=hello world\0");
            assertThat(stemcell.systemd().state().toString()).isEqualTo("running");
        }
    }

    private static String printedByAUnit(StemcellContainer stemcell, String variable) {
        return stemcell.exec("systemd-run", "--quiet", "--wait", "--pipe", "printenv", variable)
                .requireSuccess()
                .stdout();
    }

    private static long mainProcess(StemcellContainer stemcell, String unit) {
        return Long.parseLong(stemcell.exec("systemctl", "show", "--value", "--property=MainPID", unit)
                .stdout()
                .strip());
    }

    @Test
    void giveMonitItsFolderAndTheDataAround(@TempDir Path folder) throws Exception {
        Path script = Files.createDirectories(folder.resolve("jobs/web/bin")).resolve("web_ctl");
        Files.writeString(script, "#!/bin/sh\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));

        try (StemcellContainer stemcell =
                stemcells.launch(TestMachine.spec().toBuilder().data(folder).build())) {
            assertThat(stemcell.exec("stat", "-c", "%a %u %g", "/var/vcap/data/jobs/web/bin/web_ctl")
                            .stdout())
                    .isEqualTo("750 0 0\n");
            assertThat(active(stemcell, "monit")).isTrue();
            // There are no settings for it.
            assertThat(active(stemcell, "bosh-agent")).isFalse();
        }
    }

    @Test
    void areThereBeforeTheFirstProcess() {
        String unit = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'cat /opt/of-the-test/word >/run/read'\n"
                + "[Install]\nWantedBy=sysinit.target\n";
        ContainerSpec spec = TestMachine.spec().toBuilder()
                .file(new BootFile.Text("/opt/of-the-test/word", "early\n", 0644))
                .file(new BootFile.Folder("/opt/of-the-test/empty"))
                .file(new BootFile.Text(
                        "/etc/systemd/system/sysinit.target.d/early.conf", "[Unit]\nWants=early.service\n", 0644))
                .file(new BootFile.Text("/etc/systemd/system/early.service", unit, 0644))
                .build();

        try (StemcellContainer stemcell = stemcells.launch(spec)) {
            assertThat(stemcell.files().readString("/run/read")).isEqualTo("early\n");
            assertThat(stemcell.files().isDirectory("/opt/of-the-test/empty")).isTrue();
        }
    }

    @Test
    void areLookedForBeforeAnythingIsCreated(@TempDir Path folder) {
        Path missing = folder.resolve("settings.json");
        ContainerSpec spec =
                TestMachine.spec().toBuilder().owner("BootFilesTest.missing").build();

        assertThat(catchThrowable(() -> stemcells.launch(spec.toBuilder()
                        .file(new BootFile.Copy("/etc/settings.json", missing))
                        .build())))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessage("'" + missing + "', which is to be copied to '/etc/settings.json' in the guest, does not"
                        + " exist on this machine");
        assertThat(TestMachine.instancesOf("BootFilesTest.missing")).isEmpty();
    }

    @Test
    void areSettingsOnlyIfTheyAreJson() {
        ContainerSpec spec = TestMachine.spec();

        assertThatThrownBy(() -> spec.toBuilder().agentSettings("[1]").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The agent's settings are no JSON object, but: [1]");
        assertThatThrownBy(() -> spec.toBuilder().agentSettings("{\"a\": 1,\n}").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The agent's settings are no JSON: Unexpected character ('}'")
                .hasMessageEndingWith(" at line 2, column 1");
        assertThatThrownBy(() -> new BootFile.Folder("etc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A path in the guest is absolute, but this is 'etc'");
    }

    private static boolean active(StemcellContainer stemcell, String unit) {
        return stemcell.exec("systemctl", "is-active", unit).stdout().equals("active\n");
    }
}
