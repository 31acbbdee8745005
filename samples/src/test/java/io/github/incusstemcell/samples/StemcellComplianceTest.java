package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.tuple;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.Dependency;
import io.github.incusstemcell.systemd.UnitCondition;
import org.junit.jupiter.api.Test;

/**
 * What every stemcell promises its agent and its releases, checked against the specs of those who build them. What differs by {@link
 * Generation} is said where it is checked. {@link BrokenStemcellTest} shows that no check here is idle.
 */
@IncusStemcell(scope = Scope.PER_CLASS)
class StemcellComplianceTest {

    // --- units

    @Test
    void theAgentStartsAtBoot(StemcellContainer stemcell) {
        if (Generation.of(stemcell).supervisesByRunit()) {
            assertThat(stemcell).unit("runit").isEnabled();
            assertThat(stemcell).file("/etc/service/agent").isLinkTo("/etc/sv/agent");
        } else {
            assertThat(stemcell).unit("bosh-agent").isEnabled();
        }
    }

    @Test
    void theAgentIsRestartedWhenItDies(StemcellContainer stemcell) {
        assertThat(stemcell).unit(supervisor(stemcell)).hasProperty("Restart", "always");
    }

    @Test
    void theAgentIsRestartedHoweverOftenItDies(StemcellContainer stemcell) {
        if (Generation.of(stemcell).supervisesByRunit()) {
            // runit has no limit; a unit beside it would have that of systemd.
            assertThat(stemcell).unit("bosh-agent").doesNotExist();
        } else {
            // Without a limit of its own: 500 times in ten seconds is what system.conf allows each unit.
            assertThat(stemcell)
                    .file("/etc/systemd/system.conf")
                    .content()
                    .containsPattern("(?m)^DefaultStartLimitBurst=500$");
            assertThat(stemcell).unit("bosh-agent").hasProperty("StartLimitBurst", "500");
        }
    }

    @Test
    void theAgentsChildrenOutliveIt(StemcellContainer stemcell) {
        assertThat(stemcell).unit(supervisor(stemcell)).hasProperty("KillMode", "process");
    }

    private static String supervisor(StemcellContainer stemcell) {
        return Generation.of(stemcell).supervisesByRunit() ? "runit" : "bosh-agent";
    }

    @Test
    void bpmsLinkIsThereBeforeTheAgent(StemcellContainer stemcell) {
        if (Generation.of(stemcell).hasBpm()) {
            assertThat(stemcell)
                    .unit("bpm-symlink-watcher")
                    .isEnabled()
                    .isOrderedBefore("bosh-agent.service")
                    .hasProperty("Restart", "always");
        } else {
            assertThat(stemcell).unit("bpm-symlink-watcher").doesNotExist();
        }
    }

    @Test
    void monitWaitsForTheAgent(StemcellContainer stemcell) {
        if (Generation.of(stemcell).supervisesByRunit()) {
            assertThat(stemcell).file("/etc/sv/monit/down").exists();
        } else {
            assertThat(stemcell.systemd().unit("monit").conditions())
                    .extracting(UnitCondition::type, UnitCondition::parameter)
                    .contains(tuple("ConditionPathExists", "/var/vcap/data/sys/run"));
        }
    }

    @Test
    void syslogStartsAtBoot(StemcellContainer stemcell) {
        if (Generation.of(stemcell).supervisesByRunit()) {
            assertThat(stemcell).file("/etc/service/rsyslog").isLinkTo("/etc/sv/rsyslog");
        } else {
            // Its alias alone would make it enabled, too.
            assertThat(stemcell).unit("rsyslog").isEnabled().hasDependency(Dependency.WANTED_BY, "multi-user.target");
        }
    }

    @Test
    void theClockIsKeptUnlessItIsTheHosts(StemcellContainer stemcell) {
        switch (Generation.of(stemcell)) {
            case NOBLE_1_165, NOBLE_FIRSTBOOT ->
                assertThat(stemcell).unit("chrony").isEnabled();
            case NOBLE_2026, RESOLUTE -> assertThat(stemcell).unit("chrony").isMasked();
            case JAMMY_2026 ->
                // Its alias alone makes it enabled, and starts nothing.
                assertThat(stemcell)
                        .unit("chrony")
                        .doesNotHaveDependency(Dependency.WANTED_BY, "multi-user.target")
                        .isNotMasked();
        }
    }

    @Test
    void udevRunsUnlessItIsTheHosts(StemcellContainer stemcell) {
        if (Generation.of(stemcell).masksUselessServices()) {
            assertThat(stemcell).unit("systemd-udevd").isMasked();
        } else {
            assertThat(stemcell).unit("systemd-udevd").isNotMasked();
        }
    }

    @Test
    void cronStartsAtBoot(StemcellContainer stemcell) {
        if (Generation.of(stemcell).supervisesByRunit()) {
            assertThat(stemcell).unit("cron").isNotEnabled();
        } else {
            assertThat(stemcell).unit("cron").isEnabled();
        }
    }

    @Test
    void networkdStartsAtBoot(StemcellContainer stemcell) {
        if (Generation.of(stemcell).supervisesByRunit()) {
            // As with chrony, an alias of it stays.
            assertThat(stemcell)
                    .unit("systemd-networkd")
                    .exists()
                    .doesNotHaveDependency(Dependency.WANTED_BY, "multi-user.target");
        } else {
            assertThat(stemcell).unit("systemd-networkd").isEnabled();
        }
    }

    @Test
    void auditdIsThereButLeftToTheAgent(StemcellContainer stemcell) {
        assertThat(stemcell).unit("auditd").isDisabled();
    }

    @Test
    void thereIsNoXinetd(StemcellContainer stemcell) {
        assertThat(stemcell).unit("xinetd").doesNotExist();
    }

    @Test
    void nothingFailedAtBoot(StemcellContainer stemcell) {
        assertThat(stemcell).systemd().hasNoFailedUnits();
    }

    // --- logs

    @Test
    void logsAreRotatedByATimer(StemcellContainer stemcell) {
        assertThat(stemcell).unit("logrotate.timer").isEnabled().isActive();
    }

    @Test
    void logrotateIsConfiguredWell(StemcellContainer stemcell) {
        assertThat(stemcell)
                .command("logrotate", "--debug", "/etc/logrotate.conf")
                .succeeds();
    }

    @Test
    void rsyslogIsConfiguredWell(StemcellContainer stemcell) {
        assertThat(stemcell).command("rsyslogd", "-N", "1").succeeds();
    }

    @Test
    void aLoggedLineReachesSyslogWithAPreciseTime(StemcellContainer stemcell) {
        Generation.startSyslog(stemcell);
        String line = "compliance " + System.nanoTime();
        stemcell.exec("logger", line).requireSuccess();
        assertThat(stemcell)
                .within(ofSeconds(5))
                .file("/var/log/syslog")
                .matches("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{6}[+Z-].* " + line + "$");
    }

    @Test
    void onlySyslogReadsTheLogs(StemcellContainer stemcell) {
        assertThat(stemcell).file("/var/log/syslog").hasModeAtMost(0600);
    }

    @Test
    void theJournalIsKeptInMemory(StemcellContainer stemcell) {
        assertThat(stemcell).systemdConfiguration("journald.conf").hasValue("Journal.Storage", "volatile");
    }

    // --- users

    @Test
    void onlyRootHasTheRightsOfRoot(StemcellContainer stemcell) {
        assertThat(stemcell).users().withUid(0).hasOnlyNames("root");
    }

    @Test
    void systemAccountsHaveNoShell(StemcellContainer stemcell) {
        assertThat(stemcell).users().withUidBetween(1, 999).haveNoLoginShell("sync");
    }

    @Test
    void nobodyButVcapIsAPerson(StemcellContainer stemcell) {
        assertThat(stemcell).users().withUidBetween(1000, 59_999).hasOnlyNames("vcap");
    }

    @Test
    void vcapIsTheUserThatReleasesExpect(StemcellContainer stemcell) {
        assertThat(stemcell).user("vcap").hasUid(1000);
    }

    @Test
    void vcapMayUseSudo(StemcellContainer stemcell) {
        assertThat(stemcell).user("vcap").isInGroups("sudo");
    }

    @Test
    void vcapMayLogInBySsh(StemcellContainer stemcell) {
        assertThat(stemcell).user("vcap").isInGroups("bosh_sshers");
    }

    @Test
    void thereIsAGroupForSudoWithoutPassword(StemcellContainer stemcell) {
        assertThat(stemcell).group("bosh_sudoers").exists();
    }

    // --- files

    @Test
    void passwordsAreForNobody(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/shadow").hasMode(0).hasOwner(0, 0);
    }

    @Test
    void passwordsOfGroupsAreForNobody(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/gshadow").hasMode(0).hasOwner(0, 0);
    }

    @Test
    void onlySuAndSudoLendTheirRights(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/")
                .tree()
                .hasExactlySetuidFiles("/usr/bin/su", "/usr/bin/sudo")
                .hasExactlySetgidFiles();
    }

    @Test
    void nothingIsWritableForEverybody(StemcellContainer stemcell) {
        assertThat(stemcell).file("/").tree().hasNoWorldWritableFiles();
    }

    @Test
    void commandsBelongToRoot(StemcellContainer stemcell) {
        assertThat(stemcell).file("/usr/bin").tree().notOwnedBy("root").isEmpty();
        assertThat(stemcell).file("/usr/sbin").tree().notOwnedBy("root").isEmpty();
    }

    @Test
    void jobsOfCronAreForRootAlone(StemcellContainer stemcell) {
        for (String folder : new String[] {"cron.d", "cron.hourly", "cron.daily", "cron.weekly", "cron.monthly"}) {
            assertThat(stemcell).file("/etc/" + folder).isDirectory().hasMode(0700);
        }
    }

    @Test
    void theTableOfCronIsForRootAlone(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/crontab").hasMode(0600);
    }

    @Test
    void theProgramsOfTheAgentCanBeRun(StemcellContainer stemcell) {
        assertThat(stemcell).file("/var/vcap/bosh/bin/bosh-agent").isFile().hasMode(0755);
        assertThat(stemcell).file("/var/vcap/bosh/bin/monit").isFile().hasMode(0755);
    }

    @Test
    void theAgentLooksForItsSettingsWhereTheyAre(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/var/vcap/bosh/agent.json")
                .json()
                .hasValue(
                        "/Infrastructure/Settings/Sources/0/SettingsPath", "/var/vcap/bosh/warden-cpi-agent-env.json");
    }

    @Test
    void theStemcellSaysItsVersion(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/var/vcap/bosh/etc/stemcell_version")
                .content()
                .matches("[0-9]+(\\.[0-9]+)+\\s*");
    }

    @Test
    void theStemcellSaysFromWhichCommitItCame(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/var/vcap/bosh/etc/stemcell_git_sha1")
                .content()
                .matches("[0-9a-f]{40}\\+?\\s*");
    }

    @Test
    void theStemcellSaysItsOperatingSystem(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/var/vcap/bosh/etc/operating_system")
                .content()
                .isEqualToIgnoringWhitespace("ubuntu");
    }

    @Test
    void namesAreResolvedByWhoIsThereForIt(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/etc/resolv.conf")
                .isLinkTo(
                        Generation.of(stemcell).supervisesByRunit()
                                ? "../run/resolvconf/resolv.conf"
                                : "../run/systemd/resolve/stub-resolv.conf");
    }

    // --- ssh

    @Test
    void sshdListensAtEachAddress(StemcellContainer stemcell) {
        assertThat(stemcell).sshd().values("listenaddress").containsExactlyInAnyOrder("0.0.0.0:22", "[::]:22");
        assertThat(stemcell).socket(tcp(22)).listensOnlyOn("0.0.0.0", "::");
    }

    @Test
    void sshdIsStartedByWhoeverConnectsFirst(StemcellContainer stemcell) {
        if (Generation.of(stemcell).supervisesByRunit()) {
            assertThat(stemcell).unit("ssh").isEnabled().isActive();
            assertThat(stemcell).unit("ssh.socket").isNotEnabled();
        } else {
            assertThat(stemcell).unit("ssh.socket").isEnabled().isActive();
            assertThat(stemcell).unit("ssh").hasDependency(Dependency.REQUIRES, "ssh.socket");
        }
    }

    @Test
    void sshdHasAKeyOfItsOwn(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/ssh/ssh_host_ed25519_key").isFile().hasMode(0600);
    }

    @Test
    void onlyRootReadsTheConfigurationOfSshd(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/ssh/sshd_config").hasMode(0600);
    }

    @Test
    void rootMayNotLogInBySsh(StemcellContainer stemcell) {
        assertThat(stemcell).sshd().hasValue("permitrootlogin", "no");
    }

    @Test
    void passwordsLetNobodyInBySsh(StemcellContainer stemcell) {
        assertThat(stemcell).sshd().hasValue("passwordauthentication", "no");
    }

    @Test
    void onlyAGroupMayLogInBySsh(StemcellContainer stemcell) {
        assertThat(stemcell).sshd().hasOnlyValues("allowgroups", "bosh_sshers");
    }

    @Test
    void sshEncryptsWithStrongCiphersOnly(StemcellContainer stemcell) {
        assertThat(stemcell)
                .sshd()
                .value("ciphers")
                .matches("((aes(128|192|256)-(gcm@openssh\\.com|ctr)|chacha20-\\S+?),?)+");
    }

    @Test
    void sshAuthenticatesWithStrongMacsOnly(StemcellContainer stemcell) {
        assertThat(stemcell)
                .sshd()
                .value("macs")
                .matches("((hmac-sha2-(256|512)|umac-128)(-etm)?(@openssh\\.com)?,?)+");
    }

    // --- packages and the kernel

    @Test
    void thereIsNoTelnet(StemcellContainer stemcell) {
        assertThat(stemcell).packageNamed("telnet").isNotInstalled();
    }

    @Test
    void thereIsNoFtp(StemcellContainer stemcell) {
        assertThat(stemcell).packageNamed("ftp").isNotInstalled();
    }

    @Test
    void thereIsNoNis(StemcellContainer stemcell) {
        assertThat(stemcell).packageNamed("nis").isNotInstalled();
    }

    @Test
    void theAgentCanGuardMonit(StemcellContainer stemcell) {
        assertThat(stemcell).packageNamed("nftables").isInstalled();
    }

    @Test
    void theKernelIsToldToIgnoreRedirects(StemcellContainer stemcell) {
        // The files, because live values belong to the host.
        assertThat(stemcell).configuredSysctls().hasValue("net.ipv4.conf.all.accept_redirects", "0");
    }

    @Test
    void theKernelIsToldToDumpNoPrivilegedCore(StemcellContainer stemcell) {
        assertThat(stemcell).configuredSysctls().hasValue("fs.suid_dumpable", "0");
    }

    @Test
    void modulesOfRareProtocolsAreNotLoaded(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/etc/modprobe.d/blacklist.conf")
                .content()
                .contains("install dccp /bin/true", "install sctp /bin/true", "install rds /bin/true");
    }

    @Test
    void theStemcellIsForContainers(StemcellContainer stemcell) {
        assertThat(stemcell).file("/var/vcap/bosh/etc/infrastructure").content().isEqualToIgnoringWhitespace("warden");
    }

    @Test
    void auditdReadsNoEventsOfTheHost(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/audit/auditd.conf").settings().hasValue("local_events", "no");
    }
}
