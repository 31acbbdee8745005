package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What starts at boot, sudo's rules, binds, and connections from the guest: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class BootSudoAndBindsTest {

    @Test
    void whatStartsAtBoot(StemcellContainer stemcell) {
        String service = "[Service]\nExecStart=/bin/sleep 1000\n";
        stemcell.systemd().writeUnit("pulled", service);
        stemcell.systemd().writeUnit("lonely", service);
        // By the target itself, of which nothing makes it enabled.
        stemcell.files().createDirectories("/etc/systemd/system/multi-user.target.d");
        stemcell.files()
                .writeString("/etc/systemd/system/multi-user.target.d/pulls.conf", "[Unit]\nWants=pulled.service\n");
        stemcell.exec("systemctl", "daemon-reload").requireSuccess();

        assertThat(stemcell).unit("pulled").startsAtBoot().isNotEnabled();
        assertThat(stemcell).unit("lonely").doesNotStartAtBoot();
        assertThat(stemcell).unit("syslog.service").startsAtBoot();

        fail(
                stemcell,
                "(?s)Expecting unit lonely.service on NAME to start at boot\n  but was: inactive .*\n  wanted by: \n.*",
                () -> assertThat(stemcell).unit("lonely").startsAtBoot());
        fail(
                stemcell,
                "(?s)Expecting unit pulled.service on NAME to not start at boot\n  but was: .*\n  wanted by: multi-user.target\n.*",
                () -> assertThat(stemcell).unit("pulled").doesNotStartAtBoot());
        fail(
                stemcell,
                "Expecting unit lonley.service on NAME to not start at boot\n  but there is no such unit; the closest names: lonely.service, .*",
                () -> assertThat(stemcell).unit("lonley").doesNotStartAtBoot());
    }

    private static void enabled(StemcellContainer stemcell, String unit, String relation) {
        stemcell.systemd()
                .writeUnit(
                        unit,
                        "[Unit]\n" + relation
                                + "\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        stemcell.systemd().enable(unit);
    }

    @Test
    void whatIsEnabledAndDoesNotStart(StemcellContainer stemcell) {
        enabled(stemcell, "starts", "Conflicts=missing.service");
        enabled(stemcell, "needs", "Requires=missing.service");
        enabled(stemcell, "binds", "BindsTo=needs.service");
        stemcell.systemd().mask("hidden.service");
        enabled(stemcell, "hides", "Requires=hidden.service");
        enabled(stemcell, "against", "Conflicts=multi-user.target");
        enabled(stemcell, "passing", "");
        stemcell.systemd().disable("passing");
        stemcell.exec("systemctl", "enable", "--runtime", "passing").requireSuccess();

        assertThat(stemcell).unit("starts").startsAtBoot();
        for (String name : List.of("against", "passing")) {
            assertThat(stemcell).unit(name).doesNotStartAtBoot();
        }
        String expected = "(?s)Expecting unit %s.service on NAME to start at boot\n  but was: inactive .*\n"
                + "  wanted by: multi-user.target\n  at the next boot: %s\n.*";
        fail(stemcell, expected.formatted("against", "it conflicts with multi-user.target"), () -> assertThat(stemcell)
                .unit("against")
                .startsAtBoot());
        fail(
                stemcell,
                expected.formatted("passing", "what starts it is a link in /run, which is gone then"),
                () -> assertThat(stemcell).unit("passing").startsAtBoot());
        boolean givesUp = Integer.parseInt(stemcell.systemd().version().substring(0, 3)) >= 254;
        Map<String, String> unmet = Map.of(
                "needs", "missing.service, which is not-found",
                "binds", "missing.service, which is not-found",
                "hides", "hidden.service, which is masked");
        unmet.forEach((name, what) -> {
            if (givesUp) {
                assertThat(stemcell).unit(name).doesNotStartAtBoot();
                fail(stemcell, expected.formatted(name, "it needs " + what), () -> assertThat(stemcell)
                        .unit(name)
                        .startsAtBoot());
            } else {
                String untold = "that cannot be told, as it needs " + what
                        + ", in spite of which a systemd before 254 may start it, and this is 252.*";
                fail(
                        stemcell,
                        expected.replace(" to start", " to (not )?start").formatted(name, untold),
                        () -> assertThat(stemcell).unit(name).startsAtBoot(),
                        () -> assertThat(stemcell).unit(name).doesNotStartAtBoot());
            }
        });
        stemcell.restart();
        assertThat(stemcell).unit("starts").isActive();
        for (String name : List.of("against", "passing")) {
            assertThat(stemcell).unit(name).isNotActive();
        }
        if (givesUp) {
            unmet.keySet().forEach(name -> assertThat(stemcell).unit(name).isNotActive());
        } else {
            assertThat(stemcell).unit("needs").isActive();
        }
        stemcell.systemd().disable("needs", "binds", "hides", "against");
    }

    @Test
    void whatMayStartAtBootOrNot(StemcellContainer stemcell) {
        enabled(stemcell, "rival-a", "Conflicts=rival-b.service");
        enabled(stemcell, "rival-b", "");
        stemcell.files()
                .writeString(
                        "/usr/lib/systemd/system/asleep.service",
                        "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        stemcell.systemd().daemonReload();
        stemcell.systemd().enable("asleep");
        stemcell.systemd().writeUnit("linked", "[Service]\nExecStart=/bin/sleep 1000\n");
        stemcell.shell("systemctl mask --runtime asleep"
                        + " && ln -s ../linked.service /etc/systemd/system/multi-user.target.wants/")
                .requireSuccess();

        String expected = "(?s)Expecting unit %s.service on NAME to (not )?start at boot\n  but was: .*\n"
                + "  wanted by: .*\n  at the next boot: that cannot be told, as %s\n.*";
        fail(
                stemcell,
                expected.formatted(
                        "rival-[ab]",
                        "it conflicts with rival-[ab].service, which starts, too: systemd leaves out one of both"),
                () -> assertThat(stemcell).unit("rival-a").startsAtBoot(),
                () -> assertThat(stemcell).unit("rival-a").doesNotStartAtBoot(),
                () -> assertThat(stemcell).unit("rival-b").startsAtBoot());
        fail(
                stemcell,
                expected.formatted("asleep", "it is masked until the next boot only"),
                () -> assertThat(stemcell).unit("asleep").startsAtBoot(),
                () -> assertThat(stemcell).unit("asleep").doesNotStartAtBoot());
        fail(
                stemcell,
                expected.formatted(
                        "linked",
                        "systemd has not read the link to it of multi-user.target yet: it needs a daemon-reload"),
                () -> assertThat(stemcell).unit("linked").startsAtBoot(),
                () -> assertThat(stemcell).unit("linked").doesNotStartAtBoot());
        stemcell.systemd().disable("rival-a");
        stemcell.shell("systemctl unmask --runtime asleep && systemctl daemon-reload")
                .requireSuccess();

        assertThat(stemcell).unit("rival-a").doesNotStartAtBoot();
        assertThat(stemcell).unit("rival-b").startsAtBoot();
        assertThat(stemcell).unit("asleep").startsAtBoot();
        assertThat(stemcell).unit("linked").startsAtBoot();
    }

    @Test
    void whatIsGeneratedToStartAtBoot(StemcellContainer stemcell) {
        stemcell.files().createDirectories("/etc/systemd/system-generators");
        stemcell.files().writeString("/etc/systemd/system-generators/demo", """
                #!/bin/sh
                printf '[Service]\\nExecStart=/bin/sleep 1000\\n' | tee "$1/made.service" > "$1/idle.service"
                mkdir -p "$1/multi-user.target.wants" && ln -s ../made.service "$1/multi-user.target.wants/"
                # Newer versions of systemd have none for scripts of SysV.
                [ ! -e /usr/lib/systemd/system-generators/systemd-sysv-generator ] || exit 0
                for name in old older; do
                    printf '[Unit]\\nSourcePath=/etc/init.d/%s\\n[Service]\\nExecStart=/etc/init.d/%s start\\n' $name $name > "$3/$name.service"
                done
                mkdir -p "$3/multi-user.target.wants" && ln -s ../old.service "$3/multi-user.target.wants/"
                """);
        for (String name : new String[] {"old", "older"}) {
            stemcell.files().writeString("/etc/init.d/" + name, """
                    #!/bin/sh
                    ### BEGIN INIT INFO
                    # Provides: %s
                    # Required-Start:
                    # Required-Stop:
                    # Default-Start: 2 3 4 5
                    # Default-Stop: 0 1 6
                    ### END INIT INFO
                    """.formatted(name));
        }
        stemcell.shell("chmod 755 /etc/systemd/system-generators/demo /etc/init.d/old /etc/init.d/older"
                        + " && for level in 2 3 4 5; do mkdir -p /etc/rc$level.d && ln -s ../init.d/old /etc/rc$level.d/S01old"
                        + " || exit 1; done && systemctl daemon-reload")
                .requireSuccess();

        assertThat(stemcell).unit("made").isGenerated().startsAtBoot();
        assertThat(stemcell).unit("idle").isGenerated().doesNotStartAtBoot();
        assertThat(stemcell).unit("old").isGenerated().startsAtBoot();
        assertThat(stemcell).unit("older").isGenerated().doesNotStartAtBoot();

        fail(
                stemcell,
                "(?s)Expecting unit (made|old).service on NAME to not start at boot\n  but was: inactive .*\n  wanted by: .*multi-user.target.*",
                () -> assertThat(stemcell).unit("made").doesNotStartAtBoot(),
                () -> assertThat(stemcell).unit("old").doesNotStartAtBoot());
        fail(
                stemcell,
                "(?s)Expecting unit (idle|older).service on NAME to start at boot\n  but was: inactive .*\n  wanted by: \n.*",
                () -> assertThat(stemcell).unit("idle").startsAtBoot(),
                () -> assertThat(stemcell).unit("older").startsAtBoot());
    }

    @Test
    void whatSudoAllows(StemcellContainer stemcell) {
        stemcell.shell(
                        "useradd free && useradd asked && useradd none"
                                + " && printf 'free ALL=(root) NOPASSWD: /bin/ls\\nasked ALL=(ALL) ALL\\n' > /etc/sudoers.d/them"
                                + " && chmod 440 /etc/sudoers.d/them && grep -q includedir /etc/sudoers || echo '@includedir /etc/sudoers.d' >> /etc/sudoers")
                .requireSuccess();

        assertThat(stemcell).user("free").mayUseSudo().mayUseSudoWithoutPassword();
        assertThat(stemcell).user("asked").mayUseSudo().needsPasswordForSudo();
        assertThat(stemcell).user("none").mayNotUseSudo();

        assertThat(message(stemcell, () -> assertThat(stemcell).user("free").needsPasswordForSudo()))
                .isEqualTo("Expecting user free on NAME to need a password for sudo\n"
                        + "  but sudo allows (root) NOPASSWD: /bin/ls");
        assertThat(message(stemcell, () -> assertThat(stemcell).user("none").mayUseSudo()))
                .isEqualTo("Expecting user none on NAME to be allowed to use sudo\n  but sudo allows nothing");
        fail(
                stemcell,
                "Expecting user asked on NAME to .*\n  but sudo allows \\(ALL\\) ALL",
                () -> assertThat(stemcell).user("asked").mayNotUseSudo(),
                () -> assertThat(stemcell).user("asked").mayUseSudoWithoutPassword());
        fail(
                stemcell,
                "Expecting user asker on NAME to exist\n  but there is no such user; .*",
                () -> assertThat(stemcell).user("asker").mayNotUseSudo());
    }

    @Test
    void whatSudoAllowsWhereItIsToldNotToAsk(StemcellContainer stemcell) {
        stemcell.shell("useradd unasked && useradd still && printf 'Defaults:unasked,still !authenticate\\n"
                        + "unasked ALL=(ALL) ALL\\nstill ALL=(ALL) PASSWD: ALL\\n' > /etc/sudoers.d/unasked"
                        + " && chmod 440 /etc/sudoers.d/unasked"
                        + " && grep -q includedir /etc/sudoers || echo '@includedir /etc/sudoers.d' >> /etc/sudoers")
                .requireSuccess();

        assertThat(stemcell).user("unasked").mayUseSudoWithoutPassword();
        assertThat(stemcell).user("still").needsPasswordForSudo();
        assertThat(message(stemcell, () -> assertThat(stemcell).user("unasked").needsPasswordForSudo()))
                .isEqualTo("Expecting user unasked on NAME to need a password for sudo\n"
                        + "  but sudo allows (ALL) ALL, without authentication");
    }

    @Test
    void whatIsBound(StemcellContainer stemcell) {
        stemcell.shell(
                        "mkdir -p /bind/from/sub /bind/to /bind/tmp /bind/sub && mount --bind /bind/from /bind/to"
                                + " && mount -t tmpfs tmpfs /bind/tmp && mkdir /bind/tmp/x && mount --bind /bind/tmp/x /bind/sub")
                .requireSuccess();

        assertThat(stemcell).mount("/bind/to").isBindOf("/bind/from");
        assertThat(stemcell).mount("/bind/sub").isBindOf("/bind/tmp/x");
        stemcell.exec("ln", "-s", "/bind/tmp", "/bind/link").requireSuccess();
        assertThat(stemcell).mount("/bind/sub").isBindOf("/bind/link/x");

        fail(
                stemcell,
                "Expecting mount /bind/sub on NAME to be a bind of /bind/.*\n  but was: tmpfs of tmpfs\\[/x\\] with .*",
                () -> assertThat(stemcell).mount("/bind/sub").isBindOf("/bind/tmp"),
                () -> assertThat(stemcell).mount("/bind/sub").isBindOf("/bind/link"),
                () -> assertThat(stemcell).mount("/bind/sub").isBindOf("/bind/from"),
                () -> assertThat(stemcell).mount("/bind/sub").isBindOf("/bind/sub"));
        fail(
                stemcell,
                "Expecting mount /bind/from on NAME to be a bind of /bind/to\n  but nothing is mounted there; .*",
                () -> assertThat(stemcell).mount("/bind/from").isBindOf("/bind/to"));
    }

    @Test
    void connectionsFromTheGuest(StemcellContainer stemcell) {
        assertThat(stemcell).host("localhost").acceptsTcp(22).doesNotAcceptTcp(4799);
        assertThat(stemcell).within(ofSeconds(5)).host("localhost").acceptsTcp(22);

        fail(
                stemcell,
                "Expecting host localhost on NAME to accept connections to tcp port 4799\n"
                        + "  but it did not accept a connection: (.*, )?Connection refused(, .*)?",
                () -> assertThat(stemcell).host("localhost").acceptsTcp(4799));
        fail(
                stemcell,
                "(?s)Expecting host no-such-host on NAME to resolve\n  but it does not resolve\n.*",
                () -> assertThat(stemcell).host("no-such-host").doesNotAcceptTcp(4799));
        assertThat(message(
                        stemcell, () -> assertThat(stemcell).host("localhost").doesNotAcceptTcp(22)))
                .isEqualTo("Expecting host localhost on NAME to not accept connections to tcp port 22\n"
                        + "  but it accepted a connection");
    }
}
