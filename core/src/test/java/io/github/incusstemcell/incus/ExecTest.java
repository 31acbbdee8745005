package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.TestDaemon.Way;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ExecTest {

    @Nested
    class OverTheSocket extends Contract {
        OverTheSocket() {
            super(Way.SOCKET);
        }

        @Test
        void tellsEachExitCodeThereIs() throws Exception {
            List<Integer> all = IntStream.rangeClosed(0, 255).boxed().toList();
            List<Integer> told = new ArrayList<>();
            for (int first = 0; first <= 255; first += 8) {
                List<CompletableFuture<ExecResult>> results = IntStream.range(first, first + 8)
                        .mapToObj(code -> inAThread(() -> instance().exec(Command.shell("exit " + code))))
                        .toList();
                for (CompletableFuture<ExecResult> result : results) {
                    told.add(result.get(2, TimeUnit.MINUTES).exitCode());
                }
            }

            assertThat(told).isEqualTo(all);
        }

        @Test
        void feedsAGibibyteInConstantMemory() {
            SmallHeap.require();

            ExecResult result = instance().exec(Command.of("wc", "-c").stdin(new Zeros(1L << 30)));

            assertThat(result.stdout()).isEqualTo((1L << 30) + "\n");
        }
    }

    @Nested
    class OverHttps extends Contract {
        OverHttps() {
            super(Way.HTTPS);
        }
    }

    @Nested
    class AsAMemberOfGroupIncus extends Contract {
        AsAMemberOfGroupIncus() {
            super(Way.GROUP_INCUS);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract {

        private final TestDaemon daemon;
        private final Instance instance;

        Contract(Way way) {
            daemon = new TestDaemon(way);
            instance = daemon.started();
        }

        @AfterAll
        void delete() {
            daemon.close();
        }

        Instance instance() {
            return instance;
        }

        private String run(String... argv) {
            return instance.exec(Command.of(argv)).requireSuccess().stdout();
        }

        @Test
        void keepsStreamsApart() {
            ExecResult result = instance.exec(Command.shell("echo out; echo err >&2; exit 3"));

            assertThat(result.stdout()).isEqualTo("out\n");
            assertThat(result.stderr()).isEqualTo("err\n");
            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(result.isSuccess()).isFalse();
            assertThat(result.timedOut()).isFalse();
            assertThat(result.duration()).isPositive();
        }

        @Test
        void passesArgumentsWithoutAShell() {
            assertThat(run("printf", "%s|", "a b", "$HOME", "'", "\"", "\n", "", "*", "ü"))
                    .isEqualTo("a b|$HOME|'|\"|\n||*|ü|");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 125, 126, 127, 128, 129, 130, 137, 143, 254, 255})
        void tellsEachExitCode(int code) {
            assertThat(instance.exec(Command.shell("exit " + code)).exitCode()).isEqualTo(code);
        }

        @Test
        void tells127OfAProgramThatIsNotThereAnd126OfOneThatIsNoProgram() {
            assertThat(instance.exec(Command.of("no-such-program")).exitCode()).isEqualTo(127);
            assertThat(instance.exec(Command.of("/etc/passwd")).exitCode()).isEqualTo(126);
        }

        @Test
        void saysHowToWriteACommandThatIsOneWordWithSpaces() {
            assertThatThrownBy(() ->
                            instance.exec(Command.of("systemctl status cron")).requireSuccess())
                    .hasMessageStartingWith(
                            "''systemctl status cron'' ended with exit code 127: there is no program whose"
                                    + " name is that one word; have a shell split it by shell(...), or write"
                                    + " exec(\"systemctl\", \"status\", \"cron\")");
        }

        @Test
        void keepsWhatIsPrintedBefore127() {
            ExecResult result = instance.exec(Command.shell("echo out; echo err >&2; exit 127"));

            assertThat(result.stdout()).isEqualTo("out\n");
            assertThat(result.stderr()).isEqualTo("err\n");
        }

        @Test
        void addsTheSignalTo128() {
            assertThat(instance.exec(Command.shell("kill -TERM $$")).exitCode()).isEqualTo(143);
            assertThat(instance.exec(Command.shell("kill -KILL $$")).exitCode()).isEqualTo(137);
        }

        @Test
        void feedsStdinFromAnything(@TempDir Path folder) throws IOException {
            Path file = Files.writeString(folder.resolve("input"), "from a file");
            Command cat = Command.of("cat");

            assertThat(instance.exec(cat).stdout()).isEmpty();
            assertThat(instance.exec(cat.stdin("text ü")).stdout()).isEqualTo("text ü");
            assertThat(instance.exec(cat.stdin(new byte[] {0, -1, 10})).stdoutBytes())
                    .containsExactly(0, -1, 10);
            assertThat(instance.exec(cat.stdin(new ByteArrayInputStream("stream".getBytes())))
                            .stdout())
                    .isEqualTo("stream");
            assertThat(instance.exec(cat.stdin(file)).stdout()).isEqualTo("from a file");
        }

        @Test
        void changesNoByteOnTheWay() {
            byte[] bytes = new byte[5_000_000];
            new Random(1).nextBytes(bytes);

            assertThat(instance.exec(Command.of("cat").stdin(bytes)).stdoutBytes())
                    .isEqualTo(bytes);
        }

        @Test
        void doesNotMindAProgramThatDoesNotReadItsStdin() {
            assertThat(instance.exec(Command.of("true").stdin(new byte[5_000_000]))
                            .exitCode())
                    .isZero();
        }

        @Test
        void readsAStdinNoFurtherThanTheProgramDoes() throws Exception {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            Zeros endless = new Zeros(Long.MAX_VALUE) {
                @Override
                public void close() {
                    closed.complete(null);
                }
            };

            ExecResult result = instance.exec(Command.of("head", "-c", "1").stdin(endless));

            assertThat(result.stdoutBytes()).containsExactly(0);
            closed.get(5, TimeUnit.SECONDS);
        }

        @Test
        void saysWhichStdinCannotBeRead() {
            Command cat = Command.of("cat").stdin(Path.of("/no/such/file"));

            assertThatThrownBy(() -> instance.exec(cat))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Reading the stdin for 'cat' failed: /no/such/file");
        }

        @Test
        void takesNoPartOfAStdinForTheWhole() {
            InputStream breaking =
                    new SequenceInputStream(new ByteArrayInputStream(new byte[] {'x'}), new InputStream() {
                        @Override
                        public int read() throws IOException {
                            throw new IOException("the disk is gone");
                        }
                    });

            assertThatThrownBy(() -> instance.exec(Command.of("cat").stdin(breaking)))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Reading the stdin for 'cat' failed: the disk is gone");
        }

        @Test
        void setsVariables() {
            Command command =
                    Command.shell("echo \"$A,$B\"").environment("A", "1").environment("B", "x y\nz");

            assertThat(instance.exec(command).stdout()).isEqualTo("1,x y\nz\n");
        }

        @Test
        void becomesAUserWithAllThatBelongsToIt() {
            Command command = Command.shell("id -u; id -g; echo $HOME $USER $LOGNAME $SHELL $PATH; pwd");

            assertThat(instance.exec(command.user("user")).stdout().lines())
                    .containsExactly(
                            "1000",
                            "2000",
                            "/home/user user user /bin/sh /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                            "/home/user");
            assertThat(instance.exec(command.user("1000")).stdout()).startsWith("1000\n2000\n");
            assertThat(instance.exec(command).stdout()).startsWith("0\n0\n/root root");
        }

        @Test
        void refusesAtOnceWhatNoProgramCanGet() {
            assertThatThrownBy(() -> Command.of("echo", "a\0b"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("There can be no NUL in an argument of a command: 'a\\0b'");
            assertThatThrownBy(() -> Command.of("true").environment("A", "\0"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("There can be no NUL in the variable A of a command: 'A\\0'");
            assertThatThrownBy(() -> Command.of("true").environment("A=B", "c"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Not the name of a variable: 'A=B'");
            assertThatThrownBy(() -> Command.of("true").workingDirectory("tmp"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Not an absolute path: 'tmp'");
            assertThatThrownBy(() -> Command.of(""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A command needs at least the name of a program");
        }

        @Test
        void takesAsManyArgumentsAndVariablesAsTheKernel() {
            List<String> argv = new ArrayList<>(List.of("sh", "-c", "echo $#; echo ${#V}", "sh"));
            argv.addAll(Collections.nCopies(5000, "a".repeat(50)));

            ExecResult result = instance.exec(Command.of(argv).environment("V", "v".repeat(100_000)));

            assertThat(result.requireSuccess().stdout()).isEqualTo("5000\n100000\n");
        }

        @Test
        void saysThatAnArgumentIsLongerThanTheKernelTakes() {
            // MAX_ARG_STRLEN in execve(2): 32 pages.
            Command command = Command.of("true", "a".repeat(200_000));

            assertThatThrownBy(() -> instance.exec(command))
                    .isInstanceOf(IncusException.class)
                    .hasMessage("POST /1.0/instances/" + instance + "/exec?project="
                            + daemon.incus().project()
                            + " failed: fork/exec /usr/libexec/incus/incusd: argument list too long (400)");
        }

        @Test
        void saysThatAUserIsNotThere() {
            assertThatThrownBy(() -> instance.exec(Command.of("id").user("nobody-here")))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Cannot run 'id' as 'nobody-here': instance '" + instance
                            + "' has no such user in its /etc/passwd");
        }

        @Test
        void worksInADirectoryThatIsThere() {
            assertThat(instance.exec(Command.of("pwd").workingDirectory("/var/tmp"))
                            .stdout())
                    .isEqualTo("/var/tmp\n");
            assertThatThrownBy(() -> instance.exec(Command.of("pwd").workingDirectory("/not/there")))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Cannot run 'pwd' in '/not/there': instance '" + instance + "' has no such directory");
            assertThatThrownBy(() -> instance.exec(Command.of("pwd").workingDirectory("/etc/passwd")))
                    .hasMessage("Cannot run 'pwd' in '/etc/passwd': instance '" + instance + "' has no such directory");
        }

        @Test
        void killsTheWholeTreeAfterATimeoutAndKeepsWhatWasPrinted() {
            String script = """
                    echo before
                    sleep 54321 &
                    setsid sleep 54321 &
                    setsid sh -c 'setsid sh -c "sleep 54321" & sleep 54321' &
                    (setsid sh -c 'sleep 54321 >/dev/null 2>&1 &' &)
                    env -i /bin/sleep 54321 &
                    echo after >&2
                    sleep 54321
                    """;
            ExecResult result = instance.exec(Command.shell(script).timeout(Duration.ofMillis(500)));

            assertThat(result.timedOut()).isTrue();
            assertThat(result.isSuccess()).isFalse();
            assertThat(result.exitCode()).isEqualTo(137);
            assertThat(result.stdout()).isEqualTo("before\n");
            assertThat(result.stderr()).isEqualTo("after\n");
            assertThat(result.duration()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(4));
            assertThat(instance.exec(Command.shell("ps -o args | grep '[5]4321'"))
                            .stdout())
                    .isEmpty();
        }

        @Test
        void saysWhatTookTooLong() {
            ExecResult result =
                    instance.exec(Command.shell("echo so far; sleep 54321").timeout(Duration.ofMillis(200)));

            assertThatThrownBy(result::requireSuccess)
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessage(
                            "'sh -c 'echo so far; sleep 54321'' was killed after its timeout of 200 ms\nstdout:\n  so far");
        }

        @Test
        void killsTheTreeOfAUserAfterATimeout() {
            Command command = Command.shell("setsid sleep 54322 & sleep 54322").user("user");

            assertThat(instance.exec(command.timeout(Duration.ofMillis(300))).timedOut())
                    .isTrue();
            assertThat(instance.exec(Command.shell("ps -o args | grep '[5]4322'"))
                            .stdout())
                    .isEmpty();
        }

        @Test
        void doesNotWaitForChildrenInTheBackgroundThatHoldStdout() {
            ExecResult result = instance.exec(Command.shell("sleep 20 & echo done"));

            assertThat(result.stdout()).isEqualTo("done\n");
            assertThat(result.duration()).isLessThan(Duration.ofSeconds(4));
        }

        @Test
        void doesNotWaitForChildrenInTheBackgroundThatGoOnPrinting() {
            ExecResult result = instance.exec(Command.shell("(while :; do echo x; sleep 0.1; done) & echo done"));

            assertThat(result.stdout()).contains("done\n");
            assertThat(result.duration()).isLessThan(Duration.ofSeconds(6));
            instance.exec(Command.shell("kill -9 -1"));
        }

        @Test
        void streamsAGibibyteInConstantMemory() {
            AtomicLong count = new AtomicLong();
            SmallHeap.require();

            instance.exec(
                            Command.shell("head -c 1073741824 /dev/zero"),
                            (stream, buffer, length) -> count.addAndGet(length))
                    .requireSuccess();

            assertThat(count).hasValue(1L << 30);
        }

        @Test
        void takesFromBothStreamsWhateverFloodsThem() {
            AtomicLong stdout = new AtomicLong();
            AtomicLong stderr = new AtomicLong();

            instance.exec(
                            Command.shell("head -c 50000000 /dev/zero & head -c 50000000 /dev/zero >&2; wait"),
                            (stream, buffer, length) ->
                                    (stream == Output.Stream.STDOUT ? stdout : stderr).addAndGet(length))
                    .requireSuccess();

            assertThat(stdout).hasValue(50_000_000);
            assertThat(stderr).hasValue(50_000_000);
        }

        @Test
        void keepsFiftyCommandsRunningAtOnce() throws Exception {
            List<CompletableFuture<RunningCommand>> starts = IntStream.range(0, 50)
                    .mapToObj(number -> inAThread(() -> instance.start(Command.of("cat"))))
                    .toList();
            List<RunningCommand> running = new ArrayList<>();
            for (CompletableFuture<RunningCommand> start : starts) {
                running.add(start.get(2, TimeUnit.MINUTES));
            }

            assertThat(running).allMatch(RunningCommand::isAlive);
            for (int number = 0; number < 50; number++) {
                running.get(number).stdin().write(number);
            }
            for (int number = 0; number < 50; number++) {
                assertThat(running.get(number).stdout().read()).isEqualTo(number);
                running.get(number).stdin().close();
                assertThat(running.get(number).waitFor()).isZero();
            }
        }

        @Test
        void endsACommandOfAFrozenInstanceAtItsTimeout() throws Exception {
            Instance frozen = daemon.started();
            CompletableFuture<Void> started = new CompletableFuture<>();
            CompletableFuture<ExecResult> pending = inAThread(() -> frozen.exec(
                    Command.shell("echo x; exec sleep 54327").timeout(Duration.ofSeconds(2)),
                    (stream, buffer, length) -> started.complete(null)));
            started.get(2, TimeUnit.MINUTES);
            frozen.freeze();

            ExecResult result = pending.get(2, TimeUnit.MINUTES);

            assertThat(result.timedOut()).isTrue();
            assertThat(result.exitCode()).isEqualTo(137);
            assertThat(result.duration()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));
            assertThatThrownBy(() -> frozen.exec(Command.of("true")))
                    .isInstanceOf(IncusException.class)
                    .hasMessage("POST /1.0/instances/" + frozen + "/exec?project="
                            + daemon.incus().project() + " failed: Instance is frozen (400)");
            frozen.unfreeze();
            assertThat(frozen.exec(Command.shell("ps -o args | grep '[5]4327'")).stdout())
                    .isEmpty();
        }

        @Test
        void runsFiftyCommandsAtOnce() throws Exception {
            List<CompletableFuture<String>> running = IntStream.range(0, 50)
                    .mapToObj(number -> inAThread(() -> instance.exec(Command.shell("cat; echo $N")
                                    .environment("N", "" + number)
                                    .stdin("in "))
                            .requireSuccess()
                            .stdout()))
                    .toList();

            for (int number = 0; number < 50; number++) {
                assertThat(running.get(number).get(2, TimeUnit.MINUTES)).isEqualTo("in " + number + "\n");
            }
        }

        @Test
        void handsOnLinesAsTheyCome() {
            List<String> lines = Collections.synchronizedList(new ArrayList<>());

            instance.exec(
                    Command.shell("echo one; printf 'two ü\\n\\nthree'; sleep 0.1; echo err >&2"),
                    Output.lines((stream, line) -> lines.add(stream + " " + line)));

            assertThat(lines)
                    .containsExactlyInAnyOrder("STDOUT one", "STDOUT two ü", "STDOUT ", "STDOUT three", "STDERR err");
        }

        @Test
        void combinesStreams() {
            ByteArrayOutputStream combined = new ByteArrayOutputStream();

            instance.exec(Command.shell("echo 1; sleep 0.2; echo 2 >&2; sleep 0.2; echo 3"), Output.combined(combined));

            assertThat(combined).hasToString("1\n2\n3\n");
        }

        @Test
        void killsACommandWhoseOutputNobodyTakes() {
            Command command = Command.shell("echo x; sleep 54323");

            assertThatThrownBy(() -> instance.exec(command, (stream, buffer, length) -> {
                        throw new IOException("disk full");
                    }))
                    .isInstanceOf(IncusStemcellException.class)
                    .hasMessage("Handing on the stdout of 'sh -c 'echo x; sleep 54323'' failed: disk full");
            assertThat(instance.exec(Command.shell("ps -o args | grep '[5]4323'"))
                            .stdout())
                    .isEmpty();
        }

        @Test
        void stopsAtAnInterrupt() throws Exception {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            CompletableFuture<Void> started = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    instance.exec(
                            Command.shell("echo x; sleep 54324"), (stream, buffer, length) -> started.complete(null));
                } catch (IncusInterruptedException e) {
                    thrown.set(Thread.currentThread().isInterrupted() ? e : null);
                }
            });
            thread.start();
            started.get(2, TimeUnit.MINUTES);
            thread.interrupt();
            thread.join(5000);

            assertThat(thrown.get())
                    .isInstanceOf(IncusInterruptedException.class)
                    .hasMessage("Interrupted while waiting for the end of 'sh -c 'echo x; sleep 54324''");
            assertThat(instance.exec(Command.shell("ps -o args | grep '[5]4324'"))
                            .stdout())
                    .isEmpty();
        }

        @Test
        void talksWithARunningCommand() throws Exception {
            try (RunningCommand cat = instance.start(Command.of("cat"))) {
                byte[] answer = new byte[5];
                for (String word : List.of("hello", "world")) {
                    cat.stdin().write(word.getBytes());
                    assertThat(cat.stdout().readNBytes(answer, 0, 5)).isEqualTo(5);
                    assertThat(new String(answer)).isEqualTo(word);
                }
                assertThat(cat.isAlive()).isTrue();
                assertThat(cat.waitFor(Duration.ofMillis(50))).isEmpty();
                cat.stdin().close();
                assertThat(cat.stdout().read()).isEqualTo(-1);
                assertThat(cat.stderr().read()).isEqualTo(-1);
                assertThat(cat.waitFor()).isZero();
                assertThat(cat.isAlive()).isFalse();
                assertThat(cat.onExit().get(2, TimeUnit.MINUTES)).isZero();
            }
        }

        @Test
        void signalsARunningCommand() throws IOException {
            Command command =
                    Command.shell("trap 'echo got it; exit 7' USR1; echo ready; while :; do sleep 0.05; done");
            try (RunningCommand running = instance.start(command)) {
                assertThat(running.stdout().readNBytes(6)).asString().isEqualTo("ready\n");
                running.signal(10);
                assertThat(running.waitFor()).isEqualTo(7);
                assertThat(running.stdout().readAllBytes()).asString().isEqualTo("got it\n");
            }
        }

        @Test
        void killsARunningCommandWithItsTree() throws IOException {
            try (RunningCommand running = instance.start(Command.shell("setsid sleep 54325 & echo x; sleep 54325"))) {
                running.stdout().read();
                running.kill();
                assertThat(running.waitFor()).isEqualTo(137);
            }
            assertThat(instance.exec(Command.shell("ps -o args | grep '[5]4325'"))
                            .stdout())
                    .isEmpty();
        }

        @Test
        void killsARunningCommandThatIsClosed() throws IOException {
            try (RunningCommand running = instance.start(Command.shell("echo x; sleep 54326; true"))) {
                running.stdout().read();
            }
            assertThat(instance.exec(Command.shell("ps -o args | grep '[5]4326'"))
                            .stdout())
                    .isEmpty();
        }

        @Test
        void givesATerminal() {
            ExecResult result = instance.exec(Command.shell("tty; stty size; echo err >&2; read line; echo got $line")
                    .stdin("typed\n")
                    .terminal(91, 33));

            assertThat(result.stdout()).contains("/dev/pts/", "33 91", "err\r\n", "got typed\r\n");
            assertThat(result.stderr()).isEmpty();
            assertThat(result.exitCode()).isZero();
            assertThat(instance.exec(Command.of("tty")).stdout()).isEqualTo("not a tty\n");
        }

        @Test
        void endsTheInputOfATerminal() {
            assertThat(instance.exec(Command.of("cat").terminal(80, 24)).exitCode())
                    .isZero();
            assertThat(instance.exec(Command.of("cat").stdin("line\n").terminal(80, 24))
                            .stdout())
                    .contains("line");
        }

        @Test
        void resizesATerminal() throws IOException {
            Command command = Command.shell("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done");
            try (RunningCommand running = instance.start(command.terminal(80, 24))) {
                assertThat(running.stdout().readNBytes(7)).asString().isEqualTo("ready\r\n");
                running.resize(100, 40);
                assertThat(running.stdout().readAllBytes()).asString().contains("40 100");
                assertThat(running.waitFor()).isZero();
            }
        }

        @Test
        void saysThatAnInstanceDoesNotRun() {
            Instance stopped = daemon.stopped();

            assertThatThrownBy(() -> stopped.exec(Command.of("true")))
                    .isInstanceOf(IncusException.class)
                    .hasMessage("POST /1.0/instances/" + stopped + "/exec?project="
                            + daemon.incus().project() + " failed: Instance is not running (400)");
        }

        @Test
        void saysThatAnInstanceIsNotThere() {
            assertThatThrownBy(() -> daemon.incus().instance("it-nowhere").exec(Command.of("true")))
                    .isInstanceOfSatisfying(
                            IncusException.class, e -> assertThat(e.code()).isEqualTo(404));
        }

        @Test
        void saysThatTheInstanceWasStoppedMeanwhile() throws Exception {
            Instance doomed = daemon.started();
            CompletableFuture<Void> started = new CompletableFuture<>();
            CompletableFuture<ExecResult> pending = inAThread(() -> doomed.exec(
                    Command.shell("echo x; sleep 1000"), (stream, buffer, length) -> started.complete(null)));
            started.get(2, TimeUnit.MINUTES);

            doomed.stopNow();

            assertThat(failure(pending))
                    .isInstanceOf(InstanceGoneException.class)
                    .hasMessage("Instance '" + doomed + "' was stopped while 'sh -c 'echo x; sleep 1000'' ran in it");
        }

        @Test
        void saysThatTheInstanceWasDeletedMeanwhile() throws Exception {
            Instance doomed = daemon.incus()
                    .instances()
                    .create(daemon.described().ephemeral().start().build());
            CompletableFuture<Void> started = new CompletableFuture<>();
            CompletableFuture<ExecResult> pending = inAThread(() -> doomed.exec(
                    Command.shell("echo x; sleep 1000"), (stream, buffer, length) -> started.complete(null)));
            started.get(2, TimeUnit.MINUTES);

            doomed.delete();

            assertThat(failure(pending)).isInstanceOf(InstanceGoneException.class);
        }

        private static Throwable failure(CompletableFuture<?> pending) throws Exception {
            return pending.handle((result, failure) -> failure).get(2, TimeUnit.MINUTES);
        }
    }

    private static <T> CompletableFuture<T> inAThread(java.util.function.Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(work.get());
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result;
    }
}
