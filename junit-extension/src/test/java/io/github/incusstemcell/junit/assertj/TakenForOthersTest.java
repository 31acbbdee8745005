package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.GuestSocket.unix;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.JournalMark;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of a guest has the name, the place or the form of something else, and is not taken for that. */
@IncusStemcell(scope = Scope.PER_CLASS)
class TakenForOthersTest {

    private static final String SERVICE = "[Service]\nExecStart=/bin/sleep 1000\n";

    /** Starts the manager of the user vcap with units of the user's own. */
    private static void writeUnitsOfVcap(StemcellContainer stemcell) {
        stemcell.shell("""
                set -e
                cd ~vcap && mkdir -p .config/systemd/user && cd .config/systemd/user
                printf '%s' '[Service]
                ExecStart=/bin/sleep 1000
                [Install]
                WantedBy=default.target
                ' > web.service
                printf '%s' '[Service]
                ExecStart=/bin/sleep 1000
                PrivateUsers=yes
                NoNewPrivileges=yes
                ' > cron.service
                chown -R vcap: ~vcap/.config
                """).requireSuccess();
        stemcell.systemd().user("vcap").daemonReload();
        stemcell.systemd().user("vcap").enable("web.service");
    }

    @Test
    void unitsThatStopWithOthersOrAreMaskedDoNotStartAtBoot(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("part", "[Unit]\nPartOf=multi-user.target\n" + SERVICE);
        stemcell.systemd().writeUnit("needed", SERVICE);
        stemcell.systemd().writeUnit("upheld", SERVICE);
        stemcell.systemd().writeDropIn("cron.service", "needs", "[Unit]\nRequisite=needed.service\n");
        stemcell.systemd().writeDropIn("multi-user.target", "upholds", "[Unit]\nUpholds=upheld.service\n");
        stemcell.systemd().start("part");
        stemcell.systemd().mask("rsyslog.service");
        try {
            assertThat(stemcell).unit("part").isActive().doesNotStartAtBoot();
            assertThat(stemcell).unit("needed").doesNotStartAtBoot();
            assertThat(stemcell).unit("rsyslog").doesNotStartAtBoot();
            assertThat(stemcell).unit("upheld").startsAtBoot();
            assertThat(stemcell).unit("default.target").startsAtBoot();
            assertThat(stemcell).unit("system.slice").startsAtBoot();

            fail(
                    stemcell,
                    "(?s)Expecting unit (part|needed|rsyslog).service on NAME to start at boot\n  but was: .*",
                    () -> assertThat(stemcell).unit("part").startsAtBoot(),
                    () -> assertThat(stemcell).unit("needed").startsAtBoot(),
                    () -> assertThat(stemcell).unit("rsyslog").startsAtBoot());
        } finally {
            stemcell.systemd().unmask("rsyslog.service");
        }
    }

    @Test
    void unitsOfUsersStartWithTheirOwnManager(StemcellContainer stemcell) {
        writeUnitsOfVcap(stemcell);

        assertThat(stemcell).userUnit("vcap", "web").startsAtBoot();
        assertThat(stemcell).userUnit("vcap", "cron").doesNotStartAtBoot();
        assertThat(stemcell).unit("cron").startsAtBoot();

        fail(
                stemcell,
                "(?s)Expecting unit web.service of user vcap on NAME to not start at boot\n  but was: .*\n  wanted by: default.target\n.*",
                () -> assertThat(stemcell).userUnit("vcap", "web").doesNotStartAtBoot());
        fail(
                stemcell,
                "(?s)Expecting unit cron.service of user vcap on NAME to start at boot\n  but was: inactive .*\n  wanted by: \n.*",
                () -> assertThat(stemcell).userUnit("vcap", "cron").startsAtBoot());
    }

    @Test
    void unitsOfUsersAreNotThoseOfTheSystem(StemcellContainer stemcell) {
        writeUnitsOfVcap(stemcell);
        stemcell.shell("mkdir -p ~vcap/.config/systemd/user/web.service.d"
                        + " && printf '[Service]\nColour=blue\n' > ~vcap/.config/systemd/user/web.service.d/odd.conf")
                .requireSuccess();
        stemcell.systemd().user("vcap").daemonReload();
        JournalMark mark = stemcell.journal().mark();
        stemcell.systemd().writeUnit("twin", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        stemcell.shell("cp /etc/systemd/system/twin.service /etc/systemd/user/").requireSuccess();
        stemcell.systemd().runUnit("twin", ofSeconds(30)).requireSuccess();

        assertThat(stemcell)
                .userUnit("vcap", "cron")
                .hasSecurityExposureAtMost(9.5)
                .hasValidFiles("cron(8)");
        assertThat(stemcell).unit("twin").hasRestartedSince(mark);
        assertThat(stemcell).userUnit("vcap", "twin").hasNotRestartedSince(mark);
        stemcell.systemd().user("vcap").runUnit("twin", ofSeconds(30)).requireSuccess();
        assertThat(stemcell).userUnit("vcap", "twin").hasRestartedSince(mark);

        fail(
                stemcell,
                "(?s)Expecting unit web.service of user vcap on NAME to have a security exposure of at most 1.0\n  but was: .*"
                        + "\n  security exposure: \\d\\.\\d \\(systemd-analyze --user security web.service says of what\\)\n.*",
                () -> assertThat(stemcell).userUnit("vcap", "web").hasSecurityExposureAtMost(1));
        fail(
                stemcell,
                "(?s)Expecting unit web.service of user vcap on NAME to have valid files\n  but was: .*\n  systemd-analyze: .*Colour.*",
                () -> assertThat(stemcell).userUnit("vcap", "web").hasValidFiles());
    }

    @Test
    void aLoginHasWhatPamGivesIt(StemcellContainer stemcell) {
        stemcell.files().append("/etc/environment", "PROXY_OF_ALL=http://10.9.8.7:3128\n");

        assertThat(stemcell).user("vcap").loginEnvironment().hasValue("PROXY_OF_ALL", "http://10.9.8.7:3128");
        fail(
                stemcell,
                "Expecting the login environment of vcap on NAME to not have PROXY_OF_ALL\n  but was: http://10.9.8.7:3128",
                () -> assertThat(stemcell).user("vcap").loginEnvironment().doesNotHaveKey("PROXY_OF_ALL"));
    }

    @Test
    void settingsBeforeTheirSectionAreNoneOfTheFileBefore(StemcellContainer stemcell) {
        stemcell.files().writeString("/etc/systemd/journald.conf.d/zz-stray.conf", "Storage=persistent\n");
        stemcell.files()
                .writeString(
                        "/etc/systemd/journald.conf.d/zz-whole.conf",
                        "# /etc/systemd/journald.conf\n[Journal]\nRateLimitBurst=7\n");

        assertThat(stemcell)
                .systemdConfiguration("journald.conf")
                .hasValue("Journal.Storage", "volatile")
                .hasValue("Journal.RateLimitBurst", "7")
                .doesNotHaveKey("Storage");
        fail(
                stemcell,
                "Expecting systemd's journald.conf on NAME to have Journal.Storage persistent\n  but was: volatile",
                () -> assertThat(stemcell)
                        .systemdConfiguration("journald.conf")
                        .hasValue("Journal.Storage", "persistent"));
    }

    @Test
    void keysOfSeveralWordsInSections(StemcellContainer stemcell) {
        stemcell.files()
                .writeString("/root/smb.conf", "[global]\nworkgroup = STEMCELL\n  map to guest  =  bad user = x\n");

        assertThat(stemcell)
                .file("/root/smb.conf")
                .ini()
                .hasValue("global.workgroup", "STEMCELL")
                .hasValue("global.map to guest", "bad user = x");
        fail(
                stemcell,
                "Expecting /root/smb.conf on NAME to not have global.map to guest\n  but was: bad user = x",
                () -> assertThat(stemcell).file("/root/smb.conf").ini().doesNotHaveKey("global.map to guest"));
    }

    @Test
    void mountsBeneathOthersAreNotThere(StemcellContainer stemcell) {
        stemcell.shell(
                        "mkdir -p /mnt/data/logs /mnt/database && mount -t tmpfs logs /mnt/data/logs && mount -t tmpfs base /mnt/database"
                                + " && mount -t tmpfs data /mnt/data && mount -t tmpfs one /srv && mount -t ramfs other /srv")
                .requireSuccess();
        try {
            assertThat(stemcell).mount("/mnt/data").hasSource("data");
            assertThat(stemcell).mount("/mnt/database").isMounted();
            assertThat(stemcell).mount("/mnt/data/logs").isNotMounted();
            assertThat(stemcell).mount("/srv").hasType("ramfs");

            fail(
                    stemcell,
                    "Expecting mount /mnt/data/logs on NAME to be mounted\n  but nothing is mounted there; the path is part of the mount"
                            + " /mnt/data, which hides one that is mounted there beneath it; the closest: /mnt/data, .*",
                    () -> assertThat(stemcell).mount("/mnt/data/logs").isMounted());

            stemcell.shell("mkdir /mnt/data/logs && mount -t tmpfs newer /mnt/data/logs")
                    .requireSuccess();
            assertThat(stemcell).mount("/mnt/data/logs").hasSource("newer");
        } finally {
            stemcell.shell("umount /mnt/data/logs /mnt/data /mnt/data/logs /mnt/database /srv /srv");
        }
    }

    @Test
    void unitsByTheirAliases(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("memory.service", SERVICE);
        stemcell.systemd().start("memory.service");

        assertThat(stemcell).journal().ofUnit("syslog").contains("rsyslogd");
        assertThat(stemcell).process("rsyslogd").isPartOfUnit("syslog").isPartOfUnit("rsyslog.service");
        assertThat(stemcell).socket(unix("/run/systemd/journal/syslog")).isOwnedByUnit("syslog.service");
        assertThat(stemcell).processes().ofUnit("memory").hasOnlyNames("sleep");

        fail(
                stemcell,
                "(?s)Expecting the journal of NAME, unit syslog to not contain \"rsyslogd\"\n  but there are .*",
                () -> assertThat(stemcell).journal().ofUnit("syslog").doesNotContain("rsyslogd"));
    }

    @Test
    void processesOfAUnitThatIsNotThere(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("idle", SERVICE);

        assertThat(stemcell).processes().ofUnit("idle").isEmpty();
        fail(
                stemcell,
                "Expecting unit idel.service on NAME to exist\n  but there is no such unit; the closest names: .*idle.service.*",
                () -> assertThat(stemcell).processes().ofUnit("idel").isEmpty(),
                () -> assertThat(stemcell).processes().ofUnit("idel").hasSize(0));
        for (String unit : List.of("system.slice", "ssh.socket")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> assertThat(stemcell).processes().ofUnit(unit))
                    .withMessage("Not a service or a scope, of which processes are part: '" + unit + "'");
        }
    }

    @Test
    void filesWithWhatPatternsAreMadeOf(StemcellContainer stemcell) {
        stemcell.shell("""
                set -e
                mkdir -p /tmp/odd/DEBIAN /tmp/odd/usr/lib/systemd/system /tmp/odd/opt
                printf 'Package: odd\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' > /tmp/odd/DEBIAN/control
                touch '/tmp/odd/usr/lib/systemd/system/var-a\\x2db.mount' '/tmp/odd/opt/[x'
                dpkg-deb --build /tmp/odd /tmp/odd.deb
                dpkg --install /tmp/odd.deb
                """).requireSuccess();
        String unit = "/lib/systemd/system/var-a\\x2db.mount";

        assertThat(stemcell).file(unit).isOwnedByPackage("odd");
        assertThat(stemcell).file("/usr" + unit).isOwnedByPackage("odd");
        assertThat(stemcell).file("/opt/[x").isOwnedByPackage("odd");
        assertThat(stemcell).file("/usr/bin/[").isOwnedByPackage("coreutils");
        fail(
                stemcell,
                "Expecting .*x2db.mount on NAME to be owned by no package\n  but was: file, .*, of odd",
                () -> assertThat(stemcell).file(unit).isOwnedByNoPackage());
    }

    @Test
    void theFirstOfTwoPasswordsCounts(StemcellContainer stemcell) {
        stemcell.shell("useradd twice && echo 'twice:$6$salt$hash:19000:0:99999:7:::' >> /etc/shadow")
                .requireSuccess();

        assertThat(stemcell).user("twice").hasLockedPassword();
        fail(
                stemcell,
                "Expecting user twice on NAME to have a password hash by sha512crypt\n  but was: password locked, .*",
                () -> assertThat(stemcell).user("twice").hasPasswordHash(PasswordHash.SHA512CRYPT));
        stemcell.shell("sed -i /^twice:/d /etc/shadow /etc/passwd /etc/group /etc/gshadow");
    }

    @Test
    void loopbackOfIpv4InTheFormOfIpv6(StemcellContainer stemcell) {
        stemcell.files().writeString("/root/mapped.pl", """
                use Socket qw(:all);
                socket my $socket, AF_INET6, SOCK_STREAM, 0 or die;
                bind $socket, pack_sockaddr_in6(7777, inet_pton(AF_INET6, "::ffff:127.0.0.53")) or die;
                listen $socket, 5 or die;
                sleep 1000;
                """);
        stemcell.exec("systemd-run", "--unit=mapped", "perl", "/root/mapped.pl").requireSuccess();

        assertThat(stemcell).within(ofSeconds(30)).socket(tcp(7777)).listensOnlyOn("::ffff:127.0.0.53");
        assertThat(stemcell)
                .sockets()
                .beyondLoopback()
                .filteredOn(socket -> socket.port() == 7777, "on 7777")
                .isEmpty();
    }

    @Test
    void answersWithoutABodyAndOnesThatBreakOff(StemcellContainer stemcell) {
        stemcell.files().writeString("/root/web.pl", """
                use Socket;
                socket my $socket, PF_INET, SOCK_STREAM, 0 or die;
                bind $socket, sockaddr_in(8081, INADDR_ANY) or die;
                listen $socket, 5 or die;
                while (accept my $client, $socket) {
                    my $line = <$client>;
                    while (<$client>) { last if /^\\r\\n/ }
                    syswrite $client, "HTTP/1.1 " . ($line =~ m{ /304 } ? "304 Not Modified" : "200 OK") . "\\r\\n"
                        . ($line =~ m{ /short } ? "Content-Length: 1000" : $line =~ m{ /kept} ? "Content-Length: 5" : "Transfer-Encoding: chunked")
                        . "\\r\\n\\r\\n" . ($line =~ m{ /short | /kept } ? "ready" : "");
                    if ($line =~ m{ /kept}) { push @kept, $client } else { close $client }
                }
                """);
        stemcell.exec("systemd-run", "--unit=web", "perl", "/root/web.pl").requireSuccess();
        String url = "http://localhost:8081";
        assertThat(stemcell).within(ofSeconds(30)).socket(tcp(8081)).isListening();

        assertThat(stemcell).http(url + "/").withMethod("HEAD").hasStatus(200);
        assertThat(stemcell).http(url + "/304").hasStatus(304);
        assertThat(stemcell)
                .within(ofSeconds(2))
                .http(url + "/kept")
                .hasBodyContaining("ready")
                .hasStatus(200);
        fail(
                stemcell,
                "(?s)Expecting .*/kept-short inside .*\n  but nobody answers: no answer within 1 s\n.*",
                () -> assertThat(stemcell)
                        .within(ofMillis(500))
                        .http(url + "/kept-short")
                        .answers());
        fail(
                stemcell,
                "(?s)Expecting .* on NAME to answer with a body that contains \"ready\"\n  but nobody answers: .*1000.*",
                () -> assertThat(stemcell).http(url + "/short").hasBodyContaining("ready"),
                () -> assertThat(stemcell).httpFromTest(8081, "/short").hasBodyContaining("ready"));
    }

    @Test
    void rotationsThatLogrotatePassesOver(StemcellContainer stemcell) {
        stemcell.shell("""
                set -e
                cd /etc/logrotate.d
                for name in shared open foreign plain; do
                    printf '/var/log/%s.log {\\n  daily\\n}\\n' $name > $name
                done
                chmod 0664 shared
                chmod 0646 open
                chown vcap foreign
                """).requireSuccess();

        assertThat(stemcell).logRotation("/var/log/plain.log").hasKey("daily");
        fail(
                stemcell,
                "Expecting the rotation of /var/log/(shared|open|foreign).log on NAME to have daily\n  but nothing rotates it; the closest: .*"
                        + "; logrotate passes over /etc/logrotate.d/foreign, /etc/logrotate.d/open, /etc/logrotate.d/shared:"
                        + " not of root, or others may write to it",
                () -> assertThat(stemcell).logRotation("/var/log/shared.log").hasKey("daily"),
                () -> assertThat(stemcell).logRotation("/var/log/open.log").hasKey("daily"),
                () -> assertThat(stemcell).logRotation("/var/log/foreign.log").hasKey("daily"));

        stemcell.shell("cd /etc/logrotate.d && rm shared open foreign plain");
    }

    @Test
    void rotationsInAHiddenFile(StemcellContainer stemcell) {
        stemcell.files().writeString("/etc/logrotate.d/.hidden", "/var/log/hidden.log {\n  daily\n}\n");

        assertThat(stemcell).logRotation("/var/log/hidden.log").hasKey("daily");
        stemcell.exec("rm", "/etc/logrotate.d/.hidden").requireSuccess();
    }

    @Test
    void packagesThatCouldNotBeConfigured(StemcellContainer stemcell) {
        stemcell.shell("""
                set -e
                mkdir -p /tmp/half/DEBIAN /tmp/half/usr/bin
                printf 'Package: half\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' > /tmp/half/DEBIAN/control
                printf '#!/bin/sh\\nexit 1\\n' > /tmp/half/DEBIAN/postinst
                chmod 0755 /tmp/half/DEBIAN/postinst
                touch /tmp/half/usr/bin/half
                dpkg-deb --build /tmp/half /tmp/half.deb
                dpkg --install /tmp/half.deb || test -f /usr/bin/half
                """).requireSuccess();
        try {
            assertThat(stemcell)
                    .packages()
                    .satisfies(all -> all.stream().noneMatch(each -> each.name().equals("half")), "are installed");
            fail(
                    stemcell,
                    "Expecting the installed packages on NAME to not contain half\n  but these were there: half",
                    () -> assertThat(stemcell).packages().doesNotContain("half"));
            fail(
                    stemcell,
                    "Expecting the installed packages on NAME to contain half\n  but these were missing: half",
                    () -> assertThat(stemcell).packages().contains("half"));
            String[] names = stemcell.exec("dpkg-query", "-W", "-f", "${Package}\\n")
                    .stdout()
                    .lines()
                    .filter(name -> !name.equals("half"))
                    .toArray(String[]::new);
            fail(
                    stemcell,
                    "Expecting the installed packages on NAME to be exactly those \\d+ of a list\n"
                            + "  but there were \\d+\n  missing: none\n  not in the list: half",
                    () -> assertThat(stemcell).packages().containsExactly(names));
        } finally {
            stemcell.exec("dpkg", "--purge", "half").requireSuccess();
        }
    }

    @Test
    void addressesWithALabelAreThoseOfTheirInterface(StemcellContainer stemcell) {
        stemcell.shell("ip addr add 198.51.100.77/24 dev eth0 label eth0:vip").requireSuccess();
        try {
            assertThat(stemcell).networkInterface("eth0").hasAddress("198.51.100.77/24");
            fail(
                    stemcell,
                    "Expecting network interface eth0 on NAME to not have the address 198.51.100.77\n  but was: up, .*",
                    () -> assertThat(stemcell).networkInterface("eth0").doesNotHaveAddress("198.51.100.77"));
        } finally {
            stemcell.shell("ip addr del 198.51.100.77/24 dev eth0");
        }
    }

    @Test
    void usersWhosePasswordIsTooOldToBeChanged(StemcellContainer stemcell) {
        stemcell.shell("useradd stale && chage --lastday 2020-01-01 --maxdays 90 --inactive 30 stale"
                        + " && useradd patient && chage --lastday 2020-01-01 --maxdays 90 patient"
                        + " && useradd fresh && chage --lastday 0 --maxdays 90 --inactive 30 fresh")
                .requireSuccess();

        assertThat(stemcell).user("stale").isExpired().neverExpires();
        assertThat(stemcell).user("patient").isNotExpired();
        assertThat(stemcell).user("fresh").isNotExpired();
        fail(
                stemcell,
                "Expecting user stale on NAME to not be expired\n"
                        + "  but was: password locked, changed 2020-01-01, .*max days 90, .*inactive days 30",
                () -> assertThat(stemcell).user("stale").isNotExpired());
        stemcell.shell("for user in stale patient fresh; do userdel $user; done");
    }

    @Test
    void filesByClassesOfLetters(StemcellContainer stemcell) {
        assertThat(stemcell).files("/etc/[[:lower:]]asswd").hasOnlyPaths("/etc/passwd");
        assertThat(stemcell).files("/etc/ssh/ssh_host_[[:alnum:]_]*_key").exist();
        assertThat(stemcell).files("/etc/[![:lower:]]asswd").doNotExist();

        fail(
                stemcell,
                "Expecting the files /etc/\\[\\[:lower:]]asswd on NAME to not exist\n  but there were: /etc/passwd .*",
                () -> assertThat(stemcell).files("/etc/[[:lower:]]asswd").doNotExist());
    }

    @Test
    void usersAndGroupsThatAreInFilesOnly(StemcellContainer stemcell) {
        stemcell.shell("cp /etc/nsswitch.conf /root/nsswitch.conf"
                        + " && sed -i 's/^passwd:.*/passwd: systemd/; s/^group:.*/group: systemd/' /etc/nsswitch.conf")
                .requireSuccess();
        try {
            assertThat(stemcell).user("vcap").exists();
            assertThat(stemcell).userOfNameServices("vcap").doesNotExist();
            assertThat(stemcell).groupOfNameServices("vcap").doesNotExist();

            fail(
                    stemcell,
                    "Expecting user vcap on NAME to exist\n  but there is no such user; .*",
                    () -> assertThat(stemcell).userOfNameServices("vcap").exists());
            fail(
                    stemcell,
                    "Expecting group vcap on NAME to exist\n  but there is no such group; .*",
                    () -> assertThat(stemcell).groupOfNameServices("vcap").exists());
        } finally {
            stemcell.exec("cp", "/root/nsswitch.conf", "/etc/nsswitch.conf").requireSuccess();
        }
    }

    @Test
    void groupsOfSeveralNames(StemcellContainer stemcell) {
        stemcell.shell("groupadd --non-unique --gid 4 as-adm && useradd --groups as-adm reader")
                .requireSuccess();

        assertThat(stemcell).user("reader").isInGroups("as-adm", "adm");
        fail(
                stemcell,
                "Expecting user reader on NAME to not be in the group adm\n  but was: .*groups reader adm as-adm, .*",
                () -> assertThat(stemcell).user("reader").isNotInGroup("adm"));
        stemcell.shell("userdel reader; groupdel as-adm");
    }

    @Test
    void usersAndMembersBehindBlanks(StemcellContainer stemcell) {
        stemcell.shell(
                        "cp /etc/passwd /root/passwd && cp /etc/group /root/group"
                                + " && echo ' toor:x:0:0::/root:/bin/bash' >> /etc/passwd && sed -i 's/^tape:.*/&nobody, vcap/' /etc/group")
                .requireSuccess();
        try {
            assertThat(stemcell).user("toor").hasUid(0);
            assertThat(stemcell).users().withUid(0).hasOnlyNames("root", "toor");
            assertThat(stemcell).user("vcap").isInGroups("tape");
            assertThat(stemcell).group("tape").hasOnlyMembers("nobody", "vcap");
            fail(stemcell, "Expecting user toor on NAME to not exist\n  but was: uid 0, .*", () -> assertThat(stemcell)
                    .user("toor")
                    .doesNotExist());
            fail(
                    stemcell,
                    "Expecting user vcap on NAME to not be in the group tape\n  but was: .*",
                    () -> assertThat(stemcell).user("vcap").isNotInGroup("tape"));
        } finally {
            stemcell.shell("cp /root/passwd /etc/passwd; cp /root/group /etc/group");
        }
    }

    @Test
    void sysctlsThatALaterFileTakesBack(StemcellContainer stemcell) {
        String name = "net.ipv4.conf.lo.rp_filter";
        stemcell.files().writeString("/etc/sysctl.d/zz-1.conf", name + " = 1\nnet.ipv4.conf.*.rp_filter = 1\n");
        stemcell.files().writeString("/etc/sysctl.d/zz-2.conf", "-" + name + "\n");
        try {
            assertThat(stemcell).configuredSysctls().doesNotHaveKey(name).hasValue("net.ipv4.conf.eth0.rp_filter", "1");
            fail(
                    stemcell,
                    "Expecting the configured sysctls on NAME to have net.ipv4.conf.lo.rp_filter 1\n  but there is no .*",
                    () -> assertThat(stemcell).configuredSysctls().hasValue(name, "1"));
        } finally {
            stemcell.shell("rm /etc/sysctl.d/zz-*");
        }
    }

    @Test
    void optionsOfMountsWithABlank(StemcellContainer stemcell) {
        stemcell.shell(
                        "mkdir -p '/mnt/lower part' /mnt/over /mnt/both && mount -t tmpfs over /mnt/over && mkdir /mnt/over/upper /mnt/over/work"
                                + " && mount -t overlay -o 'lowerdir=/mnt/lower part,upperdir=/mnt/over/upper,workdir=/mnt/over/work' both /mnt/both")
                .requireSuccess();
        try {
            assertThat(stemcell).mount("/mnt/both").hasOption("lowerdir=/mnt/lower part");
            fail(
                    stemcell,
                    "Expecting mount /mnt/both on NAME to not have the option lowerdir=/mnt/lower part\n  but was: overlay of both .*",
                    () -> assertThat(stemcell).mount("/mnt/both").doesNotHaveOption("lowerdir=/mnt/lower part"));
        } finally {
            stemcell.shell("umount /mnt/both /mnt/over");
        }
    }

    @Test
    void childrenOfAParentWithALongName(StemcellContainer stemcell) {
        stemcell.shell(
                        "cp /bin/dash /usr/bin/parent-of-a-long-name"
                                + " && systemd-run --unit=family --service-type=exec parent-of-a-long-name -c 'sleep 1000; true'")
                .requireSuccess();

        assertThat(stemcell)
                .within(ofSeconds(30))
                .processes()
                .ofParent("parent-of-a-long-name")
                .hasOnlyNames("sleep");
        assertThat(stemcell).processes().ofParent("parent-of-a-lon").hasOnlyNames("sleep");
        fail(
                stemcell,
                "Expecting the processes of the parent parent-of-a-lon on NAME to be none\n  but there were: sleep.*",
                () -> assertThat(stemcell)
                        .processes()
                        .ofParent("parent-of-a-lon")
                        .isEmpty());
    }

    @Test
    void routesToWhichWhatThrowsPacketsAwayIsPreferred(StemcellContainer stemcell) {
        stemcell.shell(
                        "ip link add demo7 type veth peer name other7 && echo 0 > /proc/sys/net/ipv6/conf/demo7/disable_ipv6 && ip link set other7 up && ip link set demo7 up"
                                + " && ip route add blackhole 198.51.105.0/25 metric 5 && ip route add 198.51.105.0/25 dev demo7 metric 6"
                                + " && ip -6 route add unreachable 2001:db8:9::/48 metric 5 && ip -6 route add 2001:db8:9::/48 dev demo7 metric 6"
                                + " && ip route add blackhole 198.51.105.128/25 metric 6 && ip route add 198.51.105.128/25 dev demo7 metric 5")
                .requireSuccess();
        try {
            assertThat(stemcell).route("198.51.105.0/25").doesNotExist();
            assertThat(stemcell).route("2001:db8:9::/48").doesNotExist();
            assertThat(stemcell)
                    .route("198.51.105.128/25")
                    .usesInterface("demo7")
                    .hasMetric(5);
            fail(
                    stemcell,
                    "Expecting route 198.51.105.0/25 on NAME to exist\n  but there is no such route; there are: .*"
                            + "no way to 198.51.105.0/25 metric 5; .*198.51.105.0/25 dev demo7 metric 6.*",
                    () -> assertThat(stemcell).route("198.51.105.0/25").exists());
        } finally {
            stemcell.shell(
                    "ip link del demo7; ip route del blackhole 198.51.105.0/25; ip route del blackhole 198.51.105.128/25;"
                            + " ip -6 route del unreachable 2001:db8:9::/48");
        }
    }
}
