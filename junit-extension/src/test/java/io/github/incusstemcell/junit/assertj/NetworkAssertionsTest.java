package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.GuestSocket.udp;
import static io.github.incusstemcell.junit.assertj.Messages.expecting;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The network of a guest, from inside and from the test: each assertion once so that it holds, and once so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class NetworkAssertionsTest {

    @BeforeAll
    static void serve(StemcellContainer stemcell) {
        stemcell.files().writeString("/web.pl", """
                use Socket qw(:all);
                for my $place ([8080, INADDR_ANY], [8081, INADDR_LOOPBACK], [8082, INADDR_ANY]) {
                    next if fork;
                    socket(my $door, AF_INET, SOCK_STREAM, 0) or die $!;
                    setsockopt($door, SOL_SOCKET, SO_REUSEADDR, 1);
                    bind($door, pack_sockaddr_in(@$place)) or die $!;
                    listen($door, 5) or die $!;
                    while (accept(my $guest, $door)) {
                        my $request = "";
                        sysread $guest, $request, 4096, length $request until $request =~ /\\r\\n\\r\\n/;
                        my ($path) = $request =~ m{^GET (\\S+) HTTP/1.1\\r\\n};
                        my $answer = $path eq "/nothing" ? ""
                            : $path eq "/count" ? "HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n" . sprintf("%05d", ++$count)
                            : $path eq "/broken" ? "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nA\\r\\none"
                            : $place->[0] == 8082 ? "220 no web here\\r\\n"
                            : $path eq "/chunks" ? "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\nX-A: 1\\r\\nx-a: 2\\r\\n"
                                . "Connection: close\\r\\n\\r\\n3\\r\\none\\r\\nA;x=y\\r\\n two three\\r\\n0\\r\\n\\r\\n"
                            : "HTTP/1.1 404 Not Found\\r\\nContent-Length: " . length($path) . "\\r\\nConnection: close\\r\\n\\r\\n$path";
                        $answer = "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n-5\\r\\n" if $path eq "/junk";
                        $answer = "HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhalf" if $path eq "/stalls";
                        $answer = "HTTP/1.1 200 OK\\r\\nContent-Length: 20000000\\r\\n\\r\\n" . "x" x 20000000 if $path eq "/long";
                        syswrite $guest, $answer;
                        sysread $guest, my $gone, 1 if $path eq "/stalls";
                        close $guest;
                    }
                }
                system("systemd-notify --ready");
                sleep 1000;
                """);
        stemcell.systemd()
                .writeUnit(
                        "web.service", "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/usr/bin/perl /web.pl\n");
        stemcell.systemd().start("web");
        assertThat(stemcell).within(ofSeconds(20)).socket(tcp(8082)).isListening();
        assertThat(stemcell).within(ofSeconds(20)).socket(tcp(8081)).isListening();
        assertThat(stemcell).within(ofSeconds(20)).socket(tcp(8080)).isListening();
    }

    @Test
    void aWebServerAsItAnswersToTheGuest(StemcellContainer stemcell) {
        assertThat(stemcell)
                .http("http://localhost:8081/chunks")
                .answers()
                .hasStatus(200)
                .hasHeader("X-A", "2")
                .hasBodyContaining("two")
                .body()
                .isEqualTo("one two three");
        assertThat(stemcell)
                .http("http://127.0.0.1:8080/a/b?c")
                .hasStatus(404)
                .body()
                .isEqualTo("/a/b?c");
        assertThat(stemcell).http("http://localhost:8083").doesNotAnswer();
        assertThat(stemcell).http("http://localhost:8082/").doesNotAnswer();

        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .as("health")
                        .http("http://localhost:8081/health")
                        .hasStatus(200)))
                .isEqualTo("[health] Expecting http://localhost:8081/health inside on NAME to answer with status 200\n"
                        + "  but was: status 404, body: /health");
        fail(
                stemcell,
                "Expecting http://localhost:8081/ inside on NAME WANTED\n  but was: status 404, body: /",
                expecting("to not answer", () -> assertThat(stemcell)
                        .http("http://localhost:8081/")
                        .doesNotAnswer()),
                expecting("to answer with the header X-A: 1", () -> assertThat(stemcell)
                        .http("http://localhost:8081/")
                        .hasHeader("X-A", "1")),
                expecting("to answer with a body that contains \"x\"", () -> assertThat(stemcell)
                        .http("http://localhost:8081/")
                        .hasBodyContaining("x")),
                expecting("to answer with status 200 within 0.05s (waited SECONDS)", () -> assertThat(stemcell)
                        .within(ofMillis(50))
                        .http("http://localhost:8081/")
                        .hasStatus(200)));
        fail(
                stemcell,
                "Expecting http://localhost:8081/count inside on NAME to not change for 20s \\(waited SECONDS\\)\n"
                        + "  but was: status 200, body: 0000\\d",
                () -> assertThat(stemcell).http("http://localhost:8081/count").doesNotChangeFor(ofSeconds(20)));
        fail(
                stemcell,
                "Expecting http://localhost:8083/x inside on NAME WANTED\n  but nobody answers: Connection refused\n"
                        + "  listening: nobody listens there; the closest: tcp 0.0.0.0:8082 by perl.*",
                expecting("to answer", () -> assertThat(stemcell)
                        .http("http://localhost:8083/x")
                        .answers()),
                expecting("to answer with status 200", () -> assertThat(stemcell)
                        .http("http://localhost:8083/x")
                        .hasStatus(200)),
                expecting("to answer", () -> assertThat(stemcell)
                        .http("http://localhost:8083/x")
                        .body()));
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .http("http://localhost:8082/")
                        .answers()))
                .startsWith("Expecting http://localhost:8082/ inside on NAME to answer\n"
                        + "  but nobody answers: what answers does not speak HTTP: 220 no web here\n");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .http("http://localhost:8081/nothing")
                        .answers()))
                .startsWith("Expecting http://localhost:8081/nothing inside on NAME to answer\n"
                        + "  but nobody answers: what answers does not speak HTTP: it closed the connection\n");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .http("http://localhost:8081/broken")
                        .answers()))
                .startsWith("Expecting http://localhost:8081/broken inside on NAME to answer\n"
                        + "  but nobody answers: what answers does not speak HTTP: a body in chunks that breaks off\n");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .http("http://no-such.invalid/")
                        .doesNotAnswer()))
                .startsWith("Asking http://no-such.invalid/ on NAME by perl ended with exit code ");
        assertThatThrownBy(() -> assertThat(stemcell).http("ftp://localhost/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Not an address of HTTP as http://localhost:8080/path or https://localhost/: 'ftp://localhost/'");
        assertThatThrownBy(() -> assertThat(stemcell).http("127.0.0.1:8080/"))
                .hasMessageEndingWith(" or https://localhost/: '127.0.0.1:8080/'");
    }

    @Test
    void aWebServerAsItAnswersToTheTest(StemcellContainer stemcell) {
        assertThat(stemcell)
                .httpFromTest(8080, "/chunks")
                .answers()
                .hasStatus(200)
                .hasHeader("x-a", "1")
                .body()
                .isEqualTo("one two three");
        assertThat(stemcell).httpFromTest(8081, "/").doesNotAnswer();

        String address = stemcell.address().getHostAddress();
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).httpFromTest(8080, "/no").hasStatus(200)))
                .isEqualTo("Expecting http://" + address + ":8080/no from the test on NAME to answer with status 200\n"
                        + "  but was: status 404, body: /no");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).httpFromTest(8081, "/").answers()))
                .matches("Expecting http://" + address + ":8081/ from the test on NAME to answer\n"
                        + "  but nobody answers: (no connection could be made|Connection refused)\n"
                        + "  listening: tcp 127.0.0.1:8081 by perl\\[PID] of web.service");
        fail(
                stemcell,
                "Expecting http://.*:8080/ from the test on NAME to not answer\n  but was: status 404, body: /",
                () -> assertThat(stemcell).httpFromTest(8080, "/").doesNotAnswer());
    }

    @Test
    void anAnswerThatStallsOrBreaksOff(StemcellContainer stemcell) {
        fail(
                stemcell,
                "(?s)Expecting http://.*:8080/stalls .* to answer within 0.2s \\(waited SECONDS\\)\n"
                        + "  but nobody answers: no answer within 1 s\n  listening: tcp 0.0.0.0:8080 by .*",
                () -> assertThat(stemcell)
                        .within(ofMillis(200))
                        .httpFromTest(8080, "/stalls")
                        .answers(),
                () -> assertThat(stemcell)
                        .within(ofMillis(200))
                        .http("http://localhost:8080/stalls")
                        .answers());
        fail(
                stemcell,
                "(?s)Expecting http://localhost:8080/junk inside on NAME to answer\n"
                        + "  but nobody answers: what answers does not speak HTTP: a body in chunks of size '-5'\n.*",
                () -> assertThat(stemcell).http("http://localhost:8080/junk").answers());
        fail(
                stemcell,
                "(?s)Expecting http://.*:8080/junk from the test on NAME to answer\n  but nobody answers: .+\n.*",
                () -> assertThat(stemcell).httpFromTest(8080, "/junk").answers());
    }

    @Test
    void anAnswerTooLongToBeKept(StemcellContainer stemcell) {
        fail(
                stemcell,
                "Asking http://.*:8080/long: the answer is longer than the 16777216 bytes that are read of one",
                () -> assertThat(stemcell).httpFromTest(8080, "/long").answers(),
                () -> assertThat(stemcell).httpFromTest(8080, "/long").doesNotAnswer(),
                () -> assertThat(stemcell).http("http://localhost:8080/long").answers());
    }

    @Test
    void aPortThatTheTestConnectsTo(StemcellContainer stemcell) {
        assertThat(stemcell).socket(tcp(8080)).isReachable().listensOn("0.0.0.0");
        assertThat(stemcell).socket(tcp(8081)).isNotReachable().isListening();
        assertThat(stemcell).always(ofMillis(100)).socket(tcp(8080)).isReachable();

        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(50))
                        .socket(tcp(8081))
                        .isReachable()))
                .isEqualTo(
                        "Expecting tcp port 8081 on NAME to be reachable from the test within 0.05s (waited SECONDS)\n"
                                + "  but it did not accept a connection: Connection refused\n"
                                + "  listening: tcp 127.0.0.1:8081 by perl[PID] of web.service\n"
                                + "  states seen: it did not accept a connection: Connection refused at SECONDS");
        fail(
                stemcell,
                "Expecting tcp port 8080 on NAME to not be reachable from the test\n  but it accepted a connection\n"
                        + "  listening: tcp 0.0.0.0:8080 by perl\\[PID] of web.service",
                () -> assertThat(stemcell).socket(tcp(8080)).isNotReachable());
        assertThatThrownBy(() -> assertThat(stemcell).socket(udp(8080)).isNotReachable())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A test can connect to ports of tcp only, not to udp port 8080");
    }

    @Test
    void anInterface(StemcellContainer stemcell) {
        stemcell.shell("ip link add demo0 type veth peer name other0"
                        + " && echo 0 > /proc/sys/net/ipv6/conf/demo0/disable_ipv6 && ip link set demo0 mtu 1280 address 02:00:00:00:00:01"
                        + " && ip addr add 192.0.2.7/24 dev demo0 && ip addr add 2001:db8::7/64 dev demo0 nodad")
                .requireSuccess();

        assertThat(stemcell)
                .networkInterface("demo0")
                .exists()
                .isDown()
                .hasMtu(1280)
                .hasMacAddress("02:00:00:00:00:01")
                .hasAddress("192.0.2.7")
                .hasAddress("192.0.2.7/24")
                .hasAddress("2001:DB8:0::7/64")
                .doesNotHaveAddress("192.0.2.7/25")
                .hasOnlyAddresses("192.0.2.7", "2001:db8::7");
        assertThat(stemcell)
                .networkInterface("eth0")
                .isUp()
                .hasAddress(stemcell.address().getHostAddress())
                .satisfies(link -> !link.hostName().isEmpty(), "have another end on the host");
        assertThat(stemcell).networkInterface("eth9").doesNotExist();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).networkInterface("demo0").hasMtu(1500)))
                .isEqualTo("Expecting network interface demo0 on NAME to have the mtu 1500\n"
                        + "  but was: down, mtu 1280, 02:00:00:00:00:01, addresses 192.0.2.7/24 2001:db8::7/64");
        fail(
                stemcell,
                "Expecting network interface demo0 on NAME WANTED\n  but was: down, mtu 1280, .*",
                expecting(
                        "to not exist",
                        () -> assertThat(stemcell).networkInterface("demo0").doesNotExist()),
                expecting(
                        "to be up",
                        () -> assertThat(stemcell).networkInterface("demo0").isUp()),
                expecting(
                        "to have the MAC address 02:00:00:00:00:02",
                        () -> assertThat(stemcell).networkInterface("demo0").hasMacAddress("02:00:00:00:00:02")),
                expecting(
                        "to have the address 192.0.2.8",
                        () -> assertThat(stemcell).networkInterface("demo0").hasAddress("192.0.2.8")),
                expecting(
                        "to not have the address 192.0.2.7",
                        () -> assertThat(stemcell).networkInterface("demo0").doesNotHaveAddress("192.0.2.7")),
                expecting(
                        "to have only the addresses 192.0.2.7",
                        () -> assertThat(stemcell).networkInterface("demo0").hasOnlyAddresses("192.0.2.7")));
        fail(
                stemcell,
                "Expecting network interface demo1 on NAME WANTED\n  but there is no such interface; there are: demo0, .*eth0, lo.*",
                expecting(
                        "to exist",
                        () -> assertThat(stemcell).networkInterface("demo1").exists()),
                expecting(
                        "to be down",
                        () -> assertThat(stemcell).networkInterface("demo1").isDown()),
                expecting(
                        "to not have the address 192.0.2.7",
                        () -> assertThat(stemcell).networkInterface("demo1").doesNotHaveAddress("192.0.2.7")));
        fail(
                stemcell,
                "Expecting network interface eth0 on NAME to be down\n  but was: up, .*",
                () -> assertThat(stemcell).networkInterface("eth0").isDown());
        assertThatThrownBy(() -> assertThat(stemcell).networkInterface("eth0").hasAddress("localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not an address in numbers: 'localhost'");
        assertThatThrownBy(() -> assertThat(stemcell).networkInterface("eth0").doesNotHaveAddress("10.0.0.1/x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not the length of a prefix, 0 to 32: '10.0.0.1/x'");
    }

    @Test
    void aRoute(StemcellContainer stemcell) {
        stemcell.shell("ip link add demo2 type veth peer name other2"
                        + " && echo 0 > /proc/sys/net/ipv6/conf/demo2/disable_ipv6 && ip addr add 203.0.113.1/24 dev demo2 && ip link set demo2 up && ip link set other2 up"
                        + " && ip route add 198.51.100.0/25 via 203.0.113.9 metric 5"
                        + " && ip route add 198.51.100.0/25 dev eth0 metric 6"
                        + " && ip -6 route add 2001:db8:5::/48 via fe80::1 dev demo2")
                .requireSuccess();

        assertThat(stemcell)
                .route("198.51.100.0/25")
                .exists()
                .goesVia("203.0.113.9")
                .usesInterface("demo2")
                .hasMetric(5);
        assertThat(stemcell).route("203.0.113.0/24").isOnLink().usesInterface("demo2");
        assertThat(stemcell).route("2001:DB8:5::/48").goesVia("fe80::1").usesInterface("demo2");
        assertThat(stemcell).route("default").usesInterface("eth0");
        assertThat(stemcell).route("::/0").doesNotExist();
        assertThat(stemcell).route("198.51.100.0/24").doesNotExist();

        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).route("198.51.100.0/25").hasMetric(7)))
                .isEqualTo("Expecting route 198.51.100.0/25 on NAME to have the metric 7\n"
                        + "  but was: 198.51.100.0/25 via 203.0.113.9 dev demo2 metric 5");
        fail(
                stemcell,
                "Expecting route 198.51.100.0/25 on NAME WANTED\n"
                        + "  but was: 198.51.100.0/25 via 203.0.113.9 dev demo2 metric 5",
                expecting(
                        "to not exist",
                        () -> assertThat(stemcell).route("198.51.100.0/25").doesNotExist()),
                expecting(
                        "to go via 203.0.113.1",
                        () -> assertThat(stemcell).route("198.51.100.0/25").goesVia("203.0.113.1")),
                expecting(
                        "to be on the link",
                        () -> assertThat(stemcell).route("198.51.100.0/25").isOnLink()),
                expecting(
                        "to use the interface eth0",
                        () -> assertThat(stemcell).route("198.51.100.0/25").usesInterface("eth0")));
        fail(
                stemcell,
                "Expecting route 198.51.100.0/24 on NAME WANTED\n"
                        + "  but there is no such route; there are: .*198.51.100.0/25 via 203.0.113.9 dev demo2 metric 5.*",
                expecting(
                        "to exist",
                        () -> assertThat(stemcell).route("198.51.100.0/24").exists()),
                expecting(
                        "to be on the link",
                        () -> assertThat(stemcell).route("198.51.100.0/24").isOnLink()),
                expecting(
                        "to have the metric 5",
                        () -> assertThat(stemcell).route("198.51.100.0/24").hasMetric(5)));
        assertThatThrownBy(() -> assertThat(stemcell).route("198.51.100.0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Neither default nor a network as 10.0.0.0/8: '198.51.100.0'");
        assertThatThrownBy(() -> assertThat(stemcell).route("198.51.100.1/25"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Not a network, but an address in one, since there are bits beyond its prefix: '198.51.100.1/25'");
        assertThatThrownBy(() -> assertThat(stemcell).route("198.51.100.0/99"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not the length of a prefix, 0 to 32: '198.51.100.0/99'");
    }

    @Test
    void aRouteWithSeveralNextHops(StemcellContainer stemcell) {
        stemcell.shell(
                        "ip link add demo3 type veth peer name other3 && ip link set other3 up && echo 0 > /proc/sys/net/ipv6/conf/demo3/disable_ipv6 && ip addr add 192.0.2.1/26 dev demo3 && ip link set demo3 up"
                                + " && ip link add demo4 type veth peer name other4 && ip link set other4 up && ip addr add 192.0.2.65/26 dev demo4 && ip link set demo4 up"
                                + " && ip route add 198.51.101.0/25 metric 7 nexthop via 192.0.2.2 dev demo3 nexthop via 192.0.2.66 dev demo4"
                                + " && ip route add 198.51.101.128/25 metric 7 nexthop dev demo3 nexthop dev demo4"
                                + " && ip route add 198.51.102.0/25 via inet6 fe80::9 dev demo3")
                .requireSuccess();

        assertThat(stemcell)
                .route("198.51.101.0/25")
                .goesVia("192.0.2.2")
                .goesVia("192.0.2.66")
                .usesInterface("demo3")
                .usesInterface("demo4")
                .hasMetric(7);
        assertThat(stemcell).route("198.51.101.128/25").isOnLink();
        assertThat(stemcell).route("198.51.102.0/25").goesVia("fe80::9").usesInterface("demo3");
        fail(
                stemcell,
                "Expecting route 198.51.101.0/25 on NAME WANTED\n"
                        + "  but was: 198.51.101.0/25 metric 7 nexthop via 192.0.2.2 dev demo3 nexthop via 192.0.2.66 dev demo4",
                expecting(
                        "to go via 192.0.2.3",
                        () -> assertThat(stemcell).route("198.51.101.0/25").goesVia("192.0.2.3")),
                expecting(
                        "to use the interface eth0",
                        () -> assertThat(stemcell).route("198.51.101.0/25").usesInterface("eth0")),
                expecting(
                        "to be on the link",
                        () -> assertThat(stemcell).route("198.51.101.0/25").isOnLink()));
        fail(
                stemcell,
                "Expecting route 198.51.102.0/25 on NAME to be on the link\n"
                        + "  but was: 198.51.102.0/25 via fe80::9 dev demo3 metric 0",
                () -> assertThat(stemcell).route("198.51.102.0/25").isOnLink());
    }

    @Test
    void routesBesideOthersToTheSamePlace(StemcellContainer stemcell) {
        stemcell.shell(
                        "ip link add demo6 type veth peer name other6 && ip link set other6 up && ip addr add 192.0.2.129/26 dev demo6 && ip link set demo6 up"
                                + " && ip route add 198.51.105.0/25 via 192.0.2.130 tos 0x10 && ip route add 198.51.105.0/25 via 192.0.2.131"
                                + " && ip nexthop add id 7 via 192.0.2.132 dev demo6 && ip route add 198.51.105.128/25 nhid 7")
                .requireSuccess();

        assertThat(stemcell).route("198.51.105.0/25").goesVia("192.0.2.131");
        assertThat(stemcell).route("198.51.105.128/25").goesVia("192.0.2.132").usesInterface("demo6");
        String setting = "/proc/sys/net/ipv4/nexthop_compat_mode";
        stemcell.shell("echo 0 > " + setting).requireSuccess();
        try {
            assertThat(message(stemcell, () -> assertThat(stemcell)
                            .route("198.51.105.128/25")
                            .isOnLink()))
                    .isEqualTo(
                            "Expecting the next hops of the route 198.51.105.128/25\n"
                                    + "  but the kernel says the number of a nexthop object only, as net.ipv4.nexthop_compat_mode is 0");
        } finally {
            stemcell.shell("ip route del 198.51.105.128/25; echo 1 > " + setting)
                    .requireSuccess();
        }
    }

    @Test
    void routesByWhichNothingLeaves(StemcellContainer stemcell) {
        stemcell.shell(
                        "ip link add demo5 type veth peer name other5 && ip link set other5 up && echo 0 > /proc/sys/net/ipv6/conf/demo5/disable_ipv6 && ip link set demo5 up"
                                + " && ip -6 route add 2001:db8:7::/48 dev demo5 table 7 && ip route add 198.51.103.0/25 dev demo5 table 7"
                                + " && ip -6 route add blackhole 2001:db8:8::/48 && ip route add blackhole 198.51.103.128/25"
                                + " && ip route add unreachable 198.51.104.0/25 && ip route add throw 198.51.104.128/25")
                .requireSuccess();

        for (String target : List.of(
                "2001:db8:7::/48",
                "198.51.103.0/25",
                "2001:db8:8::/48",
                "198.51.103.128/25",
                "198.51.104.0/25",
                "198.51.104.128/25")) {
            assertThat(stemcell).route(target).doesNotExist();
        }
    }

    @Test
    void aNameOfAHost(StemcellContainer stemcell) {
        stemcell.files()
                .writeString(
                        "/etc/hosts", "127.0.0.1 localhost # here\n192.0.2.1 demo.test demo\n2001:db8::1 demo.test\n");
        stemcell.files().delete("/etc/resolv.conf");
        stemcell.files().writeString("/etc/resolv.conf", "nameserver 127.0.0.53\n");

        assertThat(stemcell)
                .host("demo.test")
                .resolves()
                .resolvesTo("192.0.2.1")
                .resolvesTo("2001:DB8::1")
                .resolvesOnlyTo("2001:db8::1", "192.0.2.1");
        assertThat(stemcell).host("no-such.invalid").doesNotResolve();

        assertThat(message(
                        stemcell, () -> assertThat(stemcell).host("demo.test").resolvesTo("192.0.2.2")))
                .isEqualTo("Expecting host demo.test on NAME to resolve to 192.0.2.2\n"
                        + "  but was: 192.0.2.1 2001:db8::1");
        fail(
                stemcell,
                "Expecting host demo.test on NAME WANTED\n  but was: 192.0.2.1 2001:db8::1",
                expecting(
                        "to not resolve",
                        () -> assertThat(stemcell).host("demo.test").doesNotResolve()),
                expecting(
                        "to resolve to 192.0.2.1 only",
                        () -> assertThat(stemcell).host("demo.test").resolvesOnlyTo("192.0.2.1")));
        fail(
                stemcell,
                "Expecting host no-such.invalid on NAME WANTED\n  but it does not resolve\n"
                        + "  /etc/hosts: 127.0.0.1 localhost # here; 192.0.2.1 demo.test demo; 2001:db8::1 demo.test\n"
                        + "  /etc/resolv.conf: nameserver 127.0.0.53",
                expecting(
                        "to resolve",
                        () -> assertThat(stemcell).host("no-such.invalid").resolves()),
                expecting(
                        "to resolve to 192.0.2.1",
                        () -> assertThat(stemcell).host("no-such.invalid").resolvesTo("192.0.2.1")));
        stemcell.files().writeString("/etc/resolv.conf", "nameserver 127.0.0.9\noptions timeout:1 attempts:1\n");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).host("elsewhere.test").doesNotResolve()))
                .startsWith("Looking up elsewhere.test on NAME by perl ended with exit code ")
                .contains("\n  stderr: Temporary failure in name resolution");
    }
}
