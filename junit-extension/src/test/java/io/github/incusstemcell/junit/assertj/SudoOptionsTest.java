package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whether sudo asks for a password by its options, of rules that take from each other, and as it does itself. */
@IncusStemcell(scope = Scope.PER_CLASS)
class SudoOptionsTest {

    private static final String ID = "/usr/bin/id";
    private static final String UNAME = "/usr/bin/uname";

    @BeforeAll
    static void add(StemcellContainer stemcell) {
        stemcell.shell("groupadd exempt && useradd ann && useradd --groups exempt eve && useradd bob")
                .requireSuccess();
    }

    private static void write(StemcellContainer stemcell, String... rules) {
        stemcell.files().delete("/etc/sudoers");
        stemcell.files().writeString("/etc/sudoers", String.join("\n", rules) + "\n");
        stemcell.exec("chmod", "0440", "/etc/sudoers").requireSuccess();
    }

    /** Whether sudo does as the assertions say, which it is made to run for that. */
    private static void saysWhatSudoDoes(StemcellContainer stemcell, String user, String... command) {
        String path = command[0];
        String[] arguments = List.of(command).subList(1, command.length).toArray(String[]::new);
        List<String> argv = new ArrayList<>(List.of("setpriv", "--reuid", user, "--regid", user, "--init-groups"));
        argv.addAll(List.of("sudo", "-n"));
        argv.addAll(List.of(command));
        ExecResult result = stemcell.exec(argv.toArray(String[]::new));
        if (result.isSuccess()) {
            assertThat(stemcell).user(user).mayRunBySudoWithoutPassword(path, arguments);
            assertThat(stemcell).user(user).mayUseSudo().mayUseSudoWithoutPassword();
        } else {
            assertThat(result.stderr()).contains("a password is required");
            assertThat(stemcell).user(user).mayUseSudo().needsPasswordToRunBySudo(path, arguments);
        }
    }

    private static void failsAs(StemcellContainer stemcell, String user, String seen) {
        assertThat(message(stemcell, () -> assertThat(stemcell).user(user).needsPasswordForSudo()))
                .isEqualTo(
                        "Expecting user " + user + " on NAME to need a password for sudo\n  but sudo allows " + seen);
    }

    private static void needsAs(StemcellContainer stemcell, String user, String seen) {
        assertThat(stemcell).user(user).needsPasswordForSudo();
        assertThat(message(stemcell, () -> assertThat(stemcell).user(user).mayUseSudoWithoutPassword()))
                .isEqualTo("Expecting user " + user
                        + " on NAME to be allowed to use sudo without password\n  but sudo allows " + seen);
    }

    @Test
    void someCommandsWithout(StemcellContainer stemcell) {
        write(
                stemcell,
                "Cmnd_Alias QUIET=/usr/bin/id -u, /usr/bin/uname \"\"",
                "Defaults!QUIET !authenticate, passprompt=\"a, b authenticate\"",
                "ann ALL=(ALL) ALL",
                "eve ALL=(root) /usr/bin/stat",
                "bob ALL=(root) PASSWD: /usr/bin/id");

        String option =
                "; Defaults!/usr/bin/id -u, /usr/bin/uname \"\" !authenticate, passprompt=\"a, b authenticate\"";
        failsAs(stemcell, "ann", "(ALL) ALL" + option);
        needsAs(stemcell, "eve", "(root) /usr/bin/stat" + option);
        needsAs(stemcell, "bob", "(root) PASSWD: /usr/bin/id" + option);
        saysWhatSudoDoes(stemcell, "ann", ID, "-u");
        saysWhatSudoDoes(stemcell, "ann", ID);
        saysWhatSudoDoes(stemcell, "ann", UNAME);
        saysWhatSudoDoes(stemcell, "ann", UNAME, "-s");
        saysWhatSudoDoes(stemcell, "bob", ID, "-u");
    }

    @Test
    void someCommandsWith(StemcellContainer stemcell) {
        write(
                stemcell,
                "Defaults !authenticate",
                "Defaults!ALL, !/usr/bin/id authenticate",
                "ann ALL=(ALL) ALL",
                "eve ALL=(root) /usr/bin/uname",
                "bob ALL=(root) NOPASSWD: /usr/bin/uname");

        String option = ", without authentication; Defaults!ALL, !/usr/bin/id authenticate";
        failsAs(stemcell, "ann", "(ALL) ALL" + option);
        needsAs(stemcell, "eve", "(root) /usr/bin/uname" + option);
        saysWhatSudoDoes(stemcell, "ann", ID);
        saysWhatSudoDoes(stemcell, "ann", UNAME);
        saysWhatSudoDoes(stemcell, "eve", UNAME);
        saysWhatSudoDoes(stemcell, "bob", UNAME);
    }

    @Test
    void asOneself(StemcellContainer stemcell) {
        write(stemcell, "ann ALL=(ann) /usr/bin/id", "eve ALL=(eve, bob) /usr/bin/id", "bob ALL=(:exempt) /usr/bin/id");
        List<String> asAnn = List.of("setpriv", "--reuid", "ann", "--regid", "ann", "--init-groups", "sudo", "-n");
        stemcell.exec(Stream.concat(asAnn.stream(), Stream.of("-u", "ann", ID)).toArray(String[]::new))
                .requireSuccess();

        assertThat(stemcell).user("ann").mayUseSudo().mayUseSudoWithoutPassword();
        failsAs(stemcell, "ann", "(ann) /usr/bin/id");
        needsAs(stemcell, "eve", "(eve, bob) /usr/bin/id");
        assertThat(message(stemcell, () -> assertThat(stemcell).user("bob").needsPasswordForSudo()))
                .startsWith(
                        "Expecting the rules of sudo for user bob on NAME to say whether it may run anything without a"
                                + " password\n  but that cannot be told of them: ");
    }

    @Test
    void asSomebody(StemcellContainer stemcell) {
        write(
                stemcell,
                "Defaults>root !authenticate",
                "Defaults!/usr/bin/id authenticate",
                "ann ALL=(ALL) ALL",
                "eve ALL=(bob) ALL",
                "bob ALL=(root) /usr/bin/id");

        String options = "; Defaults>root !authenticate; Defaults!/usr/bin/id authenticate";
        failsAs(stemcell, "ann", "(ALL) ALL" + options);
        needsAs(stemcell, "eve", "(bob) ALL" + options);
        needsAs(stemcell, "bob", "(root) /usr/bin/id" + options);
        saysWhatSudoDoes(stemcell, "ann", ID);
        saysWhatSudoDoes(stemcell, "ann", UNAME);
        saysWhatSudoDoes(stemcell, "bob", ID);
    }

    @Test
    void theLastOptionCounts(StemcellContainer stemcell) {
        write(
                stemcell,
                "Defaults badpass_message=\"no, !authenticate\"",
                "Defaults:ann !authenticate",
                "Defaults:bob !authenticate",
                "Defaults:bob authenticate",
                "ann ALL=(ALL) ALL",
                "eve ALL=(ALL) ALL",
                "bob ALL=(ALL) ALL");

        failsAs(stemcell, "ann", "(ALL) ALL, without authentication");
        needsAs(stemcell, "bob", "(ALL) ALL");
        needsAs(stemcell, "eve", "(ALL) ALL");
        saysWhatSudoDoes(stemcell, "ann", ID);
        saysWhatSudoDoes(stemcell, "bob", ID);
        saysWhatSudoDoes(stemcell, "eve", ID);
    }

    @Test
    void membersOfAGroup(StemcellContainer stemcell) {
        write(stemcell, "Defaults exempt_group=exempt", "ann ALL=(ALL) ALL", "eve ALL=(ALL) PASSWD: ALL");

        String option = ", without authentication for the group exempt";
        failsAs(stemcell, "eve", "(ALL) PASSWD: ALL" + option);
        needsAs(stemcell, "ann", "(ALL) ALL" + option);
        saysWhatSudoDoes(stemcell, "eve", ID);
        saysWhatSudoDoes(stemcell, "ann", ID);
    }

    @Test
    void theLastRuleCounts(StemcellContainer stemcell) {
        write(
                stemcell,
                "ann ALL=(root) NOPASSWD: /usr/bin/id",
                "ann ALL=(ALL) ALL",
                "eve ALL=(ALL) ALL",
                "eve ALL=(root) NOPASSWD: /usr/bin/id, PASSWD: /usr/bin/id -u",
                "bob ALL=(root) NOPASSWD: /usr/bin/id, !/usr/bin/id");

        needsAs(
                stemcell,
                "ann",
                "(root) NOPASSWD: /usr/bin/id; (ALL) ALL; of those about the same command the last one counts");
        failsAs(stemcell, "eve", "(ALL) ALL; (root) NOPASSWD: /usr/bin/id; (root) PASSWD: /usr/bin/id -u");
        saysWhatSudoDoes(stemcell, "ann", ID);
        saysWhatSudoDoes(stemcell, "eve", ID);
        saysWhatSudoDoes(stemcell, "eve", ID, "-u");
        assertThat(stemcell).user("bob").mayNotUseSudo().mayNotRunBySudo(ID);
        assertThat(message(stemcell, () -> assertThat(stemcell).user("bob").mayUseSudo()))
                .isEqualTo("Expecting user bob on NAME to be allowed to use sudo\n  but sudo allows (root) NOPASSWD:"
                        + " /usr/bin/id, !/usr/bin/id; of those about the same command the last one counts");
    }

    @Test
    void aRuleGoesOnForOtherUsers(StemcellContainer stemcell) {
        write(stemcell, "ann ALL=(bob) NOPASSWD: /usr/bin/id, (root) /usr/bin/uname, PASSWD: /usr/bin/stat");

        saysWhatSudoDoes(stemcell, "ann", UNAME);
        failsAs(
                stemcell,
                "ann",
                "(bob) NOPASSWD: /usr/bin/id; (root) NOPASSWD: /usr/bin/uname; (root) PASSWD: /usr/bin/stat");
    }

    @Test
    void filesWithADigest(StemcellContainer stemcell) {
        String digests = Stream.of("sha224", "sha256")
                .map(kind -> kind + ":"
                        + stemcell.exec(kind + "sum", UNAME)
                                .requireSuccess()
                                .stdout()
                                .split(" ")[0])
                .collect(Collectors.joining(", "));
        write(
                stemcell,
                "ann ALL=(root) NOPASSWD: " + digests + " /usr/bin/uname -s, /usr/bin/id",
                "eve ALL=(root) NOPASSWD: /usr/bin/uname, " + digests + " !/usr/bin/uname",
                "bob ALL=(root) /usr/bin/uname -s",
                "Cmnd_Alias NAME=" + digests + " /usr/bin/uname -s",
                "Defaults!NAME !authenticate");

        saysWhatSudoDoes(stemcell, "ann", ID);
        failsAs(
                stemcell,
                "ann",
                "(root) NOPASSWD: " + digests + " /usr/bin/uname -s, /usr/bin/id; Defaults!" + digests
                        + " /usr/bin/uname -s !authenticate");
        assertThat(stemcell).user("eve").mayNotRunBySudo(UNAME);
        assertThat(message(stemcell, () -> assertThat(stemcell).user("eve").mayUseSudo()))
                .isEqualTo("Expecting the rules of sudo for user eve on NAME to say whether it may run anything\n  but"
                        + " that cannot be told of them: sudo allows (root) NOPASSWD: /usr/bin/uname, " + digests
                        + " !/usr/bin/uname; Defaults!" + digests + " /usr/bin/uname -s !authenticate");
        assertThat(message(stemcell, () -> assertThat(stemcell).user("bob").needsPasswordToRunBySudo(UNAME, "-s")))
                .startsWith("Expecting the rules of sudo for user bob on NAME to say whether /usr/bin/uname -s needs a"
                        + " password\n  but that cannot be told of them: sudo allows (root) /usr/bin/uname -s;");
    }

    @Test
    void rulesForATime(StemcellContainer stemcell) {
        write(
                stemcell,
                "ann ALL=(root) NOTAFTER=20200101000000Z NOPASSWD: /usr/bin/id",
                "eve ALL=(root) NOTBEFORE=20200101000000Z NOPASSWD: /usr/bin/id",
                "eve ALL=(root) PASSWD: /usr/bin/uname");

        String untold =
                " on NAME to say whether it may run anything%s\n  but that cannot be told of them: sudo allows %s";
        String ofAnn = "(root) NOTAFTER=20200101000000Z NOPASSWD: /usr/bin/id";
        for (ThrowingCallable assertion : List.<ThrowingCallable>of(
                () -> assertThat(stemcell).user("ann").mayUseSudo(),
                () -> assertThat(stemcell).user("ann").mayNotUseSudo())) {
            assertThat(message(stemcell, assertion))
                    .isEqualTo("Expecting the rules of sudo for user ann" + String.format(untold, "", ofAnn));
        }
        assertThat(message(stemcell, () -> assertThat(stemcell).user("eve").mayUseSudoWithoutPassword()))
                .isEqualTo(
                        "Expecting the rules of sudo for user eve"
                                + String.format(
                                        untold,
                                        " without a password",
                                        "(root) NOTBEFORE=20200101000000Z NOPASSWD: /usr/bin/id; (root) PASSWD: /usr/bin/uname"));
        assertThat(stemcell).user("ann").mayNotRunBySudo(ID);
        assertThat(stemcell).user("eve").mayUseSudo().mayRunBySudo(ID).needsPasswordToRunBySudo(UNAME);
    }

    @Test
    void rootIsNeverAsked(StemcellContainer stemcell) {
        write(stemcell, "root ALL=(ALL) PASSWD: ALL");

        failsAs(stemcell, "root", "(ALL) PASSWD: ALL");
        saysWhatSudoDoes(stemcell, "root", ID);
    }

    @Test
    void whatCannotBeToldFails(StemcellContainer stemcell) {
        write(
                stemcell,
                "Defaults!/usr/bin/i* !authenticate",
                "ann ALL=(root) /usr/bin/id",
                "eve ALL=(root) NOPASSWD: /usr/bin/id",
                "eve ALL=(root) PASSWD: /usr/*/id");

        String untold =
                " to say whether it may run anything without a password\n  but that cannot be told of them: sudo"
                        + " allows ";
        String option = "; Defaults!/usr/bin/i* !authenticate";
        assertThat(message(stemcell, () -> assertThat(stemcell).user("ann").mayUseSudoWithoutPassword()))
                .isEqualTo("Expecting the rules of sudo for user ann on NAME" + untold + "(root) /usr/bin/id" + option);
        assertThat(message(stemcell, () -> assertThat(stemcell).user("eve").needsPasswordForSudo()))
                .isEqualTo("Expecting the rules of sudo for user eve on NAME" + untold
                        + "(root) NOPASSWD: /usr/bin/id; (root) PASSWD: /usr/*/id" + option);
        assertThat(message(stemcell, () -> assertThat(stemcell).user("ann").mayRunBySudoWithoutPassword(ID)))
                .isEqualTo(
                        "Expecting the rules of sudo for user ann on NAME to say whether /usr/bin/id needs a password\n"
                                + "  but that cannot be told of them: sudo allows (root) /usr/bin/id" + option);
    }
}
