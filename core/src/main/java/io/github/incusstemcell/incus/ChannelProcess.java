package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.Waiting;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import okio.Buffer;
import okio.BufferedSource;
import okio.ByteString;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * The process in an instance that answers questions, {@code channel.pl}, and what is under way with it. Questions and answers are frames of
 * a length, a number, a letter and a body. Whatever comes that is none of these ends it.
 */
final class ChannelProcess {

    static final byte FILES = 'f';
    static final byte START = 'x';
    static final byte EVALUATE = 'e';
    static final byte DEPENDING = 'd';
    private static final byte KILL = 'k';
    private static final byte PING = 'p';

    static final byte VALUE = 'v';
    private static final byte REFUSAL = 'n';
    private static final byte EXIT = 'x';
    private static final byte STDOUT = 'o';
    private static final byte STDERR = 'e';

    private static final String SCRIPT = script();
    private static final ByteString GREETING = ByteString.encodeUtf8("channel\n");
    private static final Duration OPENING = Duration.ofSeconds(5);

    /** An answer may take long, as that of a command; that the process is there is known at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int HEAD = 5;
    private static final int LARGEST_FRAME = 2 << 20;

    /** It gave no answer, or none that could be had otherwise as well. */
    static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;

        Unanswered(String message, @Nullable Throwable cause) {
            super(message, cause, false, false);
        }
    }

    /** What came of a question: a value, the number of an error, or the status of a command that has ended. */
    record Answer(byte letter, ByteString body, CollectedOutput output) {

        boolean isValue() {
            return letter == VALUE;
        }

        boolean isRefusal() {
            return letter == REFUSAL;
        }

        /** {@return errno(3), or the wait status of a command; 0 where there is no word for what is the matter} */
        int number() {
            return body.size() == Integer.BYTES ? body.asByteBuffer().getInt() : 0;
        }
    }

    private record Question(CompletableFuture<Answer> answer, CollectedOutput output) {}

    private final RunningCommand command;
    private final OutputStream stdin;
    private final BufferedSource stdout;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, Question> pending = new ConcurrentHashMap<>();
    private volatile boolean over;

    private ChannelProcess(RunningCommand command) {
        this.command = command;
        this.stdin = command.stdin();
        this.stdout = Okio.buffer(Okio.source(command.stdout()));
        command.onExit().whenComplete((code, failure) -> end(null));
    }

    private static String script() {
        try (InputStream script = ChannelProcess.class.getResourceAsStream("channel.pl")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("channel.pl cannot be read from the library", e);
        }
    }

    /**
     * Starts it and waits for its greeting.
     *
     * @throws Unanswered where none comes, as there is no perl, for example
     * @throws IncusStemcellException where no command can be started
     */
    static ChannelProcess open(Execution execution) throws Unanswered {
        ChannelProcess process =
                new ChannelProcess(execution.start(Command.of("perl", "-e", SCRIPT, GuestChannel.PROCESS)));
        CompletableFuture<Void> greeted = new CompletableFuture<>();
        execution.connection().run(() -> process.read(greeted));
        try {
            Waiting.on(greeted, OPENING);
            return process;
        } catch (TimeoutException | ExecutionException e) {
            process.end(e);
            throw new Unanswered("No channel was opened", e);
        } catch (InterruptedException e) {
            process.end(e);
            throw new IncusInterruptedException("a channel", e);
        }
    }

    boolean isOver() {
        return over;
    }

    /**
     * Asks, and waits for the answer for as long as the process is there.
     *
     * @throws Unanswered where none comes
     */
    Answer ask(byte letter, ByteString body) throws Unanswered {
        int number = numbers.incrementAndGet();
        CompletableFuture<Answer> answer = send(number, letter, body);
        while (true) {
            try {
                return Waiting.on(answer, PATIENCE);
            } catch (TimeoutException e) {
                requireAlive();
            } catch (ExecutionException e) {
                throw new Unanswered("The channel ended", e.getCause());
            } catch (InterruptedException e) {
                send(number, KILL, ByteString.EMPTY);
                throw new IncusInterruptedException("an answer of the instance", e);
            }
        }
    }

    private void requireAlive() throws Unanswered {
        try {
            Waiting.on(send(numbers.incrementAndGet(), PING, ByteString.EMPTY), PATIENCE);
        } catch (TimeoutException | ExecutionException e) {
            end(e);
            throw new Unanswered("The channel is silent", e);
        } catch (InterruptedException e) {
            throw new IncusInterruptedException("an answer of the instance", e);
        }
    }

    private CompletableFuture<Answer> send(int number, byte letter, ByteString body) {
        Question question = new Question(new CompletableFuture<>(), new CollectedOutput());
        if (letter != KILL) {
            pending.put(number, question);
        }
        byte[] frame = new Buffer()
                .writeInt(HEAD + body.size())
                .writeInt(number)
                .writeByte(letter)
                .write(body)
                .readByteArray();
        try {
            synchronized (stdin) {
                stdin.write(frame);
            }
        } catch (IOException e) {
            end(e);
        }
        if (over) {
            question.answer().completeExceptionally(new EOFException("The channel is closed"));
        }
        return question.answer();
    }

    private void read(CompletableFuture<Void> greeted) {
        try {
            if (!stdout.readByteString(GREETING.size()).equals(GREETING)) {
                throw new IOException("The channel began with something else than its greeting");
            }
            greeted.complete(null);
            while (true) {
                take();
            }
        } catch (IOException | RuntimeException e) {
            greeted.completeExceptionally(e);
            end(e);
        }
    }

    private void take() throws IOException {
        int length = stdout.readInt();
        if (length < HEAD || length > LARGEST_FRAME) {
            throw new IOException("A frame of " + length + " bytes is none of the channel");
        }
        int number = stdout.readInt();
        byte letter = stdout.readByte();
        ByteString body = stdout.readByteString(length - HEAD);
        Question question = pending.get(number);
        if (question == null) {
            throw new IOException("The channel answers what was not asked");
        }
        switch (letter) {
            case STDOUT -> question.output().accept(Output.Stream.STDOUT, body.toByteArray(), body.size());
            case STDERR -> question.output().accept(Output.Stream.STDERR, body.toByteArray(), body.size());
            case VALUE, REFUSAL, EXIT -> {
                pending.remove(number);
                question.answer().complete(new Answer(letter, body, question.output()));
            }
            default -> throw new IOException("A frame of letter " + letter + " is none of the channel");
        }
    }

    /** Has it end by itself, with all that it has started; and does not wait for that. */
    void close() {
        over = true;
        try {
            synchronized (stdin) {
                stdin.close();
            }
        } catch (IOException e) {
            end(e);
        }
    }

    /** Gives it up at once: the daemon then kills it. */
    private void end(@Nullable Throwable reason) {
        over = true;
        IOException end = new IOException("The channel has ended", reason);
        pending.values().forEach(question -> question.answer().completeExceptionally(end));
        pending.clear();
        command.drop();
    }
}
