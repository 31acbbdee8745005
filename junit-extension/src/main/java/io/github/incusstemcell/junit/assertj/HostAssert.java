package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Assertions on what a name of a host stands for inside of the guest, by whatever {@code nsswitch.conf} says. A name that stands for nothing
 * fails all of them but {@link #doesNotResolve()}; a resolver that gives no answer fails that, too. {@link #satisfies} is given its addresses, in numbers.
 *
 * <p>The network's resolver is reached by the overlay where the image's has nobody who makes it, as on jammy ({@link
 * io.github.incusstemcell.stemcell.OverlayPart}{@code .RESOLVER}).
 */
public final class HostAssert extends GuestObjectAssert<HostAssert, List<String>> {

    /**
     * Prints addresses, a line each; ends with 3 where there are none. getent(1) would not tell that from no answer. Perl is in every
     * Debian and Ubuntu (perl-base is essential).
     */
    private static final String LOOK_UP = """
            use Socket qw(:addrinfo SOCK_STREAM);
            my ($error, @found) = getaddrinfo($ARGV[0], "", {socktype => SOCK_STREAM});
            exit 3 if $error == EAI_NONAME || $error == -5; # EAI_NODATA, of which Socket knows not
            die "$error\\n" if $error;
            for (@found) {
                my ($failed, $address) = getnameinfo($_->{addr}, NI_NUMERICHOST, NIx_NOSERV);
                die "$failed\\n" if $failed;
                print "$address\\n";
            }
            """;

    private static final int NO_SUCH_NAME = 3;

    private final String name;

    HostAssert(Subject subject, String name) {
        super(new Presence<>(
                subject,
                "host " + Arguments.host(name),
                () -> lookUp(subject.stemcell(), name),
                found -> found,
                addresses -> String.join(" ", addresses),
                nothing -> "it does not resolve\n  /etc/hosts: " + content(subject.stemcell(), "/etc/hosts")
                        + "\n  /etc/resolv.conf: " + content(subject.stemcell(), "/etc/resolv.conf")));
        this.name = name;
    }

    private static Optional<List<String>> lookUp(StemcellContainer stemcell, String name) {
        ExecResult result = stemcell.inspect(Command.perl(LOOK_UP, name).environment("LC_ALL", "C"));
        if (result.exitCode() == NO_SUCH_NAME) {
            return Optional.empty();
        }
        if (!result.isSuccess()) {
            throw AssertionErrors.ofExit("Looking up " + name + " on " + stemcell.name() + " by perl", result);
        }
        return Optional.of(result.stdout()
                .lines()
                .map(Addresses::plain)
                .distinct()
                .sorted()
                .toList());
    }

    /** Its lines but comments, in one. */
    private static String content(StemcellContainer stemcell, String path) {
        if (!stemcell.files().exists(path)) {
            return "does not exist";
        }
        List<String> lines = stemcell.files()
                .readString(path)
                .lines()
                .map(line -> line.strip().replaceAll("\\s+", " "))
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        return lines.isEmpty() ? "empty" : String.join("; ", lines);
    }

    /**
     * Verifies that it stands for at least one address.
     *
     * <pre>{@code
     * assertThat(stemcell).host("localhost").resolves(); // passes
     * assertThat(stemcell).host("no-such-host.invalid").resolves(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public HostAssert resolves() {
        return that("resolve", addresses -> true);
    }

    /**
     * Verifies that the resolver says that it stands for nothing.
     *
     * <pre>{@code
     * assertThat(stemcell).host("no-such-host.invalid").doesNotResolve(); // passes
     * assertThat(stemcell).host("localhost").doesNotResolve(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public HostAssert doesNotResolve() {
        return isAbsent("not resolve");
    }

    /**
     * Verifies that it stands for this address, perhaps among others.
     *
     * <pre>{@code
     * assertThat(stemcell).host("localhost").resolvesTo("127.0.0.1"); // passes
     * assertThat(stemcell).host("localhost").resolvesTo("10.9.8.7"); // fails
     * }</pre>
     *
     * @param address one of those for which it stands, in numbers
     * @return this assertion object
     */
    public HostAssert resolvesTo(String address) {
        String wanted = Addresses.plain(address);
        return that("resolve to " + address, addresses -> addresses.contains(wanted));
    }

    /**
     * Verifies that the guest can connect to it, at one of its addresses.
     *
     * <pre>{@code
     * stemcell.shell("echo 127.0.0.53 resolver >>/etc/hosts");
     * assertThat(stemcell).host("resolver").acceptsTcp(53); // passes
     * assertThat(stemcell).host("resolver").acceptsTcp(4711); // fails
     * }</pre>
     *
     * @param port the port of TCP
     * @return this assertion object
     */
    public HostAssert acceptsTcp(int port) {
        return connect(port, "accept connections to tcp port " + port, Connecting::isOpen);
    }

    /**
     * Verifies that the guest cannot connect to it, at none of its addresses, of which it has to have one.
     *
     * <pre>{@code
     * stemcell.shell("echo 127.0.0.53 resolver >>/etc/hosts");
     * assertThat(stemcell).host("resolver").doesNotAcceptTcp(4711); // passes
     * assertThat(stemcell).host("resolver").doesNotAcceptTcp(53); // fails
     * }</pre>
     *
     * @param port the port of TCP
     * @return this assertion object
     */
    public HostAssert doesNotAcceptTcp(int port) {
        return connect(port, "not accept connections to tcp port " + port, connecting -> !connecting.isOpen());
    }

    private HostAssert connect(int port, String wanted, Predicate<Connecting> holds) {
        Arguments.port(port);
        if (!presence.holds("resolve", addresses -> true).isPresent()) {
            return this;
        }
        Observation<Connecting> seen = new Observation<>(subject.timing(), holds, Connecting::words)
                .polling(() -> Connecting.inside(
                        subject.stemcell(), name, port, subject.timing().patience()));
        subject.verify("host " + name, wanted, seen, Connecting::words);
        return this;
    }

    /**
     * Verifies that it stands for these addresses, and no others.
     *
     * <pre>{@code
     * stemcell.shell("echo 10.9.8.7 db >>/etc/hosts");
     * assertThat(stemcell).host("db").resolvesOnlyTo("10.9.8.7"); // passes
     * assertThat(stemcell).host("db").resolvesOnlyTo("10.9.8.7", "10.9.8.8"); // fails
     * }</pre>
     *
     * @param addresses those for which it stands, in numbers, in any order; at least one
     * @return this assertion object
     */
    public HostAssert resolvesOnlyTo(String... addresses) {
        List<String> wanted = List.copyOf(new TreeSet<>(Arguments.texts(
                addresses, "Name an address, or ask whether there are none by doesNotResolve", Addresses::plain)));
        return that("resolve to " + String.join(" ", wanted) + " only", wanted::equals);
    }
}
