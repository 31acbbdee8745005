package io.github.incusstemcell.junit.assertj;

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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Names at a server of DNS, requests of HTTP of all kinds, rules of nftables: each assertion so that it holds, and so that it does not. */
@IncusStemcell(scope = Scope.PER_CLASS)
class NamesAndRequestsTest {

    private static final String SERVER = "127.0.0.2";

    /** A server of DNS at port 53 of 127.0.0.2, over UDP and, for what does not fit, TCP; and one of HTTP at 8090 that says what it was asked. */
    private static final String SERVERS = """
            use Socket qw(:all);
            sub name { join("", map { pack("C/a*", $_) } split /\\./, $_[0]) . "\\0" }
            my %zone = (
                "web.test/1" => [pack("C4", 10, 0, 0, 2), pack("C4", 10, 0, 0, 3)],
                "web.test/28" => [inet_pton(AF_INET6, "fd00::2")],
                "web.test/15" => [pack("n", 10) . name("Mail.test")],
                "web.test/16" => [pack("C/a*", "v=spf1 ") . pack("C/a*", "-all")],
                "web.test/33" => [pack("n3", 0, 5, 5060) . name("sip.test")],
                "web.test/2" => [name("ns.test")],
                "web.test/6" => [name("ns.test") . name("root.test") . pack("N5", 7, 3600, 600, 86400, 60)],
                "count.test/1" => [""],
                "alias.test/5" => ["\\x03www\\xc0\\x0c"],
                "big.test/16" => [map { pack("C/a*", $_ x 200) } "a" .. "d"]);
            sub answer {
                my ($query, $fits) = @_;
                my ($id, $at, @labels) = (unpack("n", $query), 12);
                while (my $length = ord substr($query, $at, 1)) {
                    push @labels, substr($query, $at + 1, $length);
                    $at += 1 + $length;
                }
                my ($name, $type) = (join(".", @labels), unpack("n", substr($query, $at + 1, 2)));
                my @found = @{$zone{"$name/$type"} || []};
                @found = (pack("C4", 10, 0, 1, ++$count)) if $name eq "count.test";
                my $flags = 0x8180 | ($name eq "refused.test" ? 5 : (grep { /^\\Q$name\\E\\// } keys %zone) ? 0 : 3);
                ($flags, @found) = ($flags | 0x200) if $name eq "big.test" && !$fits;
                return pack("n6", $id, $flags, 1, scalar @found, 0, 0) . substr($query, 12, $at - 12 + 5)
                    . join "", map { "\\xc0\\x0c" . pack("nnNn/a*", $type, 1, 60, $_) } @found;
            }
            sub door {
                my ($kind, $port, $address) = @_;
                socket(my $door, AF_INET, $kind, 0) or die $!;
                setsockopt($door, SOL_SOCKET, SO_REUSEADDR, 1);
                bind($door, pack_sockaddr_in($port, inet_aton($address))) or die $!;
                listen($door, 5) if $kind == SOCK_STREAM;
                return $door;
            }
            if (!fork) {
                my $door = door(SOCK_DGRAM, 53, "127.0.0.2");
                while (my $guest = recv($door, my $query, 4096, 0)) { send($door, answer($query, 0), 0, $guest) }
            }
            if (!fork) {
                my $door = door(SOCK_STREAM, 53, "127.0.0.2");
                while (accept(my $guest, $door)) {
                    sysread $guest, my $query, 4096;
                    syswrite $guest, pack("n/a*", answer(substr($query, 2), 1));
                    close $guest;
                }
            }
            my $door = door(SOCK_STREAM, 8090, "0.0.0.0");
            while (accept(my $guest, $door)) {
                my $request = "";
                sysread $guest, $request, 4096, length $request until $request =~ /\\r\\n\\r\\n/;
                my $rest = $request =~ /content-length: (\\d+)/i ? $1 : 0;
                sysread $guest, $request, 4096, length $request while length $request < $rest + 4 + index $request, "\\r\\n\\r\\n";
                syswrite $guest, "HTTP/1.1 200 OK\\r\\nContent-Length: " . length($request) . "\\r\\nConnection: close\\r\\n\\r\\n$request";
                close $guest;
            }
            """;

    @BeforeAll
    static void serve(StemcellContainer stemcell) {
        stemcell.files().writeString("/servers.pl", SERVERS);
        stemcell.systemd().writeUnit("servers", "[Service]\nType=exec\nExecStart=/usr/bin/perl /servers.pl\n");
        stemcell.systemd().start("servers");
        String curve = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        stemcell.shell("cd / && openssl req -x509" + curve + " -keyout ca.key -out ca.pem -subj /CN=ca -days 2"
                        + " && openssl req" + curve + " -keyout web.key -out web.csr -subj /CN=localhost"
                        + " && echo subjectAltName=DNS:localhost > ext && openssl x509 -req -in web.csr -CA ca.pem"
                        + " -CAkey ca.key -CAcreateserial -out web.pem -days 2 -extfile ext")
                .requireSuccess();
        stemcell.systemd()
                .writeUnit(
                        "tls",
                        "[Service]\nType=exec\nExecStart=/usr/bin/openssl s_server -accept 8443 -cert /web.pem -key"
                                + " /web.key -www\n");
        stemcell.systemd().start("tls");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .dns("big.test", DnsType.TXT)
                .at(SERVER)
                .exists();
        assertThat(stemcell)
                .within(ofSeconds(20))
                .http("http://localhost:8090/")
                .answers();
        assertThat(stemcell).within(ofSeconds(20)).socket(GuestSocket.tcp(8443)).isListening();
    }

    private static DnsAssert at(StemcellContainer stemcell, String name, DnsType type) {
        return assertThat(stemcell).dns(name, type).at(SERVER);
    }

    @Test
    void recordsOfEachType(StemcellContainer stemcell) {
        at(stemcell, "web.test", DnsType.A)
                .exists()
                .hasRecord("10.0.0.3")
                .hasOnlyRecords("10.0.0.3", "10.0.0.2")
                .doesNotChangeFor(ofMillis(100))
                .records()
                .containsExactly("10.0.0.2", "10.0.0.3");
        at(stemcell, "web.test.", DnsType.AAAA).hasOnlyRecords("FD00:0::2");
        at(stemcell, "web.test", DnsType.MX).hasOnlyRecords("10 mail.test.");
        at(stemcell, "web.test", DnsType.TXT).hasOnlyRecords("v=spf1 -all");
        at(stemcell, "web.test", DnsType.SRV).hasOnlyRecords("0 5 5060 sip.test");
        at(stemcell, "web.test", DnsType.NS).hasOnlyRecords("ns.test");
        at(stemcell, "web.test", DnsType.SOA).hasOnlyRecords("ns.test root.test 7 3600 600 86400 60");
        at(stemcell, "alias.test", DnsType.CNAME).hasOnlyRecords("www.alias.test");
        at(stemcell, "big.test", DnsType.TXT).records().hasSize(4).contains("d".repeat(200));
        at(stemcell, "web.test", DnsType.PTR).exists().hasNoRecords();
        at(stemcell, "none.test", DnsType.A).doesNotExist();
    }

    @Test
    void recordsThatAreOthers(StemcellContainer stemcell) {
        String all = "\n  but was: NOERROR, web.test A 10.0.0.2, web.test A 10.0.0.3";
        fail(stemcell, "Expecting A of web.test at 127.0.0.2 on NAME to have the record 10.0.0.4" + all, () -> at(
                        stemcell, "web.test", DnsType.A)
                .hasRecord("10.0.0.4"));
        fail(stemcell, "Expecting A of web.test at 127.0.0.2 on NAME to have only the records 10.0.0.2" + all, () -> at(
                        stemcell, "web.test", DnsType.A)
                .hasOnlyRecords("10.0.0.2"));
        fail(stemcell, "Expecting A of web.test at 127.0.0.2 on NAME to have no records" + all, () -> at(
                        stemcell, "web.test", DnsType.A)
                .hasNoRecords());
        fail(stemcell, "Expecting A of web.test at 127.0.0.2 on NAME to not exist" + all, () -> at(
                        stemcell, "web.test", DnsType.A)
                .doesNotExist());
        fail(
                stemcell,
                "Expecting A of none.test at 127.0.0.2 on NAME WANTED\n" + "  but was: NXDOMAIN",
                expecting("to exist", () -> at(stemcell, "none.test", DnsType.A).exists()),
                expecting("to have no records", () -> at(stemcell, "none.test", DnsType.A)
                        .hasNoRecords()),
                expecting("to have the record 10.0.0.4", () -> at(stemcell, "none.test", DnsType.A)
                        .hasRecord("10.0.0.4")));
        fail(
                stemcell,
                "Expecting A of count.test at 127.0.0.2 on NAME to not change for 20s \\(waited SECONDS\\)\n"
                        + "  but was: .*10\\.0\\.1\\.\\d+.*",
                () -> at(stemcell, "count.test", DnsType.A).doesNotChangeFor(ofSeconds(20)));
        fail(
                stemcell,
                "Expecting A of refused.test at 127.0.0.2 on NAME WANTED\n  but was: REFUSED",
                expecting("to exist", () -> at(stemcell, "refused.test", DnsType.A)
                        .exists()),
                expecting("to not exist", () -> at(stemcell, "refused.test", DnsType.A)
                        .doesNotExist()),
                expecting(
                        "to be answered",
                        () -> at(stemcell, "refused.test", DnsType.A).records().isEmpty()));
        fail(
                stemcell,
                "Expecting A of web.test at 127.0.0.3 on NAME to not exist\n  but was: no answer: 127.0.0.3: Connection refused",
                () -> assertThat(stemcell)
                        .dns("web.test", DnsType.A)
                        .at("127.0.0.3")
                        .doesNotExist());
    }

    @Test
    void anAnswerThatIsNone() {
        assertThatThrownBy(() -> DnsMessage.answer(new byte[] {1, 2, 3}, DnsType.A))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Expecting an answer of DNS\n  but was: 010203");
        byte[] ring = DnsMessage.question("web.test", DnsType.A);
        ring[2] = (byte) 0x80;
        ring[12] = (byte) 0xc0;
        ring[13] = 12;
        assertThatThrownBy(() -> DnsMessage.answer(ring, DnsType.A)).isInstanceOf(AssertionError.class);
    }

    @Test
    void requestsOfAllKinds(StemcellContainer stemcell) {
        assertThat(stemcell)
                .http("http://localhost:8090/jobs?all")
                .withMethod("PUT")
                .withHeader("X-Token", "abc")
                .withHeader("host", "web.test")
                .withBody("naïve")
                .hasStatus(200)
                .body()
                .isEqualTo("PUT /jobs?all HTTP/1.1\r\nConnection: close\r\nAccept: */*\r\nContent-Length: 6\r\n"
                        + "X-Token: abc\r\nhost: web.test\r\n\r\nnaïve");
        assertThat(stemcell)
                .httpFromTest(8090, "/jobs")
                .withMethod("POST")
                .withHeader("X-Token", "abc")
                .withBody("x=1")
                .hasBodyContaining("POST /jobs HTTP/1.1\r\n")
                .hasBodyContaining("X-Token: abc\r\n")
                .hasBodyContaining("\r\n\r\nx=1");

        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .http("http://localhost:8090/")
                        .withMethod("DELETE")
                        .hasStatus(404)))
                .startsWith("Expecting DELETE http://localhost:8090/ inside on NAME to answer with status 404\n"
                        + "  but was: status 200, body: DELETE / HTTP/1.1\r\n".replace("\r", "\\x0d"));
    }

    @Test
    void whomTheGuestTrusts(StemcellContainer stemcell) {
        assertThat(stemcell).http("https://localhost:8443/").doesNotAnswer();
        fail(
                stemcell,
                "Expecting https://localhost:8443/ inside on NAME to answer with status 200\n  but nobody answers:"
                        + " .*unable to (get local issuer certificate|verify the first certificate).*\n  listening: tcp6? .*:8443 .*",
                () -> assertThat(stemcell).http("https://localhost:8443/").hasStatus(200));

        stemcell.shell("mkdir -p /etc/ssl/certs && cp /ca.pem /etc/ssl/certs/test.pem && openssl rehash /etc/ssl/certs")
                .requireSuccess();
        assertThat(stemcell).http("https://localhost:8443/").hasStatus(200).hasBodyContaining("s_server -accept");
        fail(
                stemcell,
                "(?i)Expecting https://127.0.0.1:8443/ inside on NAME to answer\n  but nobody answers: .*mismatch.*\n.*",
                () -> assertThat(stemcell).http("https://127.0.0.1:8443/").answers());
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .http("https://no-such.invalid/")
                        .doesNotAnswer()))
                .startsWith("Asking https://no-such.invalid/ on NAME by openssl ended with exit code 1\n");
        fail(
                stemcell,
                "(?i)Expecting https://localhost:8444/ inside on NAME to answer\n  but nobody answers: .*refused.*\n.*",
                () -> assertThat(stemcell).http("https://localhost:8444/").answers());
    }

    @Test
    void rulesOfTheFirewall(StemcellContainer stemcell) {
        assertThat(stemcell).firewall().noneMatch(rule -> rule.table().equals("guard"), "is of the table guard");
        stemcell.files().writeString("/rules", """
                table inet guard {
                    set friends { type ipv4_addr; elements = { 10.0.0.7, 10.0.0.8 }; }
                    chain input {
                        type filter hook input priority 0; policy accept;
                        ip saddr @friends accept
                        tcp dport 4711 counter drop
                    }
                    chain other { return; }
                }
                """);
        stemcell.exec("nft", "-f", "/rules").requireSuccess();
        try {
            String hook = "type filter hook input priority filter; policy accept;";
            assertThat(stemcell)
                    .firewall()
                    .ofTable("inet", "guard")
                    .contain("return")
                    .ofChain("input")
                    .contain(hook)
                    .doNotContain("return")
                    .match("dport 4711 .*drop$")
                    .doNotMatch("dport 4712")
                    .hasSize(3)
                    .texts()
                    .containsExactly(hook, "ip saddr @friends accept", "tcp dport 4711 counter drop");

            String rules =
                    "\n  but there were: inet guard input: type filter .*, inet guard input: ip saddr @friends accept, .*";
            String which = "Expecting the firewall's rules of the table inet guard on NAME to ";
            FirewallAssert guard = assertThat(stemcell).firewall().ofTable("inet", "guard");
            fail(stemcell, which + "contain \"drop\"" + rules, () -> guard.contain("drop"));
            fail(stemcell, which + "not contain \"return\"" + rules, () -> guard.doNotContain("return"));
            fail(stemcell, which + "have a match for 4712" + rules, () -> guard.match("4712"));
            fail(stemcell, which + "have no match for 4711" + rules, () -> guard.doNotMatch("4711"));
            fail(
                    stemcell,
                    which.replace(" on NAME", " of the chain output on NAME")
                            + "be there\n  but there is no such table or chain; there are chains: .*inet guard input, inet guard other.*",
                    () -> guard.ofChain("output").isNotEmpty());
        } finally {
            stemcell.exec("nft", "delete", "table", "inet", "guard").requireSuccess();
        }
    }
}
