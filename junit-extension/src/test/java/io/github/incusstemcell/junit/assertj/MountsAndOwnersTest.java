package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
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

/**
 * Mounts and how full they are, access lists and capabilities of files, whose files are, who listens for whom, and how logs are rotated: each
 * assertion so that it holds, and so that it does not.
 */
@IncusStemcell(scope = Scope.PER_CLASS)
class MountsAndOwnersTest {

    @Test
    void howMountsAre(StemcellContainer stemcell) {
        stemcell.shell("mkdir -p /small/a /bound /made && mount -t tmpfs -o size=1m,nr_inodes=100 small /small &&"
                        + " mkdir /small/a && mount --make-private /small && mount --bind /small/a /bound && mount"
                        + " --make-shared /bound && mount -t tmpfs made /made && mount --make-unbindable /made &&"
                        + " head -c 524288 /dev/zero > /small/half")
                .requireSuccess();

        assertThat(stemcell).mount("/small").hasRoot("/").hasPropagation(MountPropagation.PRIVATE);
        assertThat(stemcell).mount("/bound").hasRoot("/a").isBindOf("/small/a").hasPropagation(MountPropagation.SHARED);
        assertThat(stemcell).mount("/made").hasPropagation(MountPropagation.UNBINDABLE);
        stemcell.shell(
                        "mkdir /slave /both && for path in /slave /both; do"
                                + " mount --bind /bound $path && mount --make-slave $path || exit 1; done && mount --make-shared /both")
                .requireSuccess();
        assertThat(stemcell).mount("/slave").hasPropagation(MountPropagation.SLAVE);
        assertThat(stemcell).mount("/both").hasPropagation(MountPropagation.SHARED_SLAVE);
        assertThat(stemcell)
                .mount("/small")
                .usage()
                .hasSizeAtLeast(1 << 20)
                .hasSizeAtMost(1 << 20)
                .isUsedAtMost(50)
                .hasAvailableAtLeast(1 << 19)
                .hasInodesAvailableAtLeast(90)
                .hasInodesUsedAtMost(10)
                .satisfies(usage -> usage.used() == 1 << 19, "is half full");

        String but = "\n  but was: tmpfs of small with .*, private";
        fail(stemcell, "Expecting mount /small on NAME to have the root /a" + but, () -> assertThat(stemcell)
                .mount("/small")
                .hasRoot("/a"));
        fail(stemcell, "Expecting mount /small on NAME to be shared slave" + but, () -> assertThat(stemcell)
                .mount("/small")
                .hasPropagation(MountPropagation.SHARED_SLAVE));
        fail(
                stemcell,
                "Expecting mount /both on NAME WANTED\n  but was: tmpfs of small\\[/a\\] with .*, shared slave",
                expecting(
                        "to be slave",
                        () -> assertThat(stemcell).mount("/both").hasPropagation(MountPropagation.SLAVE)),
                expecting(
                        "to be shared",
                        () -> assertThat(stemcell).mount("/both").hasPropagation(MountPropagation.SHARED)));
        fail(
                stemcell,
                "Expecting mount /slave on NAME WANTED\n  but was: tmpfs of small\\[/a\\] with .*, slave",
                expecting(
                        "to be shared slave",
                        () -> assertThat(stemcell).mount("/slave").hasPropagation(MountPropagation.SHARED_SLAVE)),
                expecting(
                        "to be private",
                        () -> assertThat(stemcell).mount("/slave").hasPropagation(MountPropagation.PRIVATE)));
        MountUsageAssert usage = assertThat(stemcell).mount("/small").usage();
        fail(
                stemcell,
                "Expecting mount /small on NAME WANTED\n"
                        + "  but was: 1048576 bytes, 524288 used \\(50 %\\), 524288 available, 100 files, 97 available"
                        + " \\(3 % used\\)",
                expecting("to have a size of at least 1048577 bytes", () -> usage.hasSizeAtLeast((1 << 20) + 1)),
                expecting("to have a size of at most 1048575 bytes", () -> usage.hasSizeAtMost((1 << 20) - 1)),
                expecting("to be used at most by 49 %", () -> usage.isUsedAtMost(49)),
                expecting("to have at least 524289 bytes available", () -> usage.hasAvailableAtLeast((1 << 19) + 1)),
                expecting("to have at least 98 inodes available", () -> usage.hasInodesAvailableAtLeast(98)),
                expecting("to have at most 2 % of its inodes used", () -> usage.hasInodesUsedAtMost(2)));
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).mount("/smal").usage().hasSizeAtLeast(1)))
                .startsWith("Expecting mount /smal on NAME to have a size of at least 1 bytes\n"
                        + "  but nothing is mounted there; the path is part of the mount /; the closest: /small, ");
    }

    @Test
    void accessLists(StemcellContainer stemcell) {
        stemcell.shell("mkdir /listed && touch /listed/plain").requireSuccess();
        // As setfacl(1), which a stemcell may not have: user::rwx, user:vcap:r--, group::r-x, mask::r-x, other::---
        String entries = "0200000001000700ffffffff02000400e803000004000500ffffffff10000500ffffffff20000000ffffffff";
        for (String attribute : new String[] {"access", "default"}) {
            stemcell.exec(
                            "python3",
                            "-c",
                            "import os; os.setxattr('/listed', 'system.posix_acl_" + attribute + "', bytes.fromhex('"
                                    + entries + "'))")
                    .requireSuccess();
        }

        assertThat(stemcell)
                .file("/listed")
                .hasAclEntry("user:vcap:r--")
                .hasAclEntry("mask::r-x")
                .hasAclEntry("default:group::r-x")
                .hasMode(0750)
                .isReadableBy("vcap")
                .isNotWritableBy("vcap")
                .isNotExecutableBy("vcap")
                .isNotReadableBy("daemon");
        assertThat(stemcell).file("/listed/plain").hasNoAcl();

        String but = "\n"
                + "  but was: directory, mode 0750, owner 0:0, \\d+ bytes, ACL"
                + " user::rwx,user:vcap:r--,group::r-x,mask::r-x,other::---,default:user::rwx,.*";
        fail(stemcell, "Expecting /listed on NAME to have the ACL entry user:vcap:rw-" + but, () -> assertThat(stemcell)
                .file("/listed")
                .hasAclEntry("user:vcap:rw-"));
        fail(stemcell, "Expecting /listed on NAME to have no ACL" + but, () -> assertThat(stemcell)
                .file("/listed")
                .hasNoAcl());
        fail(
                stemcell,
                "Expecting /listed on NAME WANTED\n  but was: directory, mode 0750, .*",
                expecting(
                        "to be not readable by vcap",
                        () -> assertThat(stemcell).file("/listed").isNotReadableBy("vcap")),
                expecting(
                        "to be executable by vcap",
                        () -> assertThat(stemcell).file("/listed").isExecutableBy("vcap")),
                expecting(
                        "to be readable by daemon",
                        () -> assertThat(stemcell).file("/listed").isReadableBy("daemon")));
        fail(
                stemcell,
                "Expecting /listed/plain on NAME to have the ACL entry other::---\n  but was: file, .*, ACL none",
                () -> assertThat(stemcell).file("/listed/plain").hasAclEntry("other::---"));
        assertThatThrownBy(() -> assertThat(stemcell).file("/listed").hasAclEntry("vcap:r"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not an entry of an access list as user:vcap:r-- or default:group:adm:r-x: 'vcap:r'");
    }

    @Test
    void capabilitiesOfATree(StemcellContainer stemcell) {
        stemcell.shell("mkdir -p /capable/in && cp /bin/true /capable/in/one && cp /bin/true /capable/two"
                        + " && setcap cap_net_raw+ep /capable/in/one")
                .requireSuccess();

        assertThat(stemcell).file("/capable").tree().hasExactlyFilesWithCapabilities("/capable/in/one");
        assertThat(stemcell).file("/capable").tree().named("two").hasExactlyFilesWithCapabilities();

        fail(
                stemcell,
                "Expecting /capable on NAME to have no files with capabilities\n"
                        + "  but there were /capable/in/one cap_net_raw=ep",
                () -> assertThat(stemcell).file("/capable").tree().hasExactlyFilesWithCapabilities());
        fail(
                stemcell,
                "Expecting /capable named two on NAME to have capabilities exactly for /capable/two\n"
                        + "  but there were none",
                () -> assertThat(stemcell)
                        .file("/capable")
                        .tree()
                        .named("two")
                        .hasExactlyFilesWithCapabilities("/capable/two"));
    }

    @Test
    void whoseFilesAre(StemcellContainer stemcell) {
        stemcell.files().writeString("/usr/bin/nobodys", "x");

        assertThat(stemcell).file("/usr/sbin/cron").isOwnedByPackage("cron");
        assertThat(stemcell).file("/bin/ls").isOwnedByPackage("coreutils");
        assertThat(stemcell).file("/usr/bin/ls").isOwnedByPackage("coreutils");
        assertThat(stemcell).file("/usr/bin/nobodys").isOwnedByNoPackage();

        fail(
                stemcell,
                "Expecting /usr/sbin/cron on NAME WANTED\n"
                        + "  but was: file, mode 0755, owner 0:0, \\d+ bytes, of cron",
                expecting(
                        "to be owned by the package anacron",
                        () -> assertThat(stemcell).file("/usr/sbin/cron").isOwnedByPackage("anacron")),
                expecting(
                        "to be owned by no package",
                        () -> assertThat(stemcell).file("/usr/sbin/cron").isOwnedByNoPackage()));
        fail(
                stemcell,
                "Expecting /usr/bin/nobodys on NAME to be owned by the package cron\n"
                        + "  but was: file, mode 0644, owner 0:0, 1 bytes, of no package",
                () -> assertThat(stemcell).file("/usr/bin/nobodys").isOwnedByPackage("cron"));
    }

    @Test
    void packagesAsTheyWereInstalled(StemcellContainer stemcell) {
        stemcell.shell("echo changed >> /etc/crontab; apt-mark hold cron").requireSuccess();

        assertThat(stemcell).packageNamed("cron").isUnmodified("/etc", "/usr/share");
        assertThat(stemcell).packages().hasOnlyOnHold("cron");
        fail(
                stemcell,
                "Expecting the installed packages on NAME to have only anacron on hold\n  but these were: cron",
                () -> assertThat(stemcell).packages().hasOnlyOnHold("anacron"));
        // What the replicas leave out, and what makes them stemcells.
        String[] except = {
            "/usr/share",
            "/etc",
            "/usr/lib/systemd",
            "/lib/systemd",
            "/usr/lib/tmpfiles.d",
            "/usr/lib/os-release",
            "/var",
            "/boot",
            "/usr/bin",
            "/usr/sbin"
        };
        assertThat(stemcell).packages().areUnmodified(except);
        stemcell.shell("echo changed >> /usr/lib/apt/apt-helper").requireSuccess();
        fail(
                stemcell,
                "Expecting the installed packages on NAME to be unmodified except /usr/share .*\n"
                        + "  but dpkg says: \\?\\?5\\?\\?\\?\\?\\?\\? (c )?/usr/lib/apt/apt-helper",
                () -> assertThat(stemcell).packages().areUnmodified(except));
    }

    @Test
    void aGuestOfOtherPackages(StemcellContainer stemcell) {
        stemcell.shell("mkdir -p /lib/apk/db; mv /usr/bin/dpkg-query /usr/bin/dpkg-query.away")
                .requireSuccess();
        try {
            fail(
                    stemcell,
                    "Expecting packages of dpkg on NAME\n"
                            + "  but it has those of apk, in /lib/apk/db, which are not looked at",
                    () -> assertThat(stemcell).packageNamed("telnetd").isNotInstalled());
        } finally {
            stemcell.shell("rmdir /lib/apk/db; mv /usr/bin/dpkg-query.away /usr/bin/dpkg-query")
                    .requireSuccess();
        }
    }

    @Test
    void aGuestOfRpmIsNotAskedByDpkg(StemcellContainer stemcell) {
        stemcell.shell("mkdir /var/lib/rpm; mv /usr/bin/dpkg-query /usr/bin/dpkg-query.away;"
                        + " mv /usr/bin/dpkg /usr/bin/dpkg.away")
                .requireSuccess();
        try {
            String other = "Expecting packages of dpkg on NAME\n"
                    + "  but it has those of rpm, in /var/lib/rpm, which are not looked at";
            for (ThrowingCallable assertion : List.<ThrowingCallable>of(
                    () -> assertThat(stemcell).packageNamed("telnetd").isNotInstalled(),
                    () -> assertThat(stemcell).packages().doesNotContain("telnetd"),
                    () -> assertThat(stemcell).packages().areUnmodified("/etc"),
                    () -> assertThat(stemcell).file("/etc/passwd").isOwnedByNoPackage(),
                    () -> assertThat(stemcell).file("/usr/sbin/sshd").isOwnedByPackage("openssh-server"))) {
                assertThat(message(stemcell, assertion)).isEqualTo(other);
            }
        } finally {
            stemcell.shell("rmdir /var/lib/rpm; mv /usr/bin/dpkg-query.away /usr/bin/dpkg-query;"
                            + " mv /usr/bin/dpkg.away /usr/bin/dpkg")
                    .requireSuccess();
        }
    }

    @Test
    void whoListensForWhom(StemcellContainer stemcell) {
        stemcell.systemd()
                .writeUnit("greet.socket", "[Socket]\nListenStream=127.0.0.1:4711\nListenStream=/run/greet\n");
        stemcell.systemd().writeUnit("greet.service", "[Service]\nExecStart=/bin/sleep 1000\n");
        stemcell.systemd().start("greet.socket");

        assertThat(stemcell).socket(tcp(4711)).isOwnedByUnit("greet.socket");
        assertThat(stemcell).socket(GuestSocket.unix("/run/greet")).isOwnedByUnit("greet.socket");
        fail(
                stemcell,
                "Expecting tcp port 4711 on NAME WANTED\n"
                        + "  but was: tcp 127.0.0.1:4711 by systemd\\[PID\\] of init.scope for greet.socket",
                expecting(
                        "to be owned by the unit ssh.socket",
                        () -> assertThat(stemcell).socket(tcp(4711)).isOwnedByUnit("ssh.socket")),
                expecting(
                        "to be owned by the unit greet.service",
                        () -> assertThat(stemcell).socket(tcp(4711)).isOwnedByUnit("greet")));
        stemcell.systemd().start("greet.service");
        assertThat(stemcell).socket(tcp(4711)).isOwnedByUnit("greet").isOwnedByUnit("greet.socket");
    }

    @Test
    void whichOfSeveralUnitsOfOnePlaceListens(StemcellContainer stemcell) {
        for (String unit : new String[] {"st.socket", "idle.socket", "dg.socket"}) {
            String listens = unit.equals("dg.socket") ? "ListenDatagram" : "ListenStream";
            stemcell.systemd()
                    .writeUnit(
                            unit,
                            "[Socket]\nService=holds.service\n" + listens + "=0.0.0.0:5555\n" + listens
                                    + "=@one-name\n");
        }
        stemcell.systemd().writeUnit("holds.service", "[Service]\nExecStart=/bin/sleep 1000\n");
        stemcell.shell("ln -s st.socket /etc/systemd/system/by-link.socket && systemctl daemon-reload"
                        + " && systemctl start st.socket dg.socket")
                .requireSuccess();

        assertThat(stemcell).socket(tcp(5555)).isOwnedByUnit("st.socket").isOwnedByUnit("by-link.socket");
        assertThat(stemcell).socket(GuestSocket.udp(5555)).isOwnedByUnit("dg.socket");
        fail(
                stemcell,
                "Expecting tcp port 5555 on NAME to be owned by the unit (dg|idle).socket\n"
                        + "  but was: tcp 0.0.0.0:5555 by systemd\\[PID\\] of init.scope for st.socket",
                () -> assertThat(stemcell).socket(tcp(5555)).isOwnedByUnit("dg.socket"),
                () -> assertThat(stemcell).socket(tcp(5555)).isOwnedByUnit("idle.socket"));
        fail(
                stemcell,
                "Expecting udp port 5555 on NAME to be owned by the unit (st|by-link).socket\n"
                        + "  but was: udp 0.0.0.0:5555 by systemd\\[PID\\] of init.scope for dg.socket",
                () -> assertThat(stemcell).socket(GuestSocket.udp(5555)).isOwnedByUnit("st.socket"),
                () -> assertThat(stemcell).socket(GuestSocket.udp(5555)).isOwnedByUnit("by-link.socket"));
        fail(
                stemcell,
                "Expecting unix socket @one-name on NAME to be owned by the unit st.socket\n"
                        + "  but was: unix @one-name by systemd\\[PID\\] of init.scope for (st|dg).socket;"
                        + " unix @one-name by systemd\\[PID\\] of init.scope for (st|dg).socket",
                () -> assertThat(stemcell).socket(GuestSocket.unix("@one-name")).isOwnedByUnit("st.socket"));
    }

    @Test
    void howLogsAreRotated(StemcellContainer stemcell) {
        stemcell.shell("rm -f /etc/logrotate.d/*").requireSuccess();
        stemcell.files()
                .writeString("/etc/logrotate.conf", "weekly\nrotate 4\ncompress\n# daily\ninclude /etc/logrotate.d\n");
        stemcell.files().writeString("/etc/logrotate.d/jobs.dpkg-old", "/var/log/jobs/*.log {\n  hourly\n}\n");
        stemcell.files().writeString("/etc/logrotate.d/jobs", """
                /var/log/jobs/*.log
                "/var/log/two words" {
                    size=15M
                    rotate 7
                    nocompress
                    postrotate
                        kill -HUP 1
                        { true; }
                    endscript
                    copytruncate
                }
                /var/log/plain { daily
                }
                """.replace("{ daily", "{\n    daily"));

        assertThat(stemcell)
                .logRotation("/var/log/jobs/web.log")
                .hasValue("size", "15M")
                .hasValue("rotate", "7")
                .hasKey("copytruncate")
                .doesNotHaveKey("weekly")
                .doesNotHaveKey("compress")
                .values("postrotate")
                .containsExactly("kill -HUP 1", "{ true; }");
        assertThat(stemcell).logRotation("/var/log/two words").hasKey("nocompress");
        assertThat(stemcell)
                .logRotation("/var/log/plain")
                .hasKey("daily")
                .hasValue("rotate", "4")
                .hasKey("compress");

        fail(
                stemcell,
                "Expecting the rotation of /var/log/plain on NAME to have rotate 5\n  but was: 4",
                () -> assertThat(stemcell).logRotation("/var/log/plain").hasValue("rotate", "5"));
        fail(
                stemcell,
                "Expecting the rotation of /var/log/jobs/x/web.log on NAME WANTED\n"
                        + "  but nothing rotates it; the closest: /var/log/jobs/\\*.log, .*",
                expecting("to have daily", () -> assertThat(stemcell)
                        .logRotation("/var/log/jobs/x/web.log")
                        .hasKey("daily")),
                expecting("to not have weekly", () -> assertThat(stemcell)
                        .logRotation("/var/log/jobs/x/web.log")
                        .doesNotHaveKey("weekly")));
        stemcell.files().writeString("/etc/logrotate.conf", "include /opt/rotate\n");
        fail(
                stemcell,
                "Expecting /etc/logrotate.conf to include no more than /etc/logrotate.d, which is all that is read\n"
                        + "  but it includes /opt/rotate",
                () -> assertThat(stemcell).logRotation("/var/log/plain").hasKey("daily"));
    }
}
