package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Passwords of groups, users of name services, logins, and YAML: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class GroupsAndYamlTest {

    @Test
    void passwordsOfGroups(StemcellContainer stemcell) {
        stemcell.shell("groupadd closed && groupadd open && echo open:secret | chgpasswd && gpasswd -A vcap open")
                .requireSuccess();

        assertThat(stemcell).group("closed").hasLockedPassword().hasOnlyAdministrators();
        assertThat(stemcell).group("open").hasOnlyAdministrators("vcap");
        assertThat(stemcell).groups().haveShadowedPasswords();
        assertThat(stemcell)
                .groups()
                .filteredOn(group -> group.name().equals("closed"), "called closed")
                .haveLockedPasswords();

        fail(
                stemcell,
                "Expecting group open on NAME WANTED\n" + "  but was: password set, administrators vcap",
                expecting(
                        "to have a locked password",
                        () -> assertThat(stemcell).group("open").hasLockedPassword()),
                expecting(
                        "to have no administrators",
                        () -> assertThat(stemcell).group("open").hasOnlyAdministrators()));
        fail(
                stemcell,
                "Expecting group closed on NAME to have only the administrators root vcap\n"
                        + "  but was: password locked, no administrators",
                () -> assertThat(stemcell).group("closed").hasOnlyAdministrators("vcap", "root"));
        fail(
                stemcell,
                "Expecting the groups on NAME to have locked passwords\n  but these do not: open",
                () -> assertThat(stemcell).groups().haveLockedPasswords());
        stemcell.shell("echo 'bare::4242:' >> /etc/group").requireSuccess();
        assertThat(stemcell).group("bare").hasEmptyPassword();
        fail(
                stemcell,
                "Expecting the groups on NAME to have their passwords in /etc/gshadow\n  but these do not: bare",
                () -> assertThat(stemcell).groups().haveShadowedPasswords());
        stemcell.shell("sed -i /^bare:/d /etc/group; cp /etc/gshadow /root/gshadow; echo closed:sec:ret >>"
                        + " /etc/gshadow")
                .requireSuccess();
        fail(
                stemcell,
                "Expecting the line of closed in /etc/gshadow on NAME to be one of a password, gshadow\\(5\\)\n"
                        + "  but was: closed:...",
                () -> assertThat(stemcell).group("closed").exists());
        stemcell.shell("cp /root/gshadow /etc/gshadow").requireSuccess();
    }

    @Test
    void howPasswordsOfGroupsAreHashed(StemcellContainer stemcell) {
        stemcell.shell("groupadd -p '$6$salt$hash' hashed && groupadd -p '!$y$salt$hash' kept && groupadd -p '' empty")
                .requireSuccess();

        assertThat(stemcell).group("hashed").hasPasswordHash(PasswordHash.SHA512CRYPT);
        assertThat(stemcell)
                .group("kept")
                .hasPasswordHash(PasswordHash.YESCRYPT)
                .hasLockedPassword();
        assertThat(stemcell).group("empty").hasEmptyPassword();

        assertThat(message(stemcell, () -> assertThat(stemcell).group("hashed").hasPasswordHash(PasswordHash.YESCRYPT)))
                .isEqualTo("Expecting group hashed on NAME to have a password hash by yescrypt\n"
                        + "  but was: password set by sha512crypt, no administrators");
        assertThat(message(stemcell, () -> assertThat(stemcell).group("empty").hasPasswordHash(PasswordHash.YESCRYPT)))
                .isEqualTo("Expecting group empty on NAME to have a password hash by yescrypt\n"
                        + "  but was: password empty, no administrators");
        assertThat(message(stemcell, () -> assertThat(stemcell).group("kept").hasEmptyPassword()))
                .isEqualTo("Expecting group kept on NAME to have an empty password\n"
                        + "  but was: password locked, no administrators");
    }

    @Test
    void accountsThatNeverExpire(StemcellContainer stemcell) {
        stemcell.shell("useradd lasting && useradd --expiredate 2199-01-01 ending")
                .requireSuccess();

        assertThat(stemcell).user("lasting").neverExpires();
        assertThat(stemcell).user("ending").isNotExpired();
        assertThat(message(stemcell, () -> assertThat(stemcell).user("ending").neverExpires()))
                .matches("Expecting user ending on NAME to never expire\n"
                        + "  but was: password locked, changed .*, expires 2199-01-01");
    }

    @Test
    void usersOfNameServices(StemcellContainer stemcell) {
        assertThat(stemcell).userOfNameServices("vcap").hasUid(1000).isInGroups("sudo");
        fail(
                stemcell,
                "Expecting user vcab on NAME to exist\n  but there is no such user; the closest names: vcap, .*",
                () -> assertThat(stemcell).userOfNameServices("vcab").exists());

        // As libnss-systemd has it, which is in few images.
        stemcell.files().move("/usr/bin/getent", "/usr/bin/getent.away");
        stemcell.files().writeString("/usr/bin/getent", """
                #!/bin/sh
                case "$*" in
                    "passwd -- dyn") echo 'dyn:!*:64000:64001:Dynamic User:/:/usr/sbin/nologin' ;;
                    "group -- 64001") echo 'dyn:!*:64001:' ;;
                    "shadow -- dyn") exit 2 ;;
                    "passwd -- odd") echo 'what' ;;
                    "passwd -- off") exit 4 ;;
                    *) exec getent.away "$@" ;;
                esac
                """);
        stemcell.files().setPermissions("/usr/bin/getent", 0755);
        try {
            assertThat(stemcell)
                    .userOfNameServices("dyn")
                    .hasUid(64000)
                    .isInGroups("dyn")
                    .hasNoLoginShell();
            assertThat(stemcell).user("dyn").doesNotExist();
            fail(
                    stemcell,
                    "Expecting user dyn on NAME to not exist\n  but was: uid 64000, gid 64001, groups dyn, .*",
                    () -> assertThat(stemcell).userOfNameServices("dyn").doesNotExist());
            fail(stemcell, "Expecting getent on NAME to print the user odd\n  but was: what", () -> assertThat(stemcell)
                    .userOfNameServices("odd")
                    .doesNotExist());
            assertThatThrownBy(
                            () -> assertThat(stemcell).userOfNameServices("off").doesNotExist())
                    .hasMessageContaining("exit code 4");
        } finally {
            stemcell.files().move("/usr/bin/getent.away", "/usr/bin/getent");
        }
    }

    @Test
    void groupsOfNameServices(StemcellContainer stemcell) {
        assertThat(stemcell)
                .groupOfNameServices("vcap")
                .hasGid(1000)
                .hasMember("vcap")
                .hasLockedPassword();
        fail(
                stemcell,
                "Expecting group vcab on NAME to exist\n  but there is no such group; the closest names: vcap, .*",
                () -> assertThat(stemcell).groupOfNameServices("vcab").exists());

        stemcell.files().move("/usr/bin/getent", "/usr/bin/getent.away");
        stemcell.files().writeString("/usr/bin/getent", """
                #!/bin/sh
                case "$*" in
                    "group -- staff2") echo 'staff2:x:64001:vcap' ;;
                    passwd) echo 'dyn:!*:64000:64001:Dynamic User:/:/usr/sbin/nologin' ;;
                    "gshadow -- staff2") echo 'staff2:!:root:vcap' ;;
                    "group -- odd") echo 'what' ;;
                    "group -- off") exit 4 ;;
                    *) exec getent.away "$@" ;;
                esac
                """);
        stemcell.files().setPermissions("/usr/bin/getent", 0755);
        try {
            assertThat(stemcell)
                    .groupOfNameServices("staff2")
                    .hasGid(64001)
                    .hasOnlyMembers("dyn", "vcap")
                    .hasOnlyAdministrators("root")
                    .hasLockedPassword();
            assertThat(stemcell).group("staff2").doesNotExist();
            fail(
                    stemcell,
                    "Expecting group staff2 on NAME to not exist\n  but was: gid 64001, .*",
                    () -> assertThat(stemcell).groupOfNameServices("staff2").doesNotExist());
            fail(
                    stemcell,
                    "Expecting getent on NAME to print the group odd\n  but was: what",
                    () -> assertThat(stemcell).groupOfNameServices("odd").doesNotExist());
            assertThatThrownBy(() ->
                            assertThat(stemcell).groupOfNameServices("off").doesNotExist())
                    .hasMessageContaining("exit code 4");
        } finally {
            stemcell.files().move("/usr/bin/getent.away", "/usr/bin/getent");
        }
    }

    @Test
    void whatALoginHas(StemcellContainer stemcell) {
        stemcell.files().writeString("/home/vcap/.profile", "export MOOD='two\nlines'\n");

        assertThat(stemcell)
                .user("vcap")
                .loginEnvironment()
                .hasValue("MOOD", "two\nlines")
                .hasValue("HOME", "/home/vcap")
                .doesNotHaveKey("OLDPWD");
        fail(
                stemcell,
                "Expecting the login environment of vcap on NAME to have HOME /root\n  but was: /home/vcap",
                () -> assertThat(stemcell).user("vcap").loginEnvironment().hasValue("HOME", "/root"));
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .user("daemon")
                        .loginEnvironment()
                        .hasKey("HOME")))
                .startsWith("Reading the login environment of daemon on NAME by ");
    }

    @Test
    void sshdForOneConnection(StemcellContainer stemcell) {
        stemcell.shell("ssh-keygen -A; printf 'Match User vcap Address 10.0.0.0/8\\n"
                        + "  X11Forwarding no\\n"
                        + "  MaxSessions 3\\n"
                        + "' >> /etc/ssh/sshd_config")
                .requireSuccess();

        assertThat(stemcell).sshdFor("vcap", "10.0.0.1").hasValue("maxsessions", "3");
        assertThat(stemcell).sshdFor("vcap", "192.168.0.1").hasValue("maxsessions", "10");
        fail(
                stemcell,
                "Expecting the configuration of sshd for root from 10.0.0.1 on NAME to have maxsessions 3\n"
                        + "  but was: 10",
                () -> assertThat(stemcell).sshdFor("root", "10.0.0.1").hasValue("maxsessions", "3"));
    }

    @Test
    void yaml(StemcellContainer stemcell) {
        stemcell.files().writeString("/job.yml", """
                # comment
                name: web
                count: 3
                tls: true
                since: 2026-11-29
                ports: [80, 443]
                nested: {a: {b: c}}
                """);
        stemcell.files().writeString("/odd.yml", "a: [1\n");
        stemcell.files().writeString("/two.yml", "a: 1\n---\na: 2\n");
        stemcell.files().writeString("/none.yml", "# nothing\n");

        assertThat(stemcell)
                .file("/job.yml")
                .yaml()
                .isValid()
                .hasValue("/name", "web")
                .hasValue("/count", 3)
                .hasValue("/tls", true)
                .hasValue("/since", "2026-11-29")
                .hasValue("/ports/1", 443)
                .hasValue("/nested/a/b", "c")
                .doesNotHave("/ports/2");

        fail(
                stemcell,
                "Expecting /job.yml on NAME to have /count 4\n  but was: 3",
                () -> assertThat(stemcell).file("/job.yml").yaml().hasValue("/count", 4));
        fail(
                stemcell,
                "Expecting /odd.yml on NAME to be YAML\n  but it is not YAML: while parsing a flow sequence .*",
                () -> assertThat(stemcell).file("/odd.yml").yaml().isValid());
        fail(
                stemcell,
                "Expecting /two.yml on NAME to be YAML\n  but it is not YAML: expected a single document .*",
                () -> assertThat(stemcell).file("/two.yml").yaml().isValid());
        fail(
                stemcell,
                "Expecting /none.yml on NAME to be YAML\n  but it is empty",
                () -> assertThat(stemcell).file("/none.yml").yaml().isValid());
    }

    @Test
    void whatIsTheMachinesAndNoGuests(StemcellContainer stemcell) {
        StemcellAssert asserts = assertThat(stemcell);
        for (ThrowingCallable look : List.<ThrowingCallable>of(
                () -> asserts.file("/proc/cmdline"),
                () -> asserts.file("/proc//cmdline"),
                () -> asserts.file("/proc/cmdline/"),
                () -> asserts.file("//proc/./cmdline"),
                () -> asserts.file("/proc/self/../cmdline"),
                () -> asserts.file("/../proc/cmdline"),
                () -> asserts.files("/proc/cmdline"),
                () -> asserts.files("/proc/cmd*"),
                () -> asserts.files("/*/cmdlin?"),
                () -> asserts.files("/proc/[a-c]mdline"))) {
            assertThatThrownBy(look)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "/proc/cmdline is the command line of the kernel of the machine on which the containers run,"
                                    + " whatever the guest is like");
        }
        asserts.file("/proc/1/cmdline").exists();
        asserts.files("/proc/1/cmd*").exist();
    }
}
