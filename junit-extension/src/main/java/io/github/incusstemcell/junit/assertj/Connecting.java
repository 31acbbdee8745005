package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * What came of connecting to a port, from this JVM or from a guest.
 *
 * @param isOpen whether somebody accepted
 * @param words how messages say it
 */
record Connecting(boolean isOpen, String words) {

    private static final int PATIENCE_MILLIS = 2_000;

    /** Ends with 3 and a reason where nobody accepts in time. Perl is in every Debian and Ubuntu (perl-base is essential). */
    private static final String CONNECT = """
            use Socket qw(getaddrinfo SOCK_STREAM);
            $SIG{ALRM} = sub { print STDERR "no answer within $ARGV[2] s"; exit 3 };
            my ($error, @found) = getaddrinfo($ARGV[0], $ARGV[1], {socktype => SOCK_STREAM});
            die "$error\\n" if $error;
            alarm $ARGV[2];
            my @why;
            for (@found) {
                socket(my $socket, $_->{family}, $_->{socktype}, $_->{protocol}) or die "$!\\n";
                exit 0 if connect($socket, $_->{addr});
                push @why, "$!";
            }
            print STDERR join ", ", @why; # one for each address
            exit 3;
            """;

    private static final int NOBODY = 3;

    /** To the guest's address; where this JVM has no route to it, from the guest itself. */
    static Connecting to(StemcellContainer stemcell, int port) {
        if (stemcell.isRoutable()) {
            return to(new InetSocketAddress(stemcell.address(), port));
        }
        Connecting inside =
                inside(stemcell, stemcell.address().getHostAddress(), port, Duration.ofMillis(PATIENCE_MILLIS));
        return new Connecting(inside.isOpen(), inside.words() + " (asked in the guest: this JVM has no route to it)");
    }

    private static Connecting to(InetSocketAddress there) {
        try (Socket socket = new Socket(java.net.Proxy.NO_PROXY)) {
            socket.connect(there, PATIENCE_MILLIS);
            return new Connecting(true, "it accepted a connection");
        } catch (IOException e) {
            // Refused, no route, no answer in time: each of them is an answer to the question.
            return new Connecting(false, "it did not accept a connection: " + e.getMessage());
        }
    }

    /** From the guest itself. */
    static Connecting inside(StemcellContainer stemcell, String host, int port, Duration patience) {
        String seconds = String.valueOf(patience.plusMillis(999).toSeconds());
        ExecResult result = stemcell.inspect(
                Command.perl(CONNECT, host, String.valueOf(port), seconds).environment("LC_ALL", "C"));
        if (!result.isSuccess() && result.exitCode() != NOBODY) {
            throw AssertionErrors.ofExit(
                    "Connecting to " + host + ":" + port + " on " + stemcell.name() + " by perl", result);
        }
        return result.isSuccess()
                ? new Connecting(true, "it accepted a connection")
                : new Connecting(
                        false,
                        "it did not accept a connection: " + result.stderr().strip());
    }
}
