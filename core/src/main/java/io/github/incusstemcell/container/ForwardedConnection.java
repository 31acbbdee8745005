package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.DaemonThreads;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection of a client, carried into the guest by the stdin and stdout of a command. What the guest sends comes in frames, each
 * with its length before it, since the end of a command's stdout is told by the end of the command only: a server that has sent all
 * may still read.
 */
final class ForwardedConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ForwardedConnection.class);

    /**
     * Arguments: the port, and the addresses to try in turn. Prints a line, "connected" or why not, then the frames; one of length 0 is the
     * end. Perl is in every Debian and Ubuntu (perl-base is essential). Two processes, since a server may wait for us to read before it reads.
     */
    private static final String CARRY = """
            use Socket qw(getaddrinfo AI_NUMERICHOST SOCK_STREAM);
            sub put {
                my ($to, $bytes, $done) = (@_, 0);
                while ($done < length $bytes) {
                    $done += syswrite($to, $bytes, length($bytes) - $done, $done) || exit 1;
                }
            }
            my ($late, $socket, $reader, @why);
            $SIG{PIPE} = 'IGNORE';
            $SIG{ALRM} = sub { $late = 1 };
            $SIG{TERM} = sub { kill 'KILL', $reader if $reader; exit 1 };
            my ($port, @hosts) = @ARGV;
            for my $host (@hosts) {
                my ($error, $there) = getaddrinfo($host, $port, {flags => AI_NUMERICHOST, socktype => SOCK_STREAM});
                die "$host: $error\\n" if $error;
                $late = 0;
                alarm 5;
                my $new;
                if (socket($new, $there->{family}, SOCK_STREAM, 0) && connect($new, $there->{addr})) { $socket = $new; last }
                push @why, "$host: " . ($late ? "no answer within 5 s" : lc $!);
            }
            alarm 0;
            if (!$socket) { put(*STDOUT, join(", ", @why) . "\\n"); exit }
            put(*STDOUT, "connected\\n");
            $reader = fork // die "$!\\n";
            if (!$reader) {
                $SIG{TERM} = 'DEFAULT';
                my $part;
                put($socket, $part) while sysread STDIN, $part, 65536;
                shutdown $socket, 1;
                exit;
            }
            my ($count, $part);
            put(*STDOUT, pack('n', $count) . $part) while $count = sysread $socket, $part, 32768;
            if (!defined $count) { kill 'KILL', $reader; exit 1 }
            put(*STDOUT, pack('n', 0));
            waitpid $reader, 0;
            """;

    private static final int NO_PERL = 127;
    private static final int TERM = 15;
    private static final Duration PATIENCE_WITH_THE_DEAD = Duration.ofSeconds(2);
    private static final int BUFFER = 32 * 1024;
    private static final int LONGEST_FRAME = (1 << 16) - 1;

    private final Socket client;
    private final Instance instance;
    private final List<String> hosts;
    private final int port;
    /** Whether this side has ended the connection. */
    private volatile boolean ended;

    private volatile @Nullable RunningCommand carrier;

    ForwardedConnection(Socket client, Instance instance, List<String> hosts, int port) {
        this.client = client;
        this.instance = instance;
        this.hosts = hosts;
        this.port = port;
    }

    /**
     * Carries until both sides have ended, or one has broken the connection off.
     *
     * @throws IncusStemcellException if nothing in the guest accepts a connection, or the guest goes away
     * @throws IOException if the daemon goes away
     */
    void carry() throws IOException {
        // Of what ends before its time the client hears as of a connection that broke.
        client.setSoLinger(true, 0);
        client.setTcpNoDelay(true);
        try (RunningCommand command = instance.start(command())) {
            carrier = command;
            DataInputStream frames = new DataInputStream(new BufferedInputStream(command.stdout(), BUFFER));
            requireConnected(command, frames);
            DaemonThreads.start("forward-" + instance.name() + "-" + client.getPort() + "-in", () -> feed(command));
            if (drain(frames)) {
                client.setSoLinger(false, 0);
                client.shutdownOutput();
                command.waitFor();
            } else {
                // Where the guest itself is gone, this says so.
                command.waitFor(PATIENCE_WITH_THE_DEAD);
            }
        } catch (IncusStemcellException | IOException e) {
            if (!ended) {
                throw e;
            }
            LOG.debug("A connection to port {} of {} has ended", port, instance.name(), e);
        }
    }

    /** The script goes by the environment: no message and no list of processes shall be full of it. */
    private Command command() {
        List<String> argv =
                new ArrayList<>(List.of("perl", "-e", "eval $ENV{CARRY}; die $@ if $@", Integer.toString(port)));
        argv.addAll(hosts);
        return Command.of(argv).environment("CARRY", CARRY).environment("LC_ALL", "C");
    }

    private static void requireConnected(RunningCommand command, DataInputStream frames) throws IOException {
        String answer = line(frames);
        if (answer.isEmpty()) {
            throw ended(command);
        }
        if (!answer.equals("connected")) {
            throw new IncusStemcellException("nobody accepts one there (" + answer + ")");
        }
    }

    /**
     * Why a command of perl that carries has ended before its time.
     *
     * @throws IncusStemcellException if the guest, or Incus, has gone away
     */
    static IncusStemcellException ended(RunningCommand command) throws IOException {
        int exitCode = command.waitFor();
        return new IncusStemcellException(
                exitCode == NO_PERL
                        ? "there is no perl in the guest, by which connections are made in it"
                        : "perl in the guest ended with exit code " + exitCode + " and said: "
                                + new String(command.stderr().readAllBytes(), StandardCharsets.UTF_8).strip());
    }

    static String line(InputStream source) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = source.read(); next >= 0 && next != '\n'; next = source.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    /** From the client to the guest. */
    private void feed(RunningCommand command) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream source = client.getInputStream();
            OutputStream stdin = command.stdin();
            for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
                stdin.write(buffer, 0, count);
            }
            stdin.close();
        } catch (IOException e) {
            // The client broke the connection off, or the guest did.
            LOG.debug("Nothing more goes to port {} of {}", port, instance.name(), e);
            close();
        }
    }

    /** {@return whether the guest's side has ended; otherwise the connection was broken off} */
    private boolean drain(DataInputStream frames) throws IOException {
        byte[] buffer = new byte[LONGEST_FRAME];
        while (true) {
            int length;
            try {
                length = frames.readUnsignedShort();
                frames.readFully(buffer, 0, length);
            } catch (EOFException e) {
                return false;
            }
            if (length == 0) {
                return true;
            }
            if (!hand(buffer, length)) {
                return false;
            }
        }
    }

    private boolean hand(byte[] bytes, int length) {
        try {
            client.getOutputStream().write(bytes, 0, length);
            return true;
        } catch (IOException e) {
            LOG.debug("A client of port {} of {} has gone", port, instance.name(), e);
            close();
            return false;
        }
    }

    /** Breaks it off. */
    @Override
    public void close() {
        ended = true;
        try {
            client.close();
            if (carrier != null && carrier.isAlive()) {
                carrier.signal(TERM);
            }
        } catch (IOException | IncusStemcellException e) {
            LOG.debug("A connection to port {} of {} does not close", port, instance.name(), e);
        }
    }
}
