package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.junit.assertj.SudoRule.Tag;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists as {@code sudo -ll} prints them. */
class SudoEntryTest {

    /** What sudo 1.9.5p2 says of a rule whose second command, for another user, has no tag in the short form. */
    private static final String LIST = String.join(
            "\n",
            "Matching Defaults entries for ann on vm:",
            "    exempt_group=exempt",
            "",
            "User ann may run the following commands on vm:",
            "",
            "Sudoers entry:",
            "    RunAsUsers: bob",
            "    Options: !authenticate",
            "    Commands:",
            "\t/usr/bin/id",
            "",
            "Sudoers entry:",
            "    RunAsUsers: root",
            "    Options: !authenticate",
            "    Commands:",
            "\t/usr/bin/uname",
            "",
            "Sudoers entry:",
            "    RunAsUsers: root",
            "    Options: noexec, authenticate",
            "    Commands:",
            "\t!/usr/bin/ls",
            "\tsudoedit /etc/x\\,y",
            "",
            "Sudoers entry:",
            "    RunAsUsers: #0, %bob",
            "    RunAsGroups: bob",
            "    Options: setenv",
            "    Cwd: /tmp",
            "    Timeout: 600",
            "    AppArmor_Profile: lax",
            "    Commands:",
            "\t/usr/bin/env",
            "\tsha224:aa, sha256:bb !/usr/bin/stat",
            "");

    @Test
    void eachHasItsOwnTerms() {
        assertThat(SudoEntry.allOf(LIST))
                .containsExactly(
                        new SudoEntry("bob", List.of(), Tag.NOPASSWD, List.of("/usr/bin/id")),
                        new SudoEntry("root", List.of(), Tag.NOPASSWD, List.of("/usr/bin/uname")),
                        new SudoEntry("root", List.of(), Tag.PASSWD, List.of("!/usr/bin/ls", "sudoedit /etc/x\\,y")),
                        new SudoEntry(
                                "#0, %bob : bob",
                                List.of("CWD=/tmp", "TIMEOUT=600", "APPARMOR_PROFILE=lax"),
                                Tag.NONE,
                                List.of("/usr/bin/env", "sha224:aa, sha256:bb !/usr/bin/stat")));
    }

    @Test
    void isSaidAsInSudoers() {
        assertThat(SudoEntry.allOf(LIST))
                .extracting(SudoEntry::words)
                .containsExactly(
                        "(bob) NOPASSWD: /usr/bin/id",
                        "(root) NOPASSWD: /usr/bin/uname",
                        "(root) PASSWD: !/usr/bin/ls, sudoedit /etc/x\\,y",
                        "(#0, %bob : bob) CWD=/tmp TIMEOUT=600 APPARMOR_PROFILE=lax /usr/bin/env, sha224:aa, sha256:bb !/usr/bin/stat");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NotBefore", "NotAfter"})
    void mayBeForATime(String field) {
        String list = "Sudoers entry: /etc/sudoers\n    RunAsUsers: root\n    " + field
                + ": 20200101000000Z\n    Commands:\n\tALL\n";

        assertThat(SudoEntry.allOf(list))
                .flatExtracting(SudoEntry::rules)
                .containsExactly(new SudoRule("root", Tag.NONE, true, false, "ALL"));
        assertThat(SudoEntry.allOf(LIST)).flatExtracting(SudoEntry::rules).noneMatch(SudoRule::isTimed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSSD Role: admins", "LDAP Role: admins", "Sudoers entry:", "Sudoers entry: /etc/sudoers"})
    void comeFromMoreThanOneSource(String head) {
        assertThat(SudoEntry.allOf("\n" + head + "\n    RunAsUsers: root\n    Commands:\n\tALL\n"))
                .containsExactly(new SudoEntry("root", List.of(), Tag.NONE, List.of("ALL")));
    }

    @Test
    void whatIsNoListHasNone() {
        assertThat(SudoEntry.allOf("User bob is not allowed to run sudo on vm.\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sudoers entry:\n    Commands:\n\tALL\n",
                "Sudoers entry:\n    RunAsUsers: root\n    Commands:\n",
                "Sudoers entry:\n    RunAsUsers: root\n    Commands:\n\tALL\nSudo is tired\n"
            })
    void halfAnEntryIsRefused(String list) {
        assertThatThrownBy(() -> SudoEntry.allOf(list)).isInstanceOf(IllegalArgumentException.class);
    }
}
