package io.github.incusstemcell.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Breaks the traits of a stemcell one by one: for each, the one check of {@link StemcellComplianceTest} that is there for it fails, and
 * no other.
 */
@IncusStemcell(scope = Scope.PER_CLASS)
class BrokenStemcellTest {

    /** Where a file is kept while a broken one stands in its place; not beside it, where its folder's owner would read it. */
    private static final String KEPT = "/root/kept";

    /**
     * What breaks a trait.
     *
     * @param check the name of the check that must notice
     * @param breaking a script for the guest
     * @param mending a script that undoes it
     */
    record Breakage(String check, String breaking, String mending) {

        /** As if systemd had found it so at boot. */
        Breakage reloaded() {
            return new Breakage(
                    check, breaking + " && systemctl daemon-reload", mending + " && systemctl daemon-reload");
        }

        Breakage restarted(String service) {
            return new Breakage(
                    check, breaking + " && systemctl restart " + service, mending + " && systemctl restart " + service);
        }

        @Override
        public String toString() {
            return check + ": " + breaking;
        }
    }

    private static Breakage edited(String check, String path, String sed) {
        String kept = "cp -a " + path + " " + KEPT;
        String changed = " && ! cmp -s " + path + " " + KEPT;
        return new Breakage(check, kept + " && sed -i '" + sed + "' " + path + changed, "cp -a " + KEPT + " " + path);
    }

    private static Breakage opened(String check, String path, String mode, String was) {
        return new Breakage(check, "chmod " + mode + " " + path, "chmod " + was + " " + path);
    }

    private static Breakage added(String check, String path, String content) {
        return new Breakage(check, "printf '" + content + "' > " + path, "rm " + path);
    }

    private static Breakage moved(String check, String path) {
        return new Breakage(check, "mv " + path + " " + KEPT, "mv " + KEPT + " " + path);
    }

    private static Breakage disabled(String check, String unit) {
        return new Breakage(check, "systemctl --quiet disable " + unit, "systemctl --quiet enable " + unit);
    }

    private static Breakage installed(String check, String name) {
        String status = "/var/lib/dpkg/status";
        return edited(
                check,
                status,
                "1i Package: " + name + "\\nStatus: install ok installed\\nVersion: 1\\nArchitecture: all\\n"
                        + "Maintainer: nobody\\nDescription: none\\n");
    }

    /** It is asked for its generation: what breaks a promise differs with who keeps it. */
    private static StemcellContainer stemcell;

    static Stream<Breakage> breakages() {
        return Stream.of(
                        units(), unitsOf(Generation.of(stemcell)), logs(), users(), files(), ssh(), packagesAndKernel())
                .flatMap(List::stream);
    }

    private static List<Breakage> unitsOf(Generation generation) {
        return generation.supervisesByRunit() ? unitsOfRunit() : unitsOfSystemd(generation);
    }

    private static List<Breakage> unitsOfSystemd(Generation generation) {
        String agent = "/usr/lib/systemd/system/bosh-agent.service";
        List<Breakage> breakages = new ArrayList<>(List.of(
                disabled("theAgentStartsAtBoot", "bosh-agent"),
                edited("theAgentIsRestartedWhenItDies", agent, "s/^Restart=always/Restart=no/")
                        .reloaded(),
                edited("theAgentIsRestartedHoweverOftenItDies", agent, "s/^After=/StartLimitBurst=5\\nAfter=/")
                        .reloaded(),
                edited("theAgentIsRestartedHoweverOftenItDies", "/etc/systemd/system.conf", "s/Burst=500/Burst=50/"),
                edited("theAgentsChildrenOutliveIt", agent, "/^KillMode=/d").reloaded(),
                edited(
                                "monitWaitsForTheAgent",
                                "/usr/lib/systemd/system/monit.service",
                                "s#^ConditionPathExists=.*#ConditionPathExists=/var/vcap/data#")
                        .reloaded(),
                // Not disabled: systemd loses sight of a service that gets an alias back while it runs.
                moved("syslogStartsAtBoot", "/etc/systemd/system/multi-user.target.wants/rsyslog.service")
                        .reloaded(),
                disabled("cronStartsAtBoot", "cron"),
                disabled("networkdStartsAtBoot", "systemd-networkd"),
                moved("sshdIsStartedByWhoeverConnectsFirst", "/etc/systemd/system/ssh.service.requires/ssh.socket")
                        .reloaded()));
        if (generation.hasBpm()) {
            breakages.add(edited(
                            "bpmsLinkIsThereBeforeTheAgent",
                            "/usr/lib/systemd/system/bpm-symlink-watcher.service",
                            "/^Before=/d")
                    .reloaded());
        } else {
            breakages.add(addedBpm());
        }
        if (generation.masksUselessServices()) {
            breakages.add(unmasked("theClockIsKeptUnlessItIsTheHosts", "chrony"));
            breakages.add(unmasked("udevRunsUnlessItIsTheHosts", "systemd-udevd"));
        } else {
            breakages.add(disabled("theClockIsKeptUnlessItIsTheHosts", "chrony"));
            breakages.add(masked("udevRunsUnlessItIsTheHosts", "systemd-udevd"));
        }
        return breakages;
    }

    private static List<Breakage> unitsOfRunit() {
        String runit = "/usr/lib/systemd/system/runit.service";
        return List.of(
                disabled("theAgentStartsAtBoot", "runit"),
                moved("theAgentStartsAtBoot", "/etc/service/agent"),
                edited("theAgentIsRestartedWhenItDies", runit, "s/^Restart=always/Restart=no/")
                        .reloaded(),
                added(
                                "theAgentIsRestartedHoweverOftenItDies",
                                "/etc/systemd/system/bosh-agent.service",
                                "[Service]\\nExecStart=/bin/sleep 1000\\n")
                        .reloaded(),
                edited("theAgentsChildrenOutliveIt", runit, "/^KillMode=/d").reloaded(),
                addedBpm(),
                moved("monitWaitsForTheAgent", "/etc/sv/monit/down"),
                moved("syslogStartsAtBoot", "/etc/service/rsyslog"),
                masked("theClockIsKeptUnlessItIsTheHosts", "chrony"),
                masked("udevRunsUnlessItIsTheHosts", "systemd-udevd"),
                enabled("cronStartsAtBoot", "cron"),
                enabled("networkdStartsAtBoot", "systemd-networkd"),
                disabled("sshdIsStartedByWhoeverConnectsFirst", "ssh"));
    }

    private static Breakage addedBpm() {
        return added(
                        "bpmsLinkIsThereBeforeTheAgent",
                        "/etc/systemd/system/bpm-symlink-watcher.service",
                        "[Service]\\nExecStart=/bin/sleep 1000\\n")
                .reloaded();
    }

    private static Breakage enabled(String check, String unit) {
        return new Breakage(check, "systemctl --quiet enable " + unit, "systemctl --quiet disable " + unit);
    }

    private static Breakage masked(String check, String unit) {
        return new Breakage(check, "systemctl --quiet mask " + unit, "systemctl --quiet unmask " + unit);
    }

    private static Breakage unmasked(String check, String unit) {
        return new Breakage(check, "systemctl --quiet unmask " + unit, "systemctl --quiet mask " + unit);
    }

    private static List<Breakage> units() {
        return List.of(
                enabled("auditdIsThereButLeftToTheAgent", "auditd"),
                added(
                                "thereIsNoXinetd",
                                "/etc/systemd/system/xinetd.service",
                                "[Service]\\nExecStart=/bin/sleep 1000\\n")
                        .reloaded(),
                new Breakage(
                        "nothingFailedAtBoot",
                        "! systemd-run --quiet --wait --unit=broken false",
                        "systemctl reset-failed broken"));
    }

    private static List<Breakage> logs() {
        return List.of(
                disabled("logsAreRotatedByATimer", "logrotate.timer"),
                new Breakage(
                        "logsAreRotatedByATimer", "systemctl stop logrotate.timer", "systemctl start logrotate.timer"),
                added("logrotateIsConfiguredWell", "/etc/logrotate.d/broken", "/x {\\n rotate many\\n}\\n"),
                added("rsyslogIsConfiguredWell", "/etc/rsyslog.d/99-broken.conf", "action(type=\"none-such\")\\n"),
                edited(
                                "aLoggedLineReachesSyslogWithAPreciseTime",
                                "/etc/rsyslog.conf",
                                "s/RSYSLOG_FileFormat/RSYSLOG_TraditionalFileFormat/")
                        .restarted("rsyslog"),
                opened("onlySyslogReadsTheLogs", "/var/log/syslog", "0640", "0600"),
                edited(
                        "theJournalIsKeptInMemory",
                        "/etc/systemd/journald.conf.d/00-override.conf",
                        "s/volatile/persistent/"));
    }

    private static List<Breakage> users() {
        String passwd = "/etc/passwd";
        String group = "/etc/group";
        return List.of(
                edited("onlyRootHasTheRightsOfRoot", passwd, "s/^games:x:5:/games:x:0:/"),
                edited("systemAccountsHaveNoShell", passwd, "s#^\\(games:.*\\):/usr/sbin/nologin#\\1:/bin/bash#"),
                edited("nobodyButVcapIsAPerson", passwd, "1a mallory:x:1001:1001::/:/bin/bash"),
                edited("vcapIsTheUserThatReleasesExpect", passwd, "s/^vcap:x:1000:/vcap:x:1001:/"),
                edited("vcapMayUseSudo", group, "s/^\\(sudo:.*:\\)vcap/\\1/"),
                edited("vcapMayLogInBySsh", group, "s/^\\(bosh_sshers:.*:\\)vcap/\\1/"),
                edited("thereIsAGroupForSudoWithoutPassword", group, "/^bosh_sudoers:/d"));
    }

    private static List<Breakage> files() {
        String etc = "/var/vcap/bosh/etc/";
        return List.of(
                opened("passwordsAreForNobody", "/etc/shadow", "0640", "0000"),
                opened("passwordsOfGroupsAreForNobody", "/etc/gshadow", "0640", "0000"),
                opened("onlySuAndSudoLendTheirRights", "/usr/bin/passwd", "4755", "0755"),
                opened("onlySuAndSudoLendTheirRights", "/usr/bin/su", "0755", "4755"),
                opened("nothingIsWritableForEverybody", "/etc/issue", "0666", "0644"),
                new Breakage("commandsBelongToRoot", "chown vcap /usr/bin/wc", "chown root /usr/bin/wc"),
                opened("jobsOfCronAreForRootAlone", "/etc/cron.d", "0755", "0700"),
                opened("theTableOfCronIsForRootAlone", "/etc/crontab", "0644", "0600"),
                opened("theProgramsOfTheAgentCanBeRun", "/var/vcap/bosh/bin/bosh-agent", "0644", "0755"),
                opened("theProgramsOfTheAgentCanBeRun", "/var/vcap/bosh/bin/monit", "0644", "0755"),
                edited("theAgentLooksForItsSettingsWhereTheyAre", "/var/vcap/bosh/agent.json", "s/-env.json/.json/"),
                edited("theStemcellSaysItsVersion", etc + "stemcell_version", "s/.*/unknown/"),
                edited("theStemcellSaysFromWhichCommitItCame", etc + "stemcell_git_sha1", "s/.*//"),
                edited("theStemcellSaysItsOperatingSystem", etc + "operating_system", "s/.*/windows/"),
                new Breakage(
                        "namesAreResolvedByWhoIsThereForIt",
                        "readlink /etc/resolv.conf > /root/kept && ln -sfn ../run/systemd/resolve/resolv.conf /etc/resolv.conf",
                        "ln -sfn \"$(cat /root/kept)\" /etc/resolv.conf"),
                edited("theStemcellIsForContainers", etc + "infrastructure", "s/.*/vsphere/"),
                edited(
                        "auditdReadsNoEventsOfTheHost",
                        "/etc/audit/auditd.conf",
                        "s/^local_events = no/local_events = yes/"));
    }

    private static List<Breakage> ssh() {
        String config = "/etc/ssh/sshd_config";
        String key = "/etc/ssh/ssh_host_ed25519_key";
        return List.of(
                edited("sshdListensAtEachAddress", config, "s/^Port 22/Port 22\\nListenAddress 127.0.0.1/"),
                moved("sshdHasAKeyOfItsOwn", key),
                opened("onlyRootReadsTheConfigurationOfSshd", config, "0644", "0600"),
                edited("rootMayNotLogInBySsh", config, "s/^PermitRootLogin no/PermitRootLogin yes/"),
                edited("passwordsLetNobodyInBySsh", config, "s/^PasswordAuthentication no/PasswordAuthentication yes/"),
                edited("onlyAGroupMayLogInBySsh", config, "/^AllowGroups/d"),
                edited("sshEncryptsWithStrongCiphersOnly", config, "s/^Ciphers /Ciphers aes128-cbc,/"),
                edited("sshAuthenticatesWithStrongMacsOnly", config, "s/^MACs /MACs hmac-sha1,/"));
    }

    private static List<Breakage> packagesAndKernel() {
        String sysctl = "/etc/sysctl.d/60-bosh-sysctl.conf";
        return List.of(
                installed("thereIsNoTelnet", "telnet"),
                installed("thereIsNoFtp", "ftp"),
                installed("thereIsNoNis", "nis"),
                edited(
                        "theAgentCanGuardMonit",
                        "/var/lib/dpkg/status",
                        "/^Package: nftables$/,/^Status:/ s/^Status: .*/Status: deinstall ok config-files/"),
                edited("theKernelIsToldToIgnoreRedirects", sysctl, "/all.accept_redirects/d"),
                edited("theKernelIsToldToDumpNoPrivilegedCore", sysctl, "s/suid_dumpable=0/suid_dumpable=2/"),
                edited("modulesOfRareProtocolsAreNotLoaded", "/etc/modprobe.d/blacklist.conf", "/sctp/d"));
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void failsTheOneCheckThatIsThereForIt(Breakage breakage) {
        stemcell.shell(breakage.breaking()).requireSuccess();
        try {
            assertThat(failing()).containsExactly(breakage.check());
        } finally {
            stemcell.shell(breakage.mending()).requireSuccess();
        }
    }

    @Test
    void everyCheckHasABreakage() {
        assertThat(breakages().map(Breakage::check))
                .containsAll(checks().map(Method::getName).toList())
                .hasSizeGreaterThanOrEqualTo(30);
    }

    private static Stream<Method> checks() {
        return Arrays.stream(StemcellComplianceTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class));
    }

    /** Two at a time: most of a check is waiting for the guest. */
    private static List<String> failing() {
        return checks().parallel()
                .filter(check -> fails(check))
                .map(Method::getName)
                .sorted()
                .toList();
    }

    private static boolean fails(Method check) {
        try {
            check.invoke(new StemcellComplianceTest(), stemcell);
            return false;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof AssertionError) {
                return true;
            }
            throw new IllegalStateException(check.getName() + " broke instead of failing", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
