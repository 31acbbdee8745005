package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What files and programs are configured with: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class ConfigurationAssertionsTest {

    @BeforeAll
    static void write(StemcellContainer stemcell) {
        stemcell.files().createDirectories("/conf");
        stemcell.files().createDirectories("/etc/systemd/journald.conf.d");
        stemcell.files()
                .writeString(
                        "/conf/agent.json",
                        "{\"Platform\": {\"Linux\": {\"Service\": \"systemd\", \"Nice\": true}}, \"disks\": [{\"size\": 7}], \"a/b\": null}");
        stemcell.files().writeString("/conf/broken.json", "{\"a\": 1} x");
        stemcell.files().writeString("/conf/login.defs", "# comment\nUMASK\t\t077\nPASS_MAX_DAYS = 90\n;off\nALONE\n");
        stemcell.files()
                .writeString(
                        "/conf/x.service",
                        "[Unit]\nAfter=a.target\nAfter=b.target\n[Service]\nExecStart=/bin/a \\\n --b\nAfter=no\nWants=x\nWants=\n");
        stemcell.files()
                .writeString(
                        "/etc/systemd/journald.conf.d/zz.conf", "[Journal]\nStorage=volatile\nMaxRetentionSec=7day\n");
        stemcell.files()
                .writeString("/etc/sysctl.d/00-a.conf", "kernel.sysrq = 1\nnet/ipv4/conf/eth0.7/forwarding=1\n");
        stemcell.files().writeString("/etc/sysctl.d/zz-b.conf", "-kernel.sysrq=0\n");
    }

    @Test
    void linesWithKeys(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/conf/login.defs")
                .settings()
                .hasValue("UMASK", "077")
                .hasValue("PASS_MAX_DAYS", "90")
                .hasValue("ALONE", "")
                .hasKey("ALONE")
                .doesNotHaveKey("off");
        assertThat(stemcell)
                .file("/conf/x.service")
                .ini()
                .hasOnlyValues("Unit.After", "b.target", "a.target")
                .hasValue("Service.ExecStart", "/bin/a   --b")
                .hasValue("Service.Wants", "")
                .doesNotHaveKey("Unit.ExecStart");
        assertThat(stemcell).file("/conf/login.defs").settings().value("UMASK").startsWith("0");
        assertThat(stemcell).file("/conf/x.service").ini().values("Unit.After").hasSize(2);
        assertThat(stemcell).file("/conf/x.service").ini().values("Unit.Before").isEmpty();
        stemcell.shell("(sleep 0.3; echo A=b > /conf/later) >/dev/null 2>&1 &");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .file("/conf/later")
                .settings()
                .hasValue("A", "b");

        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/conf/login.defs")
                        .settings()
                        .hasValue("UMASK", "022")))
                .isEqualTo("Expecting /conf/login.defs on NAME to have UMASK 022\n  but was: 077");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/conf/login.defs")
                        .settings()
                        .hasKey("UMASC")))
                .isEqualTo("Expecting /conf/login.defs on NAME to have UMASC\n"
                        + "  but there is no UMASC; the closest names: UMASK, ALONE, PASS_MAX_DAYS");
        fail(
                stemcell,
                "Expecting /conf/x.service on NAME WANTED\n  but was: a.target, b.target",
                expecting("to have Unit.After a.target only", () -> assertThat(stemcell)
                        .file("/conf/x.service")
                        .ini()
                        .hasOnlyValues("Unit.After", "a.target")),
                expecting(
                        "to not have Unit.After",
                        () -> assertThat(stemcell).file("/conf/x.service").ini().doesNotHaveKey("Unit.After")),
                expecting(
                        "to have Unit.After a.target",
                        () -> assertThat(stemcell).file("/conf/x.service").ini().hasValue("Unit.After", "a.target")));
        fail(
                stemcell,
                "Expecting /conf/none on NAME to not have x\n  but it does not exist; in /conf: .*",
                () -> assertThat(stemcell).file("/conf/none").settings().doesNotHaveKey("x"));
        fail(
                stemcell,
                "Expecting /conf on NAME to not have x\n  but was: directory, .*",
                () -> assertThat(stemcell).file("/conf").ini().doesNotHaveKey("x"));
        fail(
                stemcell,
                "Expecting /conf/login.defs on NAME to satisfy \"be so\"\n  but there were: \\{ALONE=.*",
                () -> assertThat(stemcell).file("/conf/login.defs").settings().satisfies(all -> false, "be so"));
        fail(
                stemcell,
                "Expecting /conf/x.service on NAME to have Unit.Afte\n  but there is no Unit.Afte; the closest names: Unit.After, .*",
                () -> assertThat(stemcell).file("/conf/x.service").ini().value("Unit.Afte"));
    }

    @Test
    void json(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/conf/agent.json")
                .json()
                .isValid()
                .hasValue("/Platform/Linux/Service", "systemd")
                .hasValue("/Platform/Linux/Nice", true)
                .hasValue("/disks/0/size", 7)
                .has("/a~1b")
                .doesNotHave("/disks/1")
                .satisfies(all -> all instanceof Map<?, ?> map && map.size() == 3, "have three members");
        assertThat(stemcell).file("/conf/agent.json").json().value("/disks").isEqualTo(List.of(Map.of("size", 7)));
        assertThat(stemcell)
                .always(ofMillis(100))
                .file("/conf/agent.json")
                .json()
                .isValid();

        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/conf/agent.json")
                        .json()
                        .hasValue("/disks/0/size", 8)))
                .isEqualTo("Expecting /conf/agent.json on NAME to have /disks/0/size 8\n  but was: 7");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/conf/broken.json")
                        .json()
                        .isValid()))
                .startsWith("Expecting /conf/broken.json on NAME to be JSON\n  but it is not JSON: ")
                .endsWith(" in line 1");
        fail(
                stemcell,
                "Expecting /conf/agent.json on NAME WANTED\n  but was: (true|\"systemd\"|null)",
                expecting("to have /Platform/Linux/Nice \"true\"", () -> assertThat(stemcell)
                        .file("/conf/agent.json")
                        .json()
                        .hasValue("/Platform/Linux/Nice", "true")),
                expecting("to have /Platform/Linux/Nice false", () -> assertThat(stemcell)
                        .file("/conf/agent.json")
                        .json()
                        .hasValue("/Platform/Linux/Nice", false)),
                expecting("to have /Platform/Linux/Service \"runit\"", () -> assertThat(stemcell)
                        .file("/conf/agent.json")
                        .json()
                        .hasValue("/Platform/Linux/Service", "runit")),
                expecting("to not have /a~1b", () -> assertThat(stemcell)
                        .file("/conf/agent.json")
                        .json()
                        .doesNotHave("/a~1b")));
        fail(
                stemcell,
                "Expecting /conf/agent.json on NAME to have /disk\n  but there is no /disk: \\{.*",
                () -> assertThat(stemcell).file("/conf/agent.json").json().has("/disk"),
                () -> assertThat(stemcell).file("/conf/agent.json").json().value("/disk"));
        fail(
                stemcell,
                "Expecting /conf/none on NAME to be JSON\n  but it does not exist; .*",
                () -> assertThat(stemcell).file("/conf/none").json().isValid());
        fail(
                stemcell,
                "Expecting /conf/broken.json on NAME to not have /b\n  but it is not JSON: .*",
                () -> assertThat(stemcell).file("/conf/broken.json").json().doesNotHave("/b"));
    }

    @Test
    void whatProgramsMakeOfTheirFiles(StemcellContainer stemcell) {
        assertThat(stemcell)
                .sshd()
                .hasValue("PermitRootLogin", "no")
                .hasKey("ciphers")
                .doesNotHaveKey("permitrootlogins");
        assertThat(stemcell)
                .configuredSysctls()
                .hasValue("kernel.sysrq", "0")
                .hasValue("net.ipv4.conf.eth0/7.forwarding", "1");
        assertThat(stemcell)
                .systemdConfiguration("journald.conf")
                .hasValue("Journal.Storage", "volatile")
                .hasValue("Journal.MaxRetentionSec", "7day");
        assertThat(stemcell).osRelease().hasKey("PRETTY_NAME").value("NAME").doesNotContain("\"");

        assertThat(message(stemcell, () -> assertThat(stemcell).sshd().hasValue("permitrootlogin", "yes")))
                .isEqualTo("Expecting the configuration of sshd on NAME to have permitrootlogin yes\n  but was: no");
        assertThat(message(
                        stemcell, () -> assertThat(stemcell).configuredSysctls().hasValue("kernel.sysrq", "1")))
                .isEqualTo("Expecting the configured sysctls on NAME to have kernel.sysrq 1\n  but was: 0");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .systemdConfiguration("journald.conf")
                        .hasValue("Journal.Storage", "auto")))
                .startsWith("Expecting systemd's journald.conf on NAME to have Journal.Storage auto\n  but was: ")
                .endsWith("volatile");
        fail(
                stemcell,
                "Expecting os-release on NAME to have I\n  but there is no I; the closest names: ID, .*",
                () -> assertThat(stemcell).osRelease().hasKey("I"));
        fail(
                stemcell,
                "Reading systemd's none.conf on NAME by '.*' ended with exit code \\d and printed no configuration\n  stderr: .*",
                () -> assertThat(stemcell).systemdConfiguration("none.conf").doesNotHaveKey("a"));
    }

    @Test
    void osReleaseOfTheImageAlone(StemcellContainer stemcell) {
        stemcell.shell("mkdir -p /root/os && mv /etc/os-release /root/os/etc").requireSuccess();
        try {
            assertThat(stemcell).osRelease().hasKey("ID");
            stemcell.files().move("/usr/lib/os-release", "/root/os/usr");
            fail(
                    stemcell,
                    "Expecting os-release on NAME to not have I\n"
                            + "  but there is neither /etc/os-release nor /usr/lib/os-release",
                    () -> assertThat(stemcell).osRelease().doesNotHaveKey("I"));
        } finally {
            stemcell.shell(
                    "mv /root/os/etc /etc/os-release; test -e /root/os/usr && mv /root/os/usr /usr/lib/os-release");
        }
    }

    /** As where a socket listens for sshd, and nobody has connected. */
    @Test
    void theConfigurationOfAnSshdThatWasNeverStarted(StemcellContainer stemcell) {
        stemcell.shell("systemctl stop ssh.service ssh.socket; rm -rf /run/sshd")
                .requireSuccess();

        assertThat(stemcell).sshd().hasValue("PermitRootLogin", "no");
        assertThat(stemcell).sshdFor("root", "10.0.0.9").hasKey("ciphers");

        assertThat(stemcell).file("/run/sshd").doesNotExist();
    }

    @Test
    void whatLogrotateFindsAnErrorInIsNoRotation(StemcellContainer stemcell) {
        stemcell.shell("rm -f /etc/logrotate.d/*").requireSuccess();
        stemcell.files().writeString("/etc/logrotate.conf", "weekly\ninclude /etc/logrotate.d/\n");
        stemcell.files().writeString("/etc/logrotate.d/good", "/var/log/good {\n  daily\n  missingok }\n");
        stemcell.files().writeString("/etc/logrotate.d/number", "/var/log/number {\n  rotate 5 # five\n}\n");
        stemcell.files().writeString("/etc/logrotate.d/open", "/var/log/open {\n  postrotate\n  true\n}\n");
        stemcell.files().writeString("/etc/logrotate.d/user", "/var/log/user {\n  create 640 nosuchuser adm\n}\n");

        assertThat(stemcell).logRotation("/var/log/good").hasKey("daily").hasKey("missingok");
        fail(
                stemcell,
                "Expecting logrotate on NAME to find no error in /etc/logrotate.d/(number|open|user)\n"
                        + "  but it says: error: (number|open|user):.*",
                () -> assertThat(stemcell).logRotation("/var/log/number").hasKey("rotate"),
                () -> assertThat(stemcell).logRotation("/var/log/open").hasKey("postrotate"),
                () -> assertThat(stemcell).logRotation("/var/log/user").doesNotHaveKey("daily"));
    }
}
