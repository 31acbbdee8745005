package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractListAssert;

/**
 * Assertions on what a server of the domain name system says to the guest of one name and type, asked directly: {@code /etc/hosts} and
 * search domains have no part in it, for which there is {@link StemcellAssert#host}. A server that gives no answer, or refuses one, fails all
 * of them. {@link #satisfies} is given the {@link DnsAnswer}.
 */
public final class DnsAssert extends GuestObjectAssert<DnsAssert, DnsAnswer> {

    private final String name;
    private final DnsType type;

    DnsAssert(Subject subject, String name, DnsType type, String server) {
        super(new Presence<>(
                subject,
                Objects.requireNonNull(type, "type") + " of " + DnsMessage.name(name)
                        + (server.isEmpty() ? "" : " at " + server),
                () -> DnsAnswer.of(
                        subject.stemcell(), name, type, server, subject.timing().patience()),
                Optional::of,
                DnsAnswer::words,
                DnsAnswer::words));
        this.name = name;
        this.type = type;
    }

    /**
     * Asks another server than the first one of {@code /etc/resolv.conf}.
     *
     * @param server its address in numbers
     * @return assertions on its answer
     */
    @CheckReturnValue
    public DnsAssert at(String server) {
        return new DnsAssert(subject, name, type, Addresses.plain(server));
    }

    @Override
    DnsAssert that(String wanted, Predicate<DnsAnswer> holds) {
        return super.that(wanted, answer -> (answer.isFound() || answer.isAbsent()) && holds.test(answer));
    }

    /** For how long they may be kept goes down. */
    @Override
    Object comparable(DnsAnswer answer) {
        return List.of(
                answer.status(),
                Arguments.sorted(answer.records().stream().map(DnsRecord::data).toList()));
    }

    /**
     * Verifies that there is such a name, with records of this type or of others alone.
     *
     * <pre>{@code
     * assertThat(stemcell).dns("localhost", A).exists(); // passes
     * assertThat(stemcell).dns("no-such-host.invalid", A).exists(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public DnsAssert exists() {
        return that("exist", DnsAnswer::isFound);
    }

    /**
     * Verifies that the server says that there is no such name.
     *
     * <pre>{@code
     * assertThat(stemcell).dns("no-such-host.invalid", A).doesNotExist(); // passes
     * assertThat(stemcell).dns("localhost", A).doesNotExist(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public DnsAssert doesNotExist() {
        return that("not exist", DnsAnswer::isAbsent);
    }

    /**
     * Verifies that there is such a name, and nothing of this type.
     *
     * <pre>{@code
     * assertThat(stemcell).dns("localhost", MX).hasNoRecords(); // passes
     * assertThat(stemcell).dns("localhost", A).hasNoRecords(); // fails
     * assertThat(stemcell).dns("no-such-host.invalid", MX).hasNoRecords(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public DnsAssert hasNoRecords() {
        return that(
                "have no records",
                answer -> answer.isFound() && answer.records().isEmpty());
    }

    /**
     * Verifies that one of the records says this.
     *
     * <pre>{@code
     * assertThat(stemcell).dns("localhost", A).hasRecord("127.0.0.1"); // passes
     * assertThat(stemcell).dns("localhost", A).hasRecord("10.9.8.7"); // fails
     * }</pre>
     *
     * @param data what it says, as {@link DnsType} has it
     * @return this assertion object
     */
    public DnsAssert hasRecord(String data) {
        String wanted = plain(data);
        return that("have the record " + wanted, answer -> data(answer).contains(wanted));
    }

    /**
     * Verifies that these are the records, and no others.
     *
     * <pre>{@code
     * assertThat(stemcell).dns("localhost", A).hasOnlyRecords("127.0.0.1"); // passes
     * assertThat(stemcell).dns("localhost", A).hasOnlyRecords("127.0.0.1", "10.9.8.7"); // fails
     * }</pre>
     *
     * @param data what they say, as {@link DnsType} has it, in any order; one at least
     * @return this assertion object
     */
    public DnsAssert hasOnlyRecords(String... data) {
        List<String> wanted = Arguments.sorted(
                Arguments.texts(data, "Name a record, or ask whether there are none by hasNoRecords", this::plain));
        return that("have only the records " + String.join(", ", wanted), answer -> Arguments.sorted(data(answer))
                .equals(wanted));
    }

    private String plain(String data) {
        return switch (type) {
            case A, AAAA -> Addresses.plain(data);
            case TXT -> Arguments.text(data);
            default -> Arguments.text(data).replaceAll("\\.(?= |$)", "").toLowerCase(java.util.Locale.ROOT);
        };
    }

    private static List<String> data(DnsAnswer answer) {
        return answer.records().stream().map(DnsRecord::data).toList();
    }

    /**
     * Goes on with what the records say in plain AssertJ.
     *
     * @return assertions on the list; empty where there is no such name
     */
    public AbstractListAssert<?, List<? extends String>, String, ?> records() {
        return subject.list(
                () -> presence.holds("be answered", answer -> answer.isFound() || answer.isAbsent()),
                DnsAssert::data,
                presence.what() + " on " + subject.name());
    }
}
