package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a server of the domain name system answered.
 *
 * @param status {@code NOERROR}, {@code NXDOMAIN}, or another word of RFC 1035; {@code no answer} where none came in time
 * @param records those of the type that was asked for
 */
public record DnsAnswer(String status, List<DnsRecord> records) {

    private static final String NO_ANSWER = "no answer";
    private static final int NOBODY = 3;

    /**
     * Asks over UDP, and again over TCP where the answer was cut, and prints it in hex; ends with 3 where none comes in time. Perl is in every
     * Debian and Ubuntu (perl-base is essential), which dig(1) is not.
     */
    private static final String ASK = """
            use Socket qw(:DEFAULT getaddrinfo);
            my ($server, $question, $seconds) = ($ARGV[0], pack("H*", $ARGV[1]), $ARGV[2]);
            if ($server eq "") {
                open my $file, "<", "/etc/resolv.conf" or die "/etc/resolv.conf: $!\\n";
                /^nameserver\\s+(\\S+)/ and $server eq "" and $server = $1 while <$file>;
                die "/etc/resolv.conf names no server\\n" if $server eq "";
            }
            my ($error, $found) = getaddrinfo($server, 53, {flags => 4}); # AI_NUMERICHOST
            die "$server: $error\\n" if $error;
            my $begin = time;
            $SIG{ALRM} = sub { print STDERR "$server did not answer within $seconds s"; exit 3 };
            alarm $seconds;
            my $answer = "";
            while ($answer eq "") {
                socket(my $udp, $found->{family}, SOCK_DGRAM, 0) or die "$!\\n";
                connect($udp, $found->{addr}) && defined send($udp, $question, 0) or do { print STDERR "$server: $!"; exit 3 };
                my $bits = "";
                vec($bits, fileno $udp, 1) = 1;
                next unless select($bits, undef, undef, 1);
                defined recv($udp, $answer, 65535, 0) or do { print STDERR "$server: $!"; exit 3 };
                $answer = "" if substr($answer, 0, 2) ne substr($question, 0, 2);
            }
            if (length $answer > 2 && unpack("n", substr($answer, 2, 2)) & 0x200) {
                socket(my $tcp, $found->{family}, SOCK_STREAM, 0) or die "$!\\n";
                connect($tcp, $found->{addr}) or do { print STDERR "$server: $!"; exit 3 };
                syswrite $tcp, pack("n/a*", $question);
                $answer = "";
                while (length $answer < 2 || length $answer < 2 + unpack("n", $answer)) {
                    sysread $tcp, $answer, 65536, length $answer or do { print STDERR "$server closed the connection"; exit 3 };
                }
                $answer = substr($answer, 2);
            }
            print unpack("H*", $answer);
            """;

    /** Keeps the records as they are. */
    public DnsAnswer {
        records = List.copyOf(records);
    }

    /**
     * Asks from inside of a guest.
     *
     * @param server its address; empty for the first one of {@code /etc/resolv.conf}
     */
    static DnsAnswer of(StemcellContainer stemcell, String name, DnsType type, String server, Duration patience) {
        String question = HexFormat.of().formatHex(DnsMessage.question(name, type));
        String seconds = String.valueOf(patience.plusMillis(999).toSeconds());
        ExecResult result =
                stemcell.inspect(Command.perl(ASK, server, question, seconds).environment("LC_ALL", "C"));
        if (result.exitCode() == NOBODY) {
            return new DnsAnswer(NO_ANSWER + ": " + result.stderr().strip(), List.of());
        }
        if (!result.isSuccess()) {
            throw AssertionErrors.ofExit(
                    "Asking for " + type + " of " + name + " on " + stemcell.name() + " by perl", result);
        }
        return GuestLine.read(
                "an answer of DNS in hex from perl on " + stemcell.name(),
                result.stdout(),
                text -> DnsMessage.answer(HexFormat.of().parseHex(text), type));
    }

    /** Whether there is such a name, with records of this type or of others alone. */
    boolean isFound() {
        return status.equals("NOERROR");
    }

    /** Whether the server knows that there is no such name. */
    boolean isAbsent() {
        return status.equals("NXDOMAIN");
    }

    String words() {
        return status
                + (records.isEmpty()
                        ? ""
                        : ", " + records.stream().map(DnsRecord::toString).collect(Collectors.joining(", ")));
    }
}
