package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a guest says of itself as a machine.
 *
 * @param hostname what the kernel calls it
 * @param staticHostname what {@code /etc/hostname} says, hostname(5); empty where there is none
 * @param timezone the name of the time zone, as {@code Etc/UTC}, to which {@code /etc/localtime} leads, localtime(5), {@code UTC} where that
 *     is not there; empty where it leads to none
 * @param locale the {@code LANG} of {@code /etc/locale.conf}, or of {@code /etc/default/locale} where that is not there, locale.conf(5); empty
 *     where nothing is set
 * @param isClockSynchronized whether the kernel says that something keeps its clock right, adjtimex(2): it is that of the machine on which
 *     the container runs
 */
public record GuestMachine(
        String hostname,
        Optional<String> staticHostname,
        Optional<String> timezone,
        Optional<String> locale,
        boolean isClockSynchronized) {

    /** Prints lines: hostname, contents of files with their line ends as tabs, target of the link, and what adjtimex says. */
    private static final String ASK = """
            use Errno;
            use POSIX qw(uname);
            my %adjtimex = (x86_64 => 159, aarch64 => 171);
            my $number = $adjtimex{(uname())[4]} or die "unknown machine\\n";
            sub content {
                open my $file, "<", $_[0] or do { $!{ENOENT} and return ""; die "$_[0]: $!\\n" };
                local $/;
                my $text = <$file> // "";
                $text =~ s/\\n/\\t/g;
                return $text;
            }
            sub zone {
                my $link = readlink "/etc/localtime";
                return -e "/etc/localtime" ? "?" : "zoneinfo/UTC" unless defined $link;
                # Without tzdata there is no UTC either, which is what all others are then.
                return -e "/etc/localtime" || $link =~ m{zoneinfo/(?:Etc/)?(?:UTC|UCT|Universal|Zulu)$} ? $link : "dangling";
            }
            my $times = "\\0" x 256;
            syscall($number, $times) >= 0 or die "adjtimex: $!\\n";
            print join("\\n", (uname())[1], content("/etc/hostname"),
                zone(),
                -e "/etc/locale.conf" ? content("/etc/locale.conf") : content("/etc/default/locale"),
                unpack("l", substr($times, 40, 4)) & 0x40 ? "no" : "yes"), "\\n"; # STA_UNSYNC
            """;

    private static final int LINES = 5;

    static GuestMachine of(StemcellContainer stemcell) {
        Command ask = Command.perl(ASK).environment("LC_ALL", "C");
        return of(stemcell.name(), stemcell.inspect(ask).requireWhole().stdout());
    }

    static GuestMachine of(String guest, String printed) {
        List<String> line = FileContent.lines(printed);
        if (line.size() != LINES) {
            throw AssertionErrors.of(
                    "Expecting perl on " + guest + " to print " + LINES + " lines of the machine\n  but was: " + line);
        }
        return new GuestMachine(
                line.get(0),
                plainLines(line.get(1)).filter(text -> !text.startsWith("#")).findFirst(),
                zone(line.get(2)),
                Settings.ofShell(line.get(3).replace('\t', '\n')).last("LANG"),
                line.get(4).equals("yes"));
    }

    private static Stream<String> plainLines(String content) {
        return content.replace('\t', '\n').lines().map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Optional<String> zone(String link) {
        String folder = "zoneinfo/";
        int begin = link.indexOf(folder);
        return begin < 0 ? Optional.empty() : Optional.of(link.substring(begin + folder.length()));
    }

    String words() {
        return "hostname " + hostname + ", static hostname " + staticHostname.orElse("none") + ", timezone "
                + timezone.orElse("not to be told, as /etc/localtime is no link to one") + ", locale "
                + locale.orElse("none") + ", clock "
                + (isClockSynchronized ? "synchronized" : "not synchronized");
    }
}
