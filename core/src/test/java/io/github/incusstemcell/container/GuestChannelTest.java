package io.github.incusstemcell.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.GuestChannel;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.InstanceState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is looked at by way of the kept process, beside what an exec and the daemon's file server say. */
@Timeout(120)
class GuestChannelTest {

    private static Stemcells stemcells;
    private static StemcellContainer stemcell;

    private final Instance instance = stemcell.open();
    private final GuestChannel channel = instance.channel();

    @BeforeAll
    static void launch() {
        stemcells = TestMachine.stemcells().connect();
        stemcell = stemcells.launch(TestMachine.spec());
        stemcell.shell("""
                mkdir -p /looks/folder /looks/many && cd /looks
                printf content > file; printf '\\377\\000\\n' > binary; : > empty; touch -d @1000000000 old
                head -c 3000000 /dev/urandom > long
                for i in 1 2 3; do head -c 700000 /dev/urandom > large-$i; done
                chmod 4750 file; chown 12:34 file; chmod 1777 folder
                ln -s file link; ln -s nothing dangling; ln -s circle circle; ln -s /etc/mtab mounts; ln -s folder to-folder
                mkfifo pipe; mknod null c 1 3 2>/dev/null || :
                touch "$(printf 'not-utf-8-\\377')" "$(printf 'line\\nend')" ' '
                for i in $(seq 300); do ln -s "$i" many/$i; done
                """).requireSuccess();
    }

    @AfterAll
    static void close() {
        stemcell.close();
        stemcells.close();
    }

    @BeforeEach
    void open() {
        awaitOpen(channel);
    }

    private static void awaitOpen(GuestChannel channel) {
        do {
            channel.exec(Command.of("true"));
        } while (!channel.isOpen());
    }

    private void awaitInGuest(String condition) {
        instance.exec(Command.of("timeout", "20", "sh", "-c", "until " + condition + "; do sleep 0.05; done"))
                .requireSuccess();
    }

    @AfterEach
    void release() {
        channel.close();
    }

    static Stream<Command> commands() {
        return Stream.of(
                Command.of("true"),
                Command.of("false"),
                Command.of("sh", "-c", "echo out; echo err >&2; exit 125"),
                Command.of("perl", "-e", "binmode STDOUT; print map chr, 0..255"),
                Command.of("perl", "-e", "print \"$0 @ARGV\"; exec 'cat', '/proc/self/cmdline'", "--", "a"),
                Command.of("sh", "-c", "yes | head -c 17000000; yes | head -c 17000000 >&2"),
                Command.of("printf", "%s|", "", " ", "a b", "'\"\\$(id)`id`", "line\nend", "ü\u20ac", "*", "-n", "--"),
                Command.of("printf", "%s", "\uD83D\uDE00", "x".repeat(9_000)),
                Command.of("sh", "-c", "printf %s \"$A|$B\"")
                        .environment("A", "x=y\nz")
                        .environment("B", ""),
                Command.of("sh", "-c", "env | grep -v INCUS_STEMCELL_COMMAND | sort"),
                Command.of("sh", "-c", "pwd; id; umask; ulimit -a; cat"),
                Command.of(
                        "grep",
                        "-E",
                        "^(Cap|Sig(Blk|Ign|Cgt)|NoNewPrivs|Seccomp|Groups|Cpus_allowed)",
                        "/proc/self/status"),
                Command.of("cat", "/proc/self/cgroup", "/proc/self/oom_score_adj", "/proc/self/uid_map"),
                Command.of(
                        "sh",
                        "-c",
                        "readlink /proc/self/ns/* /proc/self/root /proc/self/cwd; ls /proc/self/fd | wc -l"),
                Command.of("no-such-program"),
                Command.of("/etc/passwd"),
                Command.of("sh", "-c", "exit 126"),
                Command.of("sh", "-c", "exit 200"),
                Command.of("sh", "-c", "echo partial; kill -9 $$"),
                Command.of("cat").stdin("input"),
                Command.of("id").user("nobody"),
                Command.of("pwd").workingDirectory("/tmp"),
                Command.of("sleep", "60").timeout(Duration.ofMillis(100)));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void runsCommandsAsAnExecDoes(Command command) {
        ExecResult plain = instance.exec(command);

        ExecResult looked = channel.exec(command);

        assertThat(looked.exitCode()).isEqualTo(plain.exitCode());
        assertThat(looked.stdout()).isEqualTo(plain.stdout());
        assertThat(looked.stdoutBytes()).isEqualTo(plain.stdoutBytes());
        assertThat(looked.stderr()).isEqualTo(plain.stderr());
        assertThat(looked.isTruncated()).isEqualTo(plain.isTruncated());
        assertThat(looked.timedOut()).isEqualTo(plain.timedOut());
        assertThat(channel.isOpen()).isTrue();
    }

    static Stream<Command> scripts() {
        return Stream.of(
                        Command.perl(""),
                        Command.perl("print 'out'; print STDERR 'err'; exit 125"),
                        Command.perl("binmode STDOUT; print map chr, 0..255"),
                        Command.perl("print join '|', @ARGV, shift, $#ARGV", "", "--", "a b", "ü\u20ac", "-n"),
                        Command.perl("print '\u20ac', length '\u20ac'; print \"\\x{20ac}\""),
                        Command.perl("print 'x' x 300_000; print STDERR 'y' x 300_000"),
                        Command.perl("print while <STDIN>; print eof STDIN ? 'end' : 'more'"),
                        Command.perl(
                                "my $own = 1; sub list { $own + shift } print list(2), defined $most, defined &none"),
                        Command.perl("print sort map \"$_=$ENV{$_}\\n\", grep !/^INCUS_STEMCELL_COMMAND/, keys %ENV"),
                        Command.perl(
                                "local $/; open my $status, '<', '/proc/self/status';"
                                        + "print <$status> =~ /^((?:Cap|Sig(?:Blk|Ign|Cgt)|NoNewPrivs|Seccomp|Groups|Uid|Gid).*)/mg"),
                        Command.perl("print map readlink, '/proc/self/root', '/proc/self/cwd', glob '/proc/self/ns/*'"),
                        Command.perl(
                                "opendir my $own, '/proc/self/fd'; system 'ls /proc/self/fd | wc -l'; print umask"),
                        Command.perl("use Socket qw(inet_aton); print unpack 'H*', inet_aton '127.0.0.1'"),
                        Command.perl("use NoSuchModule; print 'here'"),
                        Command.perl("print 'said'; die \"why\\n\""),
                        Command.perl("$! = 3; die 'why'"),
                        Command.perl("warn 'why'; warn \"why\\n\"; open my $file, '<', '/missing'; print $!"),
                        Command.perl("this is no perl"),
                        Command.perl("print 'said'; exit 126"),
                        Command.perl("$| = 1; print 'said'; kill 'KILL', $$"),
                        Command.perl("$SIG{ALRM} = sub { print 'late'; exit 3 }; alarm 1; sleep 60"),
                        Command.perl("print 'end'; END { print 'really' }"),
                        Command.perl("print while <DATA>\n__END__\nbehind"),
                        Command.perl("print $undefined").environment("PERL5OPT", "-w"),
                        Command.perl("print 'here'").timeout(Duration.ofSeconds(30)))
                .flatMap(script -> Stream.of(script, script.environment("LC_ALL", "C")));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void runsScriptsAsAPerlOfTheirOwnDoes(Command script) {
        runsCommandsAsAnExecDoes(script);
    }

    @Test
    void keepsNothingOfAScriptForTheNext() {
        channel.exec(Command.perl("$kept = 1; $/ = 'x'; $0 = 'other'; $SIG{TERM} = 'IGNORE'; chdir '/etc'; umask 0;"
                        + "sub answer { exit 9 } sub kept { 1 } %ENV = (); @ARGV = 1; open STDIN, '<', '/dev/zero'"))
                .requireSuccess();

        runsCommandsAsAnExecDoes(Command.perl(
                "use Cwd; print defined $kept, $/, $SIG{TERM}, getcwd, umask, defined &kept, scalar keys %ENV, @ARGV"));
    }

    static Stream<Command> dependingCommands() {
        return Stream.of(
                Command.of("cat", "/looks/file"),
                Command.of("cat", "/looks/missing"),
                Command.of("sh", "-c", "echo out; echo err >&2"),
                Command.of("sh", "-c", "echo out; exit 3"),
                Command.of("sh", "-c", "yes | head -c 3000000"),
                Command.perl("print 'here'"),
                Command.of("no-such-program"));
    }

    @ParameterizedTest
    @MethodSource("dependingCommands")
    void knowsWhatComesOfCommandsThatDependOnFiles(Command command) {
        for (int run = 0; run < 3; run++) {
            runsCommandsAsAnExecDoes(command.dependingOn("/etc/passwd"));
        }
    }

    /** The program counts its runs, and prints what is in the folder. */
    @Test
    void runsACommandAgainOnceAFileHasChangedOnWhichItDepends() {
        instance.exec(Command.shell("""
                        mkdir -p /depends/in; echo one > /depends/in/a
                        printf '#!/bin/sh\\necho run >> /runs; cat /depends/in/*; echo /depends/m*' > /usr/local/bin/counted
                        chmod 755 /usr/local/bin/counted
                        """)).requireSuccess();
        Command counted = Command.of("counted").dependingOn("/depends/in", "/depends/missing");
        Map<String, String> changes = new LinkedHashMap<>();
        changes.put("true", "one\n/depends/m*\n");
        changes.put("echo six > /depends/in/a; touch -d @1000000000 /depends/in/a", "six\n/depends/m*\n");
        changes.put("echo ten > /depends/in/b; mv /depends/in/b /depends/in/a", "ten\n/depends/m*\n");
        changes.put("echo two > /depends/in/b", "ten\ntwo\n/depends/m*\n");
        changes.put("echo > /depends/missing", "ten\ntwo\n/depends/missing\n");
        changes.put("cp /bin/pwd /usr/local/sbin/counted", "/root\n");
        changes.forEach((change, printed) -> {
            instance.exec(Command.shell(change)).requireSuccess();
            isKnown(counted, printed);
        });
    }

    /** At first what it depends on may have changed so lately that another change could follow unseen. */
    private void isKnown(Command command, String printed) {
        assertThat(channel.exec(command).stdout()).isEqualTo(printed);
        awaitInGuest(
                "[ $(($(date +%s) - $(stat -c %Z /depends/* /depends/in/* /usr/local/*bin/counted | sort -n | tail -1))) -gt 2 ]");
        assertThat(channel.exec(command).stdout()).isEqualTo(printed);
        instance.files().writeString("/runs", "");
        assertThat(channel.exec(command).stdout()).isEqualTo(printed);
        assertThat(instance.files().readString("/runs")).isEmpty();
    }

    @Test
    void runsAScriptWithoutAnotherPerl() {
        assertThat(channel.exec(Command.perl("print $0")).stdout()).isEqualTo(GuestChannel.PROCESS);
    }

    static List<String> paths() {
        return List.of(
                "/",
                "/looks",
                "/looks/file",
                "/looks/binary",
                "/looks/empty",
                "/looks/old",
                "/looks/long",
                "/looks/large-1",
                "/looks/large-2",
                "/looks/large-3",
                "/looks/folder",
                "/looks/link",
                "/looks/dangling",
                "/looks/circle",
                "/looks/mounts",
                "/looks/to-folder",
                "/looks/pipe",
                "/looks/null",
                "/looks/not-utf-8-\uDCFF",
                "/looks/line\nend",
                "/looks/ ",
                "/looks/many",
                "/looks/missing",
                "/looks/file/below",
                "/looks/circle/below",
                "/looks/" + "x".repeat(300),
                "/looks/../looks/file",
                "/etc/mtab",
                "/proc",
                "/proc/1/status",
                "/proc/self",
                "/proc/self/status",
                "/proc/sys/kernel/hostname",
                "/proc/missing",
                "/proc/1/fd/0",
                "/proc/net/unix",
                "/sys",
                "/sys/class/net",
                "/sys/kernel/mm",
                "/dev/null",
                "/dev/log",
                "/run/systemd/private",
                "/root");
    }

    static Stream<Function<GuestFiles, Function<String, Object>>> looks() {
        return Stream.of(
                files -> files::stat,
                files -> files::find,
                files -> files::exists,
                files -> files::isDirectory,
                files -> files::list,
                files -> path -> new String(files.readBytes(path), UTF_8)
                        .replaceAll("(?m)^(Pid|Tgid|NSpid|NStgid|PPid):.*|[0-9]+", ""));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void seesFilesAsTheFileServerDoes(String path) {
        looks().forEach(look -> assertThat(said(look.apply(channel.files()), path))
                .isEqualTo(said(look.apply(instance.files()), path)));
        assertThat(channel.isOpen()).isTrue();
    }

    /** Patterns that lead to few or many of the paths, or to none. */
    static Stream<GuestFiles> prefetched() {
        GuestChannel channel = stemcell.open().channel();
        awaitOpen(channel);
        GuestFiles files = channel.files();
        return Stream.concat(
                Stream.of(files.prefetch(paths().toArray(String[]::new)), files.prefetch()),
                Stream.of(
                                "/looks/*",
                                "/looks/l*",
                                "/looks/[a-z]*[!e]",
                                "/*oks/*",
                                "/looks/*/*",
                                "/looks/file",
                                "/looks/file/*",
                                "/looks/missing/*/x",
                                "/looks/\uDCFF*",
                                "/looks/*\uDCFF",
                                "/looks/[",
                                "/looks/*\nend",
                                "/proc/1/*",
                                "/dev/*",
                                "/*/*/*/*/*",
                                "/*")
                        .flatMap(pattern -> Stream.of(
                                files.prefetchMatching(pattern, false), files.prefetchMatching(pattern, true))));
    }

    @ParameterizedTest
    @MethodSource("prefetched")
    void seesFilesBeforehandAsTheFileServerDoes(GuestFiles seen) {
        for (String path : paths()) {
            looks().forEach(look -> assertThat(said(look.apply(seen), path))
                    .as(path)
                    .isEqualTo(said(look.apply(instance.files()), path)));
        }
    }

    private static Object said(Function<String, Object> look, String path) {
        try {
            return look.apply(path);
        } catch (GuestFileException e) {
            return e.reason() + e.getMessage();
        }
    }

    @Test
    void seesNetworkInterfacesAsTheDaemonDoes() {
        instance.exec(Command.of("sh", "-c", """
                        ip link add near0 type veth peer name far0 && ip link set far0 mtu 1280 up
                        echo 0 > /proc/sys/net/ipv6/conf/far0/disable_ipv6
                        ip addr add 10.9.0.1/24 dev far0 && ip addr add 10.9.0.7/24 dev far0 label far0:x
                        ip addr add 10.9.1.1 peer 10.9.1.2/31 dev far0 && ip addr add 169.254.9.9/16 dev far0
                        ip addr add 2001:db8::1/64 dev far0 nodad && ip addr add ::ffff:10.9.2.1/128 dev far0 nodad
                        ip addr add fe80::7/64 dev far0 nodad && ip addr add 2001:db8::2 peer 2001:db8::3/128 dev far0 nodad
                        ip tuntap add tun0 mode tun && ip addr add 10.9.3.1/32 dev tun0
                        """)).requireSuccess();
        try {
            Map<String, InstanceState.NetworkInterface> plain = instance.state().network();

            assertThat(channel.networkInterfaces().orElseThrow()).isEqualTo(withoutHosts(plain));
            assertThat(plain).containsKeys("lo", "eth0", "near0", "far0", "far0:x", "tun0");
            assertThat(plain.get("far0").addresses()).hasSizeGreaterThan(6);
        } finally {
            instance.exec(Command.of("sh", "-c", "ip link del near0; ip link del tun0"));
        }
    }

    private static Map<String, InstanceState.NetworkInterface> withoutHosts(
            Map<String, InstanceState.NetworkInterface> all) {
        Map<String, InstanceState.NetworkInterface> without = new TreeMap<>(all);
        without.replaceAll((name, link) -> new InstanceState.NetworkInterface(
                link.state(), link.type(), link.hardwareAddress(), "", link.mtu(), link.addresses()));
        return without;
    }

    @Test
    void servesSeveralThreadsAtOnce() {
        List<String> printed = IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> channel.exec(Command.of(
                                "sh",
                                "-c",
                                "head -c $1 /dev/zero | tr '\\0' x; echo $1",
                                "sh",
                                String.valueOf(i * 500)))
                        .requireSuccess()
                        .stdout())
                .toList();

        for (int i = 0; i < 200; i++) {
            assertThat(printed.get(i)).isEqualTo("x".repeat(i * 500) + i * 500 + "\n");
        }
    }

    @Test
    void isNotHeldUpByACommandThatTakesLong() throws Exception {
        Thread slow = new Thread(() -> channel.exec(Command.of("sleep", "1000")));
        slow.start();
        awaitInGuest("pgrep -fx 'sleep 1000'");

        assertThat(channel.exec(Command.of("echo", "here")).stdout()).isEqualTo("here\n");

        slow.interrupt();
        slow.join(10_000);
        assertThat(slow.isAlive()).isFalse();
        awaitInGuest("! pgrep -fx 'sleep 1000'");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void endsWithAllThatItHasStarted() throws Exception {
        String sleeping = "pgrep -P \"$(pgrep -x incus-stemcell)\" -fx 'sleep 2000'";
        Thread slow = new Thread(() -> channel.exec(Command.of("sleep", "2000")));
        slow.start();
        awaitInGuest(sleeping);
        String pid = instance.exec(Command.of("sh", "-c", sleeping)).stdout().strip();

        channel.close();

        awaitInGuest("! pgrep -x incus-stemcell");
        awaitInGuest("! kill -0 " + pid);
        slow.interrupt();
        slow.join(30_000);
        assertThat(slow.isAlive()).isFalse();
    }

    @Test
    void isOpenedOnceMoreWhereItWasKilled() {
        instance.exec(Command.of("pkill", "-9", "-x", "incus-stemcell")).requireSuccess();

        assertThat(channel.exec(Command.of("echo", "here")).stdout()).isEqualTo("here\n");
        awaitOpen(channel);
        assertThat(channel.exec(Command.of("echo", "here")).stdout()).isEqualTo("here\n");
    }

    @Test
    void isOpenedOnceMoreAfterEachBoot() {
        stemcell.files().writeString("/run/before", "");
        stemcell.snapshot("looks");
        List<Runnable> boots = List.of(stemcell::restart, () -> stemcell.restore("looks"), () -> {
            stemcell.powerCut();
            assertThat(stemcell.files().exists("/looks/file")).isTrue();
            stemcell.boot();
        });
        for (Runnable boot : boots) {
            stemcell.inspect(Command.of("touch", "/run/before")).requireSuccess();
            boot.run();
            for (int look = 0; look < 20; look++) {
                assertThat(stemcell.files().exists("/run/before")).isFalse();
                assertThat(stemcell.inspect(Command.of("test", "-e", "/run/before"))
                                .exitCode())
                        .isOne();
            }
        }
    }

    @Test
    void leavesItToTheDaemonToRefuseAFrozenGuest() {
        instance.freeze();
        try {
            assertThatThrownBy(() -> channel.exec(Command.of("true"))).isInstanceOf(IncusException.class);
            assertThat(channel.files().exists("/looks/file")).isTrue();
        } finally {
            instance.unfreeze();
        }
    }

    @Test
    void doesWithoutWherePerlIsMissingOrSaysSomethingElse() {
        for (String perl : List.of("exit 0", "echo nonsense; sleep 100", "printf 'channel\\n'; yes", "sleep 100")) {
            try (GuestChannel other = instance.channel()) {
                instance.files().writeString("/usr/local/bin/perl", "#!/bin/sh\n" + perl + "\n");
                instance.files().setPermissions("/usr/local/bin/perl", 0755);
                for (int look = 0; look < 4; look++) {
                    assertThat(other.exec(Command.of("echo", "here")).stdout()).isEqualTo("here\n");
                    assertThat(other.files().readString("/looks/file")).isEqualTo("content");
                }
            } finally {
                instance.files().delete("/usr/local/bin/perl");
            }
        }
    }
}
