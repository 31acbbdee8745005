package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.files.Sftp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okio.Buffer;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process kept in an instance, by which it can be looked at in about a millisecond, where an exec of its own takes forty. It answers
 * what the plain ways answer, an exec or the daemon's file server; and whatever it does not answer clearly, they are asked: where the
 * instance does not run or has no perl, where the process was killed, and for every failure but that there is no such file. It is opened
 * beside the second look, and once more where it has ended with the instance.
 *
 * <p>Thread-safe.
 */
public final class GuestChannel implements AutoCloseable {

    /** What the process calls itself, in the instance's own list of processes. */
    public static final String PROCESS = "incus-stemcell";

    private static final Logger LOG = LoggerFactory.getLogger(GuestChannel.class);

    /** An instance that has no channel to give is asked again after that. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** In characters: what is sent to an instance that does not read has to fit into the buffers on the way. */
    private static final int LONGEST_COMMAND = 8 * 1024;

    /** Another locale, or anything else in its environment that concerns perl, only a perl heeds that is started with it. */
    private static final Set<String> LOCALES = Set.of("C", "C.UTF-8");

    private static final int SIGNALLED = 0x7f;
    private static final int NOT_EXECUTABLE = 126;

    private final Api api;
    private final String instance;
    private @Nullable ChannelProcess process;
    private boolean opening;
    private boolean isAskedAgain;
    private boolean closed;
    private long refused;

    GuestChannel(Api api, String instance) {
        this.api = api;
        this.instance = instance;
    }

    /**
     * Runs a command that only looks, as {@link Instance#exec(Command)} does. It may be run once more, where its first run was given up.
     *
     * @param command the command
     * @return how it ended
     * @throws IncusStemcellException as {@code exec} does
     */
    public ExecResult exec(Command command) {
        return kept(command).orElseGet(() -> new Instance(api, instance).exec(command));
    }

    /** {@return how the command ended, where the process is there by now and is certain of it} */
    private Optional<ExecResult> kept(Command command) {
        try {
            Optional<ChannelProcess> kept = isPlain(command) ? process() : Optional.empty();
            return kept.isPresent() ? Optional.of(run(kept.get(), command)) : Optional.empty();
        } catch (ChannelProcess.Unanswered e) {
            LOG.debug("'{}' is run by an exec of its own in {}", command, instance, e);
            return Optional.empty();
        }
    }

    /**
     * Looks at the network interfaces.
     *
     * @return those of {@link InstanceState#network()} by name, without the names of their other ends on the host; empty where only the
     *     daemon can tell
     */
    public Optional<Map<String, InstanceState.NetworkInterface>> networkInterfaces() {
        return kept(GuestInterfaces.COMMAND)
                .filter(ExecResult::isSuccess)
                .map(ExecResult::stdout)
                .map(GuestInterfaces::of);
    }

    /** {@return the files of the instance, those of {@link Instance#files()}, looked at by way of this} */
    public GuestFiles files() {
        return new GuestFiles(new FileServer(api, instance, Optional.of(this)));
    }

    private static boolean isPlain(Command command) {
        return command.stdin().isEmpty()
                && command.terminal().isEmpty()
                && command.timeout().isEmpty()
                && command.user().isEmpty()
                && command.workingDirectory().isEmpty()
                && words(command).stream().allMatch(GuestChannel::isText)
                && words(command).stream().mapToLong(String::length).sum() <= LONGEST_COMMAND;
    }

    /** What has no bytes of its own as UTF-8, or a NUL, is for the daemon to make something of. */
    private static boolean isText(String word) {
        return word.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c));
    }

    private static List<String> words(Command command) {
        List<String> words = new ArrayList<>(command.argv());
        command.environment().forEach((name, value) -> words.addAll(List.of(name, value)));
        return words;
    }

    private static ChannelProcess.Answer ask(ChannelProcess process, Command command) throws ChannelProcess.Unanswered {
        Buffer body = new Buffer();
        if (!command.files().isEmpty()) {
            write(body, command.files().size(), command.files());
        }
        write(body, command.argv().size(), words(command));
        byte letter = isEvaluated(command) ? ChannelProcess.EVALUATE : ChannelProcess.START;
        return process.ask(command.files().isEmpty() ? letter : ChannelProcess.DEPENDING, body.readByteString());
    }

    private static void write(Buffer body, int count, List<String> words) {
        body.writeInt(count);
        words.forEach(word -> Sftp.string(body, ByteString.encodeUtf8(word)));
    }

    private static boolean isEvaluated(Command command) {
        return command.isOfPerl()
                && command.environment().entrySet().stream()
                        .allMatch(variable ->
                                variable.getKey().equals("LC_ALL") && LOCALES.contains(variable.getValue()));
    }

    private static ExecResult run(ChannelProcess process, Command command) throws ChannelProcess.Unanswered {
        long begin = System.nanoTime();
        ChannelProcess.Answer answer = ask(process, command);
        int status = answer.number();
        int code = status >> 8;
        // What ended by a signal may have died with the instance, and what could not be run only the daemon can tell
        // apart.
        if (answer.isRefusal() || (status & SIGNALLED) != 0 || code >= NOT_EXECUTABLE) {
            throw new ChannelProcess.Unanswered("It ended with the status " + status, null);
        }
        return new ExecResult(
                command,
                code,
                answer.output().printed(Output.Stream.STDOUT),
                answer.output().printed(Output.Stream.STDERR),
                Duration.ofNanos(System.nanoTime() - begin),
                false);
    }

    /** {@return what answers questions for files now, if anything does} */
    Optional<ChannelFiles> questions() {
        return process().map(ChannelFiles::new);
    }

    /** {@return the process, if it is there by now; the second time somebody wants it, it is started} */
    private synchronized Optional<ChannelProcess> process() {
        if (process != null && isOpen()) {
            return Optional.of(process);
        }
        boolean isTooEarly = refused != 0 && System.nanoTime() - refused < PAUSE.toNanos();
        if (isAskedAgain && !opening && !closed && !isTooEarly) {
            opening = true;
            api.connection().run(this::open);
        }
        isAskedAgain = true;
        return Optional.empty();
    }

    private void open() {
        ChannelProcess opened = null;
        try {
            opened = ChannelProcess.open(new Execution(api, instance));
        } catch (ChannelProcess.Unanswered | IncusStemcellException e) {
            LOG.debug("There is no channel to {}", instance, e);
        } finally {
            opened(opened);
        }
    }

    private synchronized void opened(@Nullable ChannelProcess by) {
        opening = false;
        process = by;
        refused = by == null ? System.nanoTime() : 0;
        if (closed) {
            end();
        }
    }

    private void end() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    /** {@return whether it is there by now, so that the next look goes by way of it} */
    public synchronized boolean isOpen() {
        return process != null && !process.isOver();
    }

    /** Lets the process end, as before the instance is frozen or stopped. The next look begins another one. */
    public synchronized void release() {
        end();
        refused = 0;
    }

    /** Lets the process end for good. What is asked from now on is asked the plain way. */
    @Override
    public synchronized void close() {
        closed = true;
        end();
    }
}
