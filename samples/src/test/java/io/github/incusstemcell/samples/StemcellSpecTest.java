package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the builders of stemcells check in their images, here on a machine that has booted, each in a few lines and none by a shell.
 * {@code docs/stemcell-specs.md} says which of their specs is which test, and what was left out.
 */
@IncusStemcell(scope = Scope.PER_CLASS)
class StemcellSpecTest {

    // --- accounts

    @Test
    void onlyRootHasTheUidOfRoot(StemcellContainer stemcell) {
        assertThat(stemcell).users().withUid(0).hasOnlyNames("root");
    }

    @Test
    void nobodySharesANumberOrAName(StemcellContainer stemcell) {
        assertThat(stemcell).users().haveUniqueUids().haveUniqueNames();
        assertThat(stemcell).groups().haveUniqueGids().haveUniqueNames();
    }

    @Test
    void noHashIsWhereEverybodyMayReadIt(StemcellContainer stemcell) {
        assertThat(stemcell).users().haveShadowedPasswords();
    }

    @Test
    void nobodyGetsInWithoutAPassword(StemcellContainer stemcell) {
        assertThat(stemcell).users().haveNoEmptyPasswords();
    }

    @Test
    void vcapHasAPasswordForSudo(StemcellContainer stemcell) {
        assertThat(stemcell).user("vcap").isNotExpired().needsPasswordForSudo();
    }

    @Test
    void noPasswordMakesAnybodyAMemberOfAGroup(StemcellContainer stemcell) {
        assertThat(stemcell).groups().haveShadowedPasswords().haveLockedPasswords();
    }

    @Test
    void nothingRunsAsVcapYet(StemcellContainer stemcell) {
        assertThat(stemcell).processes().ofUser("vcap").isEmpty();
    }

    // --- files

    @Test
    void whoLogsInIsWarned(StemcellContainer stemcell) {
        assertThat(stemcell).files("/etc/issue*").contain("Unauthorized use is strictly prohibited.");
    }

    @Test
    void noAccessListWidensWhoReadsPasswords(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/shadow").hasMode(0).hasNoAcl();
        assertThat(stemcell).file("/etc/gshadow").hasMode(0).hasNoAcl();
    }

    @Test
    void noFileTrustsOtherMachines(StemcellContainer stemcell) {
        assertThat(stemcell).file("/").tree().named(".rhosts").isEmpty();
        assertThat(stemcell).file("/").tree().named(".netrc").isEmpty();
        assertThat(stemcell).file("/etc/hosts.equiv").doesNotExist();
    }

    @Test
    void commandsAreRootsAndOnlyRootChangesThem(StemcellContainer stemcell) {
        assertThat(stemcell).file("/usr/bin").tree().notOwnedBy("root").isEmpty();
        assertThat(stemcell).file("/usr/sbin").tree().notOwnedBy("root").isEmpty();
        assertThat(stemcell).file("/usr/bin").tree().withAnyOfMode(0022).isEmpty();
    }

    @Test
    void librariesAreRootsAndOnlyRootChangesThem(StemcellContainer stemcell) {
        assertThat(stemcell).file("/usr/lib").tree().notOwnedBy("root").isEmpty();
        assertThat(stemcell)
                .file("/usr/lib")
                .tree()
                .ofType(FileType.FILE)
                .withAnyOfMode(0022)
                .isEmpty();
    }

    @Test
    void everythingBelongsToSomebody(StemcellContainer stemcell) {
        assertThat(stemcell).file("/").tree().hasNoUnownedFiles();
    }

    @Test
    void passwordsAreForRootAlone(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/shadow").isNotReadableBy("vcap");
        assertThat(stemcell).file("/etc/gshadow").isNotReadableBy("vcap");
    }

    @Test
    void locksLeadToRun(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/var/lock")
                .resolvesTo("/run/lock")
                .followingLinks()
                .isDirectory();
    }

    @Test
    void thePrivateHostKeysAreForRootAlone(StemcellContainer stemcell) {
        assertThat(stemcell)
                .files("/etc/ssh/ssh_host_*_key")
                .areFiles()
                .haveMode(0600)
                .haveOwner("root");
        assertThat(stemcell).files("/etc/ssh/ssh_host_*_key.pub").haveModeAtMost(0644);
    }

    @Test
    void theAgentsSettingsAreJson(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/var/vcap/bosh/agent.json")
                .json()
                .hasValue(
                        "/Infrastructure/Settings/Sources/0/SettingsPath", "/var/vcap/bosh/warden-cpi-agent-env.json");
    }

    @Test
    void theAgentAndMonitCanBeRun(StemcellContainer stemcell) {
        assertThat(stemcell).file("/var/vcap/bosh/bin/bosh-agent").isExecutable();
        assertThat(stemcell).file("/var/vcap/bosh/bin/monit").isExecutable();
    }

    // --- packages

    @Test
    void nothingSpeaksInPlainText(StemcellContainer stemcell) {
        assertThat(stemcell).packages().doesNotContain("telnet", "telnetd", "ftp", "nis", "rsh-client", "talk");
    }

    @Test
    void noPackageIsHeldBack(StemcellContainer stemcell) {
        assertThat(stemcell).packages().areNotOnHold();
    }

    @Test
    void sshdIsThatOfItsPackage(StemcellContainer stemcell) {
        assertThat(stemcell).file("/usr/sbin/sshd").isOwnedByPackage("openssh-server");
    }

    @Test
    void packagesAreUpgradedByNewStemcellsOnly(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/apt/apt.conf.d/02periodic").matches("^APT::Periodic::Enable \"0\";$");
    }

    @Test
    void theSystemIsLinuxOfOneDistribution(StemcellContainer stemcell) {
        assertThat(stemcell).osRelease().hasKey("ID").hasKey("VERSION_ID").hasKey("VERSION_CODENAME");
    }

    // --- services

    @Test
    void theAgentIsStartedAtBoot(StemcellContainer stemcell) {
        boolean byRunit = Generation.of(stemcell).supervisesByRunit();
        assertThat(stemcell).unit(byRunit ? "runit" : "bosh-agent").startsAtBoot();
    }

    @Test
    void auditdIsLeftToTheAgent(StemcellContainer stemcell) {
        assertThat(stemcell).unit("auditd").doesNotStartAtBoot();
        assertThat(stemcell).file("/etc/audit/auditd.conf").settings().hasValue("local_events", "no");
    }

    @Test
    void logsAreRotatedByATimer(StemcellContainer stemcell) {
        assertThat(stemcell).unit("logrotate.timer").startsAtBoot();
    }

    @Test
    void sharedMemoryOutlivesALogin(StemcellContainer stemcell) {
        assertThat(stemcell).systemdConfiguration("logind.conf").hasValue("Login.RemoveIPC", "no");
    }

    // --- logging

    @Test
    void syslogIsRotatedBySize(StemcellContainer stemcell) {
        assertThat(stemcell)
                .logRotation("/var/log/syslog")
                .hasValue("size", "5M")
                .hasValue("rotate", "7")
                .hasKey("compress");
        assertThat(stemcell)
                .logRotation("/var/log/auth.log")
                .hasValue("size", "5M")
                .hasValue("rotate", "4");
    }

    @Test
    void sysstatCollects(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/default/sysstat").settings().hasValue("ENABLED", "\"true\"");
    }

    @Test
    void timesInLogsAreToTheMicrosecond(StemcellContainer stemcell) {
        Generation.startSyslog(stemcell);
        stemcell.exec("logger", "spec").requireSuccess();
        assertThat(stemcell).within(ofSeconds(10)).file("/var/log/syslog").matches("T[0-9:]{8}\\.[0-9]{6}.* spec$");
    }

    @Test
    void rsyslogReadsTheAgentsLog(StemcellContainer stemcell) {
        assertThat(stemcell)
                .files("/etc/rsyslog.d/*.conf")
                .areFiles()
                .haveOwner("root")
                .haveModeAtMost(0644);
        assertThat(stemcell).file("/etc/rsyslog.d").tree().hasFileMatching("bosh-agent\\.log");
    }

    // --- network

    @Test
    void nothingButSshCanBeReachedByTcp(StemcellContainer stemcell) {
        assertThat(stemcell)
                .sockets()
                .beyondLoopback()
                .filteredOn(socket -> socket.protocol().name().startsWith("TCP") && socket.port() != 22, "but ssh")
                .noneMatch(socket -> !RESOLVERS.contains(socket.port()), "is no resolver");
    }

    /** DNS, which resolved answers for containers, and LLMNR. */
    private static final Set<Integer> RESOLVERS = Set.of(53, 5355);

    @Test
    void theKernelIsToldToForwardAndRedirectNothing(StemcellContainer stemcell) {
        assertThat(stemcell)
                .configuredSysctls()
                .hasValue("net.ipv4.ip_forward", "0")
                .hasValue("net.ipv4.conf.all.accept_redirects", "0")
                .hasValue("net.ipv4.conf.all.accept_source_route", "0")
                .hasValue("net.ipv4.conf.all.send_redirects", "0");
    }

    // --- security

    @Test
    void sshLetsInAGroupWithKeysAndNobodyElse(StemcellContainer stemcell) {
        assertThat(stemcell)
                .sshd()
                .hasValue("permitrootlogin", "no")
                .hasValue("passwordauthentication", "no")
                .hasOnlyValues("allowgroups", "bosh_sshers");
    }

    @Test
    void nobodyIsAnExceptionForSsh(StemcellContainer stemcell) {
        assertThat(stemcell).sshdFor("root", "10.0.0.1").hasValue("permitrootlogin", "no");
        assertThat(stemcell).sshdFor("vcap", "10.0.0.1").hasValue("passwordauthentication", "no");
    }

    @Test
    void addressesAndTheKernelsLogAreHidden(StemcellContainer stemcell) {
        assertThat(stemcell)
                .configuredSysctls()
                .hasValue("kernel.randomize_va_space", "2")
                .hasValue("kernel.dmesg_restrict", "1");
    }

    @Test
    void sshHasThreeHostKeys(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/etc/ssh/sshd_config")
                .linesMatching("^HostKey")
                .containsExactlyInAnyOrder(
                        "HostKey /etc/ssh/ssh_host_rsa_key",
                        "HostKey /etc/ssh/ssh_host_ecdsa_key",
                        "HostKey /etc/ssh/ssh_host_ed25519_key");
    }

    @Test
    void theConfigurationOfSshIsForRootAlone(StemcellContainer stemcell) {
        assertThat(stemcell).file("/etc/ssh/sshd_config").isNotReadableBy("vcap");
    }

    @Test
    void privilegedProgramsDumpNoCore(StemcellContainer stemcell) {
        assertThat(stemcell).configuredSysctls().hasValue("fs.suid_dumpable", "0");
    }

    @Test
    void rareProtocolsAreNotLoaded(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/etc/modprobe.d/blacklist.conf")
                .lines()
                .contains("install dccp /bin/true", "install sctp /bin/true", "install rds /bin/true");
    }

    @Test
    void onlySuAndSudoLendTheRightsOfRoot(StemcellContainer stemcell) {
        assertThat(stemcell).file("/").tree().hasExactlySetuidFiles("/usr/bin/su", "/usr/bin/sudo");
    }

    @Test
    void sudoWithoutPasswordIsForOneGroup(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/etc/sudoers")
                .linesMatching("NOPASSWD")
                .singleElement()
                .asString()
                .startsWith("%bosh_sudoers");
        assertThat(stemcell).file("/etc/sudoers.d").tree().hasNoFileMatching("^[^#]*NOPASSWD");
    }
}
