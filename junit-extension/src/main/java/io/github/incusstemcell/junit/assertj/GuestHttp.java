package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Has a guest ask a web server. */
final class GuestHttp {

    /**
     * Sends its input over TCP and prints what comes back; ends with 3 where nobody accepts or answers in time. Perl is in every Debian
     * and Ubuntu (perl-base is essential); curl is not.
     */
    private static final String TCP = """
            use Socket qw(getaddrinfo SOCK_STREAM);
            $| = 1;
            $SIG{ALRM} = sub { print STDERR "no answer within $ARGV[2] s"; exit 3 };
            my ($error, @found) = getaddrinfo($ARGV[0], $ARGV[1], {socktype => SOCK_STREAM});
            die "$error\\n" if $error;
            alarm $ARGV[2];
            my ($socket, $why);
            for (@found) {
                socket($socket, $_->{family}, $_->{socktype}, $_->{protocol}) or die "$!\\n";
                if (connect($socket, $_->{addr})) { $why = ""; last }
                $why //= "$!"; # of the address that is to be preferred
            }
            if ($why) { print STDERR $why; exit 3 }
            my $request = do { local $/; <STDIN> };
            syswrite($socket, $request) == length $request or die "$!\\n";
            print $part while sysread $socket, $part, 65536;
            """;

    private static final int NOBODY = 3;

    private static final String TOO_LATE = "no answer within ";

    /** Where openssl(1) says what is wrong. */
    private static final List<String> TROUBLE = List.of("verify error:", "error:", "errno=", "BIO_");

    /** A name that is not there, or that nobody could be asked about, says nothing of a server. */
    private static final String NOT_LOOKED_UP = "BIO_lookup";

    private GuestHttp() {}

    static HttpExchange ask(StemcellContainer stemcell, HttpCall call, Duration patience) {
        ExecResult result = call.isTls() ? overTls(stemcell, call, patience) : overTcp(stemcell, call, patience);
        if (result.timedOut() || result.exitCode() == NOBODY && result.stderr().startsWith(TOO_LATE)) {
            return onAKeptConnection(result, call)
                    .orElseGet(() -> HttpExchange.nobody(TOO_LATE + HttpExchange.seconds(patience) + " s"));
        }
        boolean isTlsEnd =
                call.isTls() && result.exitCode() == 1 && !result.stderr().contains(NOT_LOOKED_UP);
        boolean isTlsTrouble = isTlsEnd && result.stdoutBytes().length == 0;
        if (isTlsTrouble || !call.isTls() && result.exitCode() == NOBODY) {
            return HttpExchange.nobody(
                    isTlsTrouble ? trouble(result) : result.stderr().strip());
        }
        // A server that closes the connection without the end that TLS wants has answered all the same.
        if (!result.isSuccess() && !isTlsEnd) {
            throw AssertionErrors.ofExit(
                    "Asking " + call.words() + " on " + stemcell.name() + " by "
                            + result.command().argv().get(0),
                    result);
        }
        if (result.isTruncated()) {
            throw HttpExchange.tooLong(call.url());
        }
        try {
            return new HttpExchange(Optional.of(HttpAnswer.of(result.stdoutBytes(), call.method(), true)), "");
        } catch (HttpAnswer.NotHttp e) {
            return HttpExchange.nobody(String.valueOf(e.getMessage()));
        }
    }

    /** The answer of a server that keeps the connection all the same, where it is all there. */
    private static Optional<HttpExchange> onAKeptConnection(ExecResult result, HttpCall call) {
        try {
            HttpAnswer answer = HttpAnswer.of(result.stdoutBytes(), call.method(), false);
            return Optional.of(new HttpExchange(Optional.of(answer), ""));
        } catch (HttpAnswer.NotHttp e) {
            return Optional.empty(); // It is not all there, so it is late.
        }
    }

    private static ExecResult overTcp(StemcellContainer stemcell, HttpCall call, Duration patience) {
        String seconds = String.valueOf(HttpExchange.seconds(patience));
        return stemcell.exec(Command.of("perl", "-e", TCP, "--", call.host(), String.valueOf(call.port()), seconds)
                .environment("LC_ALL", "C")
                .stdin(call.message()));
    }

    /** By the authorities that the guest trusts: openssl(1) looks where the guest's programs do. */
    private static ExecResult overTls(StemcellContainer stemcell, HttpCall call, Duration patience) {
        boolean isAddress = Addresses.isAddress(call.host());
        List<String> argv = new ArrayList<>(List.of("openssl", "s_client", "-quiet", "-verify_quiet"));
        argv.addAll(List.of("-verify_return_error", "-connect", call.url().getHost() + ":" + call.port()));
        argv.addAll(List.of(isAddress ? "-verify_ip" : "-verify_hostname", call.host()));
        argv.addAll(isAddress ? List.of("-noservername") : List.of("-servername", call.host()));
        return stemcell.exec(
                Command.of(argv).environment("LC_ALL", "C").timeout(patience).stdin(call.message()));
    }

    /** The lines of what openssl says that tell why, without what stands before that. */
    private static String trouble(ExecResult result) {
        String lines = result.stderr()
                .lines()
                .filter(line -> TROUBLE.stream().anyMatch(line::contains))
                .map(line -> line.replaceFirst("^.*?(verify error:num=\\d+:|error:[0-9A-F]+:|BIO_)", "")
                        .strip())
                .distinct()
                .collect(Collectors.joining("; "));
        return lines.isEmpty() ? result.stderr().strip() : lines;
    }
}
