package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Which commands sudo lets a user run: what sudo itself says, and what its rules say of passwords. */
@IncusStemcell(scope = Scope.PER_CLASS)
class SudoCommandsTest {

    private static final String SYSTEMCTL = "/usr/bin/systemctl";

    private static void allow(StemcellContainer stemcell, String user, String... rules) {
        stemcell.exec("useradd", user).requireSuccess();
        stemcell.shell("grep -q includedir /etc/sudoers || echo '@includedir /etc/sudoers.d' >> /etc/sudoers")
                .requireSuccess();
        stemcell.files().writeString("/etc/sudoers.d/" + user, String.join("\n", rules) + "\n");
        stemcell.exec("chmod", "0440", "/etc/sudoers.d/" + user).requireSuccess();
    }

    private static void says(StemcellContainer stemcell, String message, ThrowingCallable assertion) {
        assertThat(message(stemcell, assertion)).isEqualTo(message);
    }

    @Test
    void aCommandWithItsArguments(StemcellContainer stemcell) {
        String rule = "(root) NOPASSWD: /usr/bin/systemctl restart cron, PASSWD: /usr/bin/systemctl stop cron";
        allow(stemcell, "restarter", "restarter ALL=" + rule);

        assertThat(stemcell)
                .user("restarter")
                .mayRunBySudo(SYSTEMCTL, "restart", "cron")
                .mayRunBySudoWithoutPassword(SYSTEMCTL, "restart", "cron")
                .mayRunBySudo(SYSTEMCTL, "stop", "cron")
                .needsPasswordToRunBySudo(SYSTEMCTL, "stop", "cron")
                .mayNotRunBySudo(SYSTEMCTL)
                .mayNotRunBySudo(SYSTEMCTL, "restart")
                .mayNotRunBySudo("/usr/bin/id");

        String but = "\n  but sudo allows " + rule.replace(", ", "; (root) ");
        says(
                stemcell,
                String.format(
                                "Expecting user restarter on NAME to be allowed to run %s by sudo",
                                "/usr/bin/systemctl reload cron")
                        + but,
                () -> assertThat(stemcell).user("restarter").mayRunBySudo(SYSTEMCTL, "reload", "cron"));
        says(
                stemcell,
                String.format(
                                "Expecting user restarter on NAME to not be allowed to run %s by sudo",
                                "/usr/bin/systemctl stop cron")
                        + but,
                () -> assertThat(stemcell).user("restarter").mayNotRunBySudo(SYSTEMCTL, "stop", "cron"));
        says(
                stemcell,
                String.format(
                                "Expecting user restarter on NAME to be allowed to run %s by sudo without password",
                                "/usr/bin/systemctl stop cron")
                        + but,
                () -> assertThat(stemcell).user("restarter").mayRunBySudoWithoutPassword(SYSTEMCTL, "stop", "cron"));
        says(
                stemcell,
                String.format(
                                "Expecting user restarter on NAME to be allowed to run %s by sudo without password",
                                "/usr/bin/id")
                        + but,
                () -> assertThat(stemcell).user("restarter").mayRunBySudoWithoutPassword("/usr/bin/id"));
        says(
                stemcell,
                String.format(
                                "Expecting user restarter on NAME to need a password to run %s by sudo",
                                "/usr/bin/systemctl restart cron")
                        + but,
                () -> assertThat(stemcell).user("restarter").needsPasswordToRunBySudo(SYSTEMCTL, "restart", "cron"));
    }

    @Test
    void theLastRuleCounts(StemcellContainer stemcell) {
        allow(
                stemcell,
                "admin2",
                "Cmnd_Alias HARMLESS=/usr/bin/id, /usr/bin/uptime",
                "admin2 ALL=(ALL:ALL) ALL",
                "admin2 ALL=(nobody) NOPASSWD: /usr/bin/tail",
                "admin2 ALL=(root) NOPASSWD: HARMLESS, /usr/bin/systemctl restart *, !/usr/bin/stat",
                "admin2 ALL=(root) PASSWD: /usr/bin/id -u, TIMEOUT=10 NOEXEC: NOPASSWD: /usr/bin/env \"\"");

        assertThat(stemcell)
                .user("admin2")
                .mayRunBySudoWithoutPassword("/usr/bin/id")
                .mayRunBySudoWithoutPassword("/bin/uptime", "-p")
                .needsPasswordToRunBySudo("/usr/bin/id", "-u")
                .mayRunBySudoWithoutPassword("/usr/bin/env")
                .needsPasswordToRunBySudo("/usr/bin/env", "true")
                .needsPasswordToRunBySudo("/usr/bin/tail")
                .mayNotRunBySudo("/usr/bin/stat");
        assertThat(stemcell).user("root").mayRunBySudoWithoutPassword("/usr/bin/id");
    }

    @Test
    void whatCannotBeToldFails(StemcellContainer stemcell) {
        allow(stemcell, "open", "open ALL=(ALL:ALL) ALL", "open ALL=(root) NOPASSWD: /usr/bin/systemctl restart *");

        assertThat(stemcell).user("open").needsPasswordToRunBySudo("/usr/bin/id");
        says(
                stemcell,
                "Expecting the rules of sudo for user open on NAME to say whether /usr/bin/systemctl restart cron needs a"
                        + " password\n  but that cannot be told of them: sudo allows (ALL : ALL) ALL; (root) NOPASSWD:"
                        + " /usr/bin/systemctl restart *",
                () -> assertThat(stemcell).user("open").mayRunBySudoWithoutPassword(SYSTEMCTL, "restart", "cron"));
        assertThat(message(stemcell, () -> assertThat(stemcell).user("none2").mayNotRunBySudo("/usr/bin/id")))
                .startsWith("Expecting user none2 on NAME to exist\n  but there is no such user");
        says(
                stemcell,
                "Asking whether open may run /usr/bin/rebot on NAME by 'sudo -n -l -U open -u root -- /usr/bin/rebot'"
                        + " ended with exit code 1\n  stderr: sudo: /usr/bin/rebot: command not found",
                () -> assertThat(stemcell).user("open").mayNotRunBySudo("/usr/bin/rebot"));
        stemcell.exec("chmod", "0666", "/etc/sudoers.d/open").requireSuccess();
        try {
            // Which file it is not each sudo says.
            assertThat(message(stemcell, () -> assertThat(stemcell).user("open").mayNotRunBySudo("/usr/bin/id")))
                    .startsWith("Asking whether open may run /usr/bin/id on NAME by '")
                    .contains("ended with exit code 1\n  stderr: sudo: ")
                    .endsWith(" is world writable");
        } finally {
            stemcell.files().delete("/etc/sudoers.d/open");
        }
    }
}
