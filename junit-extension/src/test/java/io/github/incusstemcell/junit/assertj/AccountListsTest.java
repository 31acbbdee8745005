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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** All users and groups at once, and what shadow says of one: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class AccountListsTest {

    @BeforeAll
    static void addAccounts(StemcellContainer stemcell) {
        stemcell.shell(
                        "groupadd -g 8100 one && groupadd -o -g 8100 two && useradd -u 8001 -s /usr/sbin/nologin anna"
                                + " && useradd -u 8002 -s /bin/bash bert && useradd -u 8003 -s /bin/false carl"
                                + " && useradd -o -u 8003 -s /bin/false cora"
                                + " && chage -d 2024-01-02 -M 90 -W 7 -E 2024-02-03 anna"
                                // Newer versions of chage cannot set it.
                                + " && sed -i -E 's/^(anna:[^:]*:[^:]*):[^:]*/\\1:1/' /etc/shadow && chage -M 99999 -E 2999-01-01 bert"
                                + " && usermod -p '$6$salt$hash' bert && usermod -p '!$y$salt$hash' carl && passwd -d cora"
                                + " && useradd -u 8004 -s /bin/false open && sed -i 's/^open:x:/open:$1$salt$hash:/' /etc/passwd")
                .requireSuccess();
    }

    @Test
    void allUsers(StemcellContainer stemcell) {
        assertThat(stemcell)
                .users()
                .withUid(0)
                .hasOnlyNames("root")
                .haveUniqueUids()
                .haveShadowedPasswords()
                .hasSize(1);
        assertThat(stemcell).users().haveUniqueNames().isNotEmpty();
        assertThat(stemcell).users().withUid(8999).isEmpty().hasOnlyNames();
        assertThat(stemcell)
                .users()
                .withUidBetween(8001, 8003)
                .hasOnlyNames("cora", "carl", "bert", "anna")
                .haveNoLoginShell("bert")
                .allMatch(user -> user.home().startsWith("/home"), "is at home")
                .noneMatch(user -> user.uid() == 0, "is root");
        assertThat(stemcell).users().withUid(8001).haveLockedPasswords().haveNoEmptyPasswords();
        assertThat(stemcell)
                .users()
                .filteredOn(user -> user.uid() > 8000 && user.uid() < 8010, "above 8000")
                .names()
                .containsExactly("anna", "bert", "carl", "cora", "open");
        assertThat(stemcell).users().list().extracting(GuestUser::uid).contains(0L, 8001L);
        assertThat(stemcell).always(ofMillis(100)).users().withUid(8002).haveNoEmptyPasswords();
        stemcell.shell("(sleep 0.3; useradd -u 8090 late) >/dev/null 2>&1 &");
        assertThat(stemcell).within(ofSeconds(20)).users().withUid(8090).hasOnlyNames("late");

        assertThat(message(
                        stemcell, () -> assertThat(stemcell).users().withUid(0).hasOnlyNames("root", "toor")))
                .isEqualTo("Expecting the users with the uid 0 on NAME to be only root toor\n  but there were: root");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).users().withUid(8999).haveShadowedPasswords()))
                .isEqualTo("Expecting the users with the uid 8999 on NAME to have shadowed passwords\n"
                        + "  but there were none");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .as("ours")
                        .users()
                        .withUidBetween(8000, 8010)
                        .haveUniqueUids()))
                .isEqualTo("[ours] Expecting the users with uids from 8000 to 8010 on NAME to have unique uids\n"
                        + "  but these share one: carl cora (8003)");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .users()
                        .withUidBetween(8000, 8010)
                        .haveShadowedPasswords()))
                .isEqualTo("Expecting the users with uids from 8000 to 8010 on NAME to have shadowed passwords\n"
                        + "  but these do not: open");
        fail(
                stemcell,
                "Expecting the users with uids from 8000 to 8010 on NAME WANTED\n  but these do not: (bert|cora)",
                expecting("to have no login shell", () -> assertThat(stemcell)
                        .users()
                        .withUidBetween(8000, 8010)
                        .haveNoLoginShell()),
                expecting("to have no empty passwords", () -> assertThat(stemcell)
                        .users()
                        .withUidBetween(8000, 8010)
                        .haveNoEmptyPasswords()),
                expecting("to match \"is not bert\"", () -> assertThat(stemcell)
                        .users()
                        .withUidBetween(8000, 8010)
                        .allMatch(user -> !user.name().equals("bert"), "is not bert")));
        fail(
                stemcell,
                "Expecting the users with uids from 8000 to 8010 on NAME WANTED\n  but there were: anna, bert, carl, cora, open",
                expecting("to be none", () -> assertThat(stemcell)
                        .users()
                        .withUidBetween(8000, 8010)
                        .isEmpty()),
                expecting("to be none", () -> assertThat(stemcell)
                        .users()
                        .withUidBetween(8000, 8010)
                        .hasOnlyNames()),
                expecting("to satisfy \"be so\"", () -> assertThat(stemcell)
                        .users()
                        .withUidBetween(8000, 8010)
                        .satisfies(all -> false, "be so")));
        fail(
                stemcell,
                "Expecting the users with uids from 8000 to 8010 on NAME to be 2\n  but there were 5: anna, .*",
                () -> assertThat(stemcell).users().withUidBetween(8000, 8010).hasSize(2));
        fail(
                stemcell,
                "Expecting the users with uids from 8000 to 8010 on NAME to have locked passwords\n  but these do not: bert, cora, open",
                () -> assertThat(stemcell).users().withUidBetween(8000, 8010).haveLockedPasswords());
        fail(
                stemcell,
                "Expecting the users with the uid 8001 on NAME to not match \"is expired\"\n  but these do: anna",
                () -> assertThat(stemcell)
                        .users()
                        .withUid(8001)
                        .noneMatch(user -> user.aging().expires().isPresent(), "is expired"));
        fail(
                stemcell,
                "Expecting the users with the uid 8999 on NAME to be there\n  but there were none",
                () -> assertThat(stemcell).users().withUid(8999).isNotEmpty());
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).users().withUid(0).names().isEmpty()))
                .startsWith("[the users with the uid 0 on NAME] ");
    }

    @Test
    void namesThatAreThereTwice(StemcellContainer stemcell) {
        stemcell.shell("cp -a /etc/passwd /root/passwd; cp -a /etc/group /root/group;"
                        + " echo anna:x:8077:8077::/:/bin/false >> /etc/passwd; echo one:x:8177: >> /etc/group")
                .requireSuccess();
        try {
            fail(
                    stemcell,
                    "Expecting the users on NAME to have unique names\n  but these share one: anna anna \\(anna\\)",
                    () -> assertThat(stemcell).users().haveUniqueNames());
            fail(
                    stemcell,
                    "Expecting the groups on NAME to have unique names\n  but there were: .*",
                    () -> assertThat(stemcell).groups().haveUniqueNames());
        } finally {
            stemcell.shell("cp -a /root/passwd /etc/passwd; cp -a /root/group /etc/group")
                    .requireSuccess();
        }
    }

    @Test
    void linesThatAreNobodys(StemcellContainer stemcell) {
        stemcell.shell("for f in passwd group shadow; do cp -a /etc/$f /root/$f; done;"
                        + " echo broken:x >> /etc/passwd; echo broken:x >> /etc/group")
                .requireSuccess();
        try {
            assertThat(message(stemcell, () -> assertThat(stemcell).users().haveUniqueUids()))
                    .isEqualTo("Expecting all lines of /etc/passwd on NAME to be those of users\n"
                            + "  but there was: broken:x");
            assertThat(message(stemcell, () -> assertThat(stemcell).groups().haveUniqueGids()))
                    .isEqualTo("Expecting all lines of /etc/group on NAME to be those of groups\n"
                            + "  but there was: broken:x");
            stemcell.shell("cp -a /root/passwd /etc/passwd; sed -i 's/^anna:.*/anna:secret:x:/' /etc/shadow")
                    .requireSuccess();
            assertThat(message(stemcell, () -> assertThat(stemcell).user("anna").hasPasswordMinDays(1)))
                    .isEqualTo("Expecting the line of anna in /etc/shadow on NAME to be one of a password, shadow(5)\n"
                            + "  but was: anna:...");
        } finally {
            stemcell.shell("for f in passwd group shadow; do cp -a /root/$f /etc/$f; done")
                    .requireSuccess();
        }
    }

    @Test
    void allGroups(StemcellContainer stemcell) {
        assertThat(stemcell).groups().withGid(0).hasOnlyNames("root").haveUniqueGids();
        assertThat(stemcell).groups().withGidBetween(8099, 8100).hasOnlyNames("two", "one");
        assertThat(stemcell).groups().haveUniqueNames();
        assertThat(stemcell).groups().withGid(8100).names().containsExactly("one", "two");

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).groups().withGid(8100).hasOnlyNames("one")))
                .isEqualTo("Expecting the groups with the gid 8100 on NAME to be only one\n  but there were: one, two");
        fail(
                stemcell,
                "Expecting the groups with gids from 8099 to 8100 on NAME to have unique gids\n  but there were: one, two",
                () -> assertThat(stemcell).groups().withGidBetween(8099, 8100).haveUniqueGids());
    }

    @Test
    void howLongAPasswordLasts(StemcellContainer stemcell) {
        assertThat(stemcell)
                .user("anna")
                .hasPasswordMinDays(1)
                .hasPasswordMaxDays(90)
                .hasPasswordWarnDays(7)
                .isExpired();
        assertThat(stemcell)
                .user("bert")
                .hasPasswordHash(PasswordHash.SHA512CRYPT)
                .hasPasswordThatNeverExpires()
                .isNotExpired();
        assertThat(stemcell).user("carl").hasPasswordHash(PasswordHash.YESCRYPT).hasLockedPassword();
        assertThat(stemcell).user("cora").hasEmptyPassword();
        assertThat(stemcell).user("open").hasPasswordHash(PasswordHash.MD5CRYPT);

        assertThat(message(stemcell, () -> assertThat(stemcell).user("anna").hasPasswordMinDays(2)))
                .isEqualTo(
                        "Expecting user anna on NAME to have a password with 2 min days\n"
                                + "  but was: password locked, changed 2024-01-02, min days 1, max days 90, warn days 7, expires 2024-02-03");
        fail(
                stemcell,
                "Expecting user anna on NAME WANTED\n  but was: password locked, changed 2024-01-02, .*",
                expecting(
                        "to have a password with 91 max days",
                        () -> assertThat(stemcell).user("anna").hasPasswordMaxDays(91)),
                expecting(
                        "to have a password with 8 warn days",
                        () -> assertThat(stemcell).user("anna").hasPasswordWarnDays(8)),
                expecting(
                        "to have a password that never expires",
                        () -> assertThat(stemcell).user("anna").hasPasswordThatNeverExpires()),
                expecting(
                        "to have an empty password",
                        () -> assertThat(stemcell).user("anna").hasEmptyPassword()),
                expecting(
                        "to have a password hash by yescrypt",
                        () -> assertThat(stemcell).user("anna").hasPasswordHash(PasswordHash.YESCRYPT)),
                expecting(
                        "to not be expired",
                        () -> assertThat(stemcell).user("anna").isNotExpired()));
        fail(
                stemcell,
                "Expecting user bert on NAME WANTED\n  but was: password set by sha512crypt, .*",
                expecting(
                        "to be expired", () -> assertThat(stemcell).user("bert").isExpired()),
                expecting(
                        "to have a password hash by gost-yescrypt",
                        () -> assertThat(stemcell).user("bert").hasPasswordHash(PasswordHash.GOST_YESCRYPT)));
        fail(
                stemcell,
                "Expecting user anna on NAME to be allowed to use sudo without password\n  but sudo allows nothing",
                () -> assertThat(stemcell).user("anna").mayUseSudoWithoutPassword());
        fail(
                stemcell,
                "Expecting user root on NAME to not be allowed to use sudo\n  but sudo allows .*ALL",
                () -> assertThat(stemcell).user("root").mayNotUseSudo());
        fail(
                stemcell,
                "Expecting user anno on NAME WANTED\n  but there is no such user; the closest names: anna, .*",
                expecting(
                        "to not be expired",
                        () -> assertThat(stemcell).user("anno").isNotExpired()),
                expecting(
                        "to have a password that never expires",
                        () -> assertThat(stemcell).user("anno").hasPasswordThatNeverExpires()));
    }
}
