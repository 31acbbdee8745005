package io.github.incusstemcell.junit.assertj;

/** Types of records of the domain name system, RFC 1035, 3596 and 2782. */
public enum DnsType {
    /** An IPv4 address. */
    A(1),
    /** A name server. */
    NS(2),
    /** The name of which this one is an alias. */
    CNAME(5),
    /** The start of a zone. */
    SOA(6),
    /** The name of an address. */
    PTR(12),
    /** A mail server, as {@code 10 mail.example.com}. */
    MX(15),
    /** Texts, in one. */
    TXT(16),
    /** An IPv6 address. */
    AAAA(28),
    /** A service, as {@code 0 5 5060 sip.example.com}: priority, weight, port and host. */
    SRV(33);

    private final int number;

    DnsType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
