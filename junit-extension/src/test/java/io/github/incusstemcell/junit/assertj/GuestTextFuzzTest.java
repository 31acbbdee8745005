package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.Fuzzer;
import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a guest that lies may have in its files, and its kernel and its programs may say. */
class GuestTextFuzzTest {

    /** Where several texts are read at once. */
    private static final String PART = "\f";

    private static final String PASSWD = "root:x:0:0:root:/root:/bin/bash\nvcap:x:1000:1000:,,,:/home/vcap:/bin/bash\n";
    private static final String GROUP = "root:x:0:\nadm:x:4:syslog,vcap\nvcap:x:1000:\n";
    private static final String SHADOW = "root:*:19000:0:99999:7:::\nvcap:$6$a$b:19000:1:90:7:30:20000:\n";
    private static final String MOUNTS =
            "22 1 0:21 / / rw,relatime shared:1 master:2 - btrfs /dev/loop0 rw,user_subvol_rm_allowed,subvol=/x\n"
                    + "25 22 0:25 / /proc rw,nosuid - proc proc rw\n26 22 0:26 /a\\040b /mnt/a\\040b ro shared:3 - tmpfs none rw\n";

    /** An assertion's failure is ours where we have made it. */
    private static void fuzz(String name, Consumer<String> reader, String... corpus)
            throws IOException, InterruptedException {
        List<byte[]> good = Stream.of(corpus)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        Fuzzer.fuzz(name, good, input -> {
            try {
                reader.accept(new String(input, StandardCharsets.UTF_8));
            } catch (AssertionError e) {
                if (!e.getStackTrace()[0].getClassName().equals(AssertionErrors.class.getName())) {
                    throw e;
                }
            } catch (HttpAnswer.NotHttp | DataFormat.NotOfFormat e) {
                // It says that it cannot be read.
            }
        });
    }

    private static String part(String text, int number) {
        String[] parts = text.split(PART, -1);
        return number < parts.length ? parts[number] : "";
    }

    @Test
    void readsAccounts() throws Exception {
        fuzz(
                "accounts",
                text -> {
                    Accounts accounts = Accounts.of("c1", part(text, 0), part(text, 1), part(text, 2), part(text, 3));
                    accounts.users().forEach(GuestUser::toString);
                    accounts.user("root");
                    accounts.group("vcap");
                    accounts.noSuchUser("vcaq");
                    accounts.allUsers();
                    accounts.allGroups();
                },
                String.join(PART, PASSWD, GROUP, SHADOW, "root:*::\nadm:!:root:vcap,syslog\n"));
        fuzz(
                "getent",
                text -> Accounts.userOfGetent("c1", "vcap", text),
                "vcap:x:1000:1000:,,,:/home/vcap:/bin/bash\n--\n" + GROUP + "--\n"
                        + "vcap:$6$a$b:19000:1:90:7:30:20000:\n--\n");
    }

    @Test
    void readsProcesses() throws Exception {
        String one =
                "/status:Name:\tsystemd\nN/status:State:\tS (sleeping)\nN/status:PPid:\t0\nN/status:Uid:\t0\t0\t0\t0\n"
                        + "N/status:VmRSS:\t    5120 kB\nN/cgroup:0::/init.scope\nN/limits:Max open files            1024                 524288               files     \n"
                        + "N/limits:Max cpu time  unlimited  unlimited  seconds\n"
                        + "N/stat:1 (systemd) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 -5 1 0 8 9 10\n";
        String records = "1/exe:/usr/lib/systemd/systemd (deleted)\0" + "1/fd/3:socket:[123]\0"
                + "1/cmdline:/sbin/init\0" + "1/environ:container=lxc\0";
        fuzz(
                "processes",
                text -> Processes.of("c1", text).entries().forEach(process -> {
                    process.words();
                    process.sockets();
                    process.isNamed("incus-stemcell-x");
                    process.fullName();
                }),
                "99\n1" + one.replace("\nN", "\n1") + "7"
                        + one.replace("\nN", "\n7").replace("PPid:\t0", "PPid:\t1") + "--\n" + records);
    }

    @Test
    void readsTablesOfTheKernel() throws Exception {
        fuzz(
                "mounts",
                text -> {
                    Mounts mounts = Mounts.of("c1", text);
                    mounts.mounts().forEach(mount -> mounts.isBind(mount, "/mnt/x"));
                    mounts.notMounted("/var/log");
                },
                MOUNTS);
        fuzz(
                "usage of mounts",
                text -> MountUsage.Seen.of("c1", text, "").usage().ifPresent(MountUsage::words),
                MOUNTS + "\n4096 2621440 2000000 1900000 655360 600000\n");
        fuzz(
                "sockets of TCP",
                text -> Sockets.of("c1", Protocol.TCP6, text).forEach(ListeningSocket::words),
                "  sl  local_address rem_address   st tx_queue\n   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000"
                        + " 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0\n",
                "   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000"
                        + " 00:00000000 00000000     0        0 12345 1 0 100 0 0 10 0\n");
        fuzz(
                "Unix sockets",
                text -> Sockets.of("c1", Protocol.UNIX, text).forEach(ListeningSocket::words),
                "Num       RefCount Protocol Flags    Type St Inode Path\n"
                        + "0000000000000000: 00000002 00000000 00010000 0001 01 17002 /run/systemd/private\n");
        fuzz(
                "routes",
                text -> Routes.of("c1", text).words(),
                "02000000fe0300010000000008000f00fe000000080005000a0000010800040003000000\n"
                        + "02100000fe0300010000000008000f00fe000000080001000a080000160012000a00fe80000000000000000000000000000900000800040003000000\n"
                        + "02100000fe0300010000000008000f00fe000000080001000a09000008000600070000001c0009001000000003000000080005000a0000030800000002000000\n"
                        + "0a300000fe0300010000000008000f00fe0000001400010020010db8000000000000000000000000080006000004000014000500fe8000000000000000000000000000010800040002000000\n"
                        + "end\n" + "00000100020000004310010000000000060003006f000000\n" + "end\n");
        fuzz(
                "sockets of TCP by netlink",
                text -> ListeningTcp.of("c1", text).ifPresent(all -> all.forEach(ListeningSocket::words)),
                "020a00001f9000007f0000010000000000000000000000000000000000000000000000000000000000000000736000000000000000000000000000000500000000000000c241f100\n"
                        + "end\nend\n");
    }

    @Test
    void readsWhatProgramsPrint() throws Exception {
        fuzz(
                "packages",
                text -> Packages.of("c1", text).notThere("libc7"),
                "ii \tlibc6\t2.41-12\tamd64\nrc \told\t1\tall\nun \tnothing\t\t\n");
        fuzz(
                "nftables",
                text -> FirewallRule.of(text).forEach(FirewallRule::words),
                "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n"
                        + "\t\ttcp dport 22 accept\n\t}\n}\n");
        fuzz(
                "the machine",
                text -> GuestMachine.of("c1", text).words(),
                "c1\nc1\t\n/usr/share/zoneinfo/Etc/UTC\nLANG=C.UTF-8\t\nyes\n");
        fuzz(
                "capabilities",
                hex -> Capabilities.ofHex("c1", hex).toString(),
                "0100000200200000000000000000000000000000");
        Accounts accounts = Accounts.of("c1", PASSWD, GROUP, SHADOW, "");
        fuzz(
                "access lists",
                hex -> AccessList.ofHex("c1", hex, accounts).words(),
                "0200000001000600ffffffff02000400e803000004000400ffffffff10000400ffffffff20000400ffffffff,");
    }

    @Test
    void readsListsOfSudo() throws Exception {
        fuzz(
                "sudo",
                text -> {
                    SudoDefaults defaults =
                            GuestLine.read("options", text, listing -> SudoDefaults.of(listing, List.of("exempt")));
                    SudoTarget target = SudoTarget.asRoot(List.of("/usr/bin/id", "-u"));
                    for (SudoEntry entry : GuestLine.read("rules", text, SudoEntry::allOf)) {
                        entry.words();
                        for (SudoRule rule : entry.rules()) {
                            rule.matches(target);
                            rule.matches(rule.target());
                            defaults.targets(rule).forEach(other -> defaults.asks(rule.tag(), other));
                        }
                    }
                },
                "Matching Defaults entries for ann on vm:\n    exempt_group=exempt, !authenticate\n\n"
                        + "Runas and Command-specific defaults for ann:\n    Defaults>root !authenticate    "
                        + "Defaults!/usr/bin/id -u, /bin/uname \"\" !authenticate, passprompt=\"a, b\"\n\n"
                        + "User ann may run the following commands on vm:\n\nSudoers entry: /etc/sudoers\n"
                        + "    RunAsUsers: #0, %bob\n    RunAsGroups: ALL\n    Options: noexec, !authenticate\n"
                        + "    NotAfter: 20200101000000Z\n    Commands:\n\t!/usr/bin/ls\n"
                        + "\tsha224:aa, sha256:bb= !/usr/bin/s* a\\,b ^c$\n");
    }

    @Test
    void readsConfigurations() throws Exception {
        fuzz(
                "logrotate",
                text -> {
                    LogRotation rotation = LogRotation.of("c1", text);
                    rotation.of("/var/log/syslog");
                    rotation.surroundings("/var/log/sislog");
                },
                "/etc/logrotate.conf\0weekly\nrotate 4\ninclude /etc/logrotate.d\n\0/etc/logrotate.d/rsyslog\0"
                        + "/var/log/syslog /var/log/*.[a-c]\n\"/var/log/x y\"\n{\n\tdaily\n\tpostrotate\n\t\ttrue\n\tendscript\n}\n\0");
        fuzz(
                "os-release",
                text -> Settings.ofShell(text).words("NAMF"),
                "NAME=\"Ubuntu\"\nID='x'\n#c\nVERSION_ID=24.04\n");
        fuzz("sysctl.d", text -> Settings.ofSysctls(text).words("a.b"), "-net.ipv4/x.y = 1  2\nnet/core.a=1\n; c\n");
        fuzz("sections", text -> Settings.ofSections(text).last("A.B"), "[A]\nB=1 \\\n 2\nB=\nB=3\n[C]\nD=\n");
        fuzz("words", text -> Settings.ofWords(text).words("port"), "port 22\nPermitRootLogin no\nx\n");
        fuzz("lines", text -> Settings.ofLines(text).words("x"), "a = b\nc d e\nf\n");
        fuzz("environments", text -> Settings.ofEnvironment(text).words("HOMF"), "HOME=/root\0PATH=/bin:/sbin\0");
        fuzz("YAML", DataFormat.YAML::read, "a: &x [1, 2.5, true, null]\nb: *x\nc: {d: 'e', 2020-01-01: !!str f}\n");
        fuzz("JSON", DataFormat.JSON::read, "{\"a\":[1,2.5e3,true,null],\"b\":\"\\u00e4\"}");
    }

    @Test
    void readsAnswersOfTheNetwork() throws Exception {
        fuzz(
                "HTTP",
                text -> HttpAnswer.of(text.getBytes(StandardCharsets.ISO_8859_1), "GET", true)
                        .words(),
                "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n"
                        + "5;x=y\r\nhello\r\n0\r\n\r\n");
        String header = "495381800001000100000000" + "01610462657461000001" + "0001";
        fuzz(
                "DNS",
                hex -> GuestLine.read(
                        "an answer in hex",
                        hex,
                        text -> DnsMessage.answer(HexFormat.of().parseHex(text), DnsType.MX)),
                header + "c00c000100010000003c00040a000001",
                header + "c00c000f00010000003c0009000a046d61696cc00c");
    }
}
