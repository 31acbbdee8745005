package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;

/**
 * Assertions on all rules of nftables that the kernel has for a guest, in their order, or on some of them: also those that the newer iptables
 * has made. {@link #satisfies} is given a {@link FirewallRule} for each. A guest without nft fails all of them, and so does a table or a chain
 * that was named and is not there.
 */
public final class FirewallAssert extends GuestListAssert<FirewallAssert, FirewallRule> {

    private static final FirewallRule NOWHERE = new FirewallRule("", "", "", "");

    /** Which tables and chains they are of. */
    private final Predicate<FirewallRule> place;

    FirewallAssert(Subject subject) {
        this(
                subject,
                new Many<>("the firewall's rules", () -> FirewallRule.of(subject.stemcell()), FirewallRule::words),
                anywhere -> true);
    }

    private FirewallAssert(Subject subject, Many<FirewallRule> many, Predicate<FirewallRule> place) {
        super(subject, many, (where, fewer) -> new FirewallAssert(where, fewer, place));
        this.place = place;
    }

    private FirewallAssert at(String which, Predicate<FirewallRule> more) {
        return new FirewallAssert(subject, many.filtered(which, more), place.and(more));
    }

    /** Whether there is such a table or chain, be there a rule in it or not. */
    @Override
    boolean haveAPlace(List<FirewallRule> found) {
        return !found.isEmpty()
                || place.test(NOWHERE)
                || FirewallRule.placesOf(subject.stemcell()).stream().anyMatch(place);
    }

    @Override
    String none() {
        return "there were none" + chains();
    }

    @Override
    String noPlace() {
        return "there is no such table or chain" + chains();
    }

    private String chains() {
        List<FirewallRule> all = FirewallRule.placesOf(subject.stemcell()).stream()
                .filter(found -> !found.chain().isEmpty())
                .toList();
        return all.isEmpty()
                ? "; there are no chains at all"
                : "; there are chains: "
                        + String.join(
                                ", ",
                                all.stream()
                                        .map(rule -> rule.family() + " " + rule.table() + " " + rule.chain())
                                        .distinct()
                                        .toList());
    }

    /**
     * Goes on with those of a table.
     *
     * @param family its family, as {@code inet}
     * @param table its name
     * @return assertions on those
     */
    public FirewallAssert ofTable(String family, String table) {
        Arguments.word(family);
        Arguments.word(table);
        return at(
                "of the table " + family + " " + table,
                rule -> rule.family().equals(family) && rule.table().equals(table));
    }

    /**
     * Goes on with those of chains of a name.
     *
     * @param chain the name
     * @return assertions on those
     */
    public FirewallAssert ofChain(String chain) {
        Arguments.word(chain);
        return at("of the chain " + chain, rule -> rule.chain().equals(chain));
    }

    /**
     * Verifies that there is a rule.
     *
     * <pre>{@code
     * stemcell.shell("nft add table inet guard; nft add chain inet guard input; nft add rule inet guard input tcp dport 22 accept");
     * assertThat(stemcell).firewall().contain("tcp dport 22 accept"); // passes
     * assertThat(stemcell).firewall().contain("tcp dport 23 accept"); // fails
     * }</pre>
     *
     * @param rule all of its text, as nft prints it
     * @return this assertion object
     */
    public FirewallAssert contain(String rule) {
        Arguments.text(rule);
        return some("contain \"" + rule + "\"", found -> found.text().equals(rule));
    }

    /**
     * Verifies that there is no such rule; the table and the chain that were named have to exist.
     *
     * <pre>{@code
     * stemcell.shell("nft add table inet guard; nft add chain inet guard input; nft add rule inet guard input tcp dport 22 accept");
     * assertThat(stemcell).firewall().doNotContain("tcp dport 23 accept"); // passes
     * assertThat(stemcell).firewall().doNotContain("tcp dport 22 accept"); // fails
     * }</pre>
     *
     * @param rule all of its text, as nft prints it
     * @return this assertion object
     */
    public FirewallAssert doNotContain(String rule) {
        Arguments.text(rule);
        return none("not contain \"" + rule + "\"", found -> found.text().equals(rule));
    }

    /**
     * Verifies that a pattern is found in one of them.
     *
     * <pre>{@code
     * stemcell.shell("nft add table inet guard; nft add chain inet guard input; nft add rule inet guard input tcp dport 22 accept");
     * assertThat(stemcell).firewall().match("dport 22 .*accept$"); // passes
     * assertThat(stemcell).firewall().match("dport 23 .*accept$"); // fails
     * }</pre>
     *
     * @param regex the pattern
     * @return this assertion object
     */
    public FirewallAssert match(String regex) {
        Pattern pattern = Arguments.regex(regex, 0);
        return some("have a match for " + regex, found -> pattern.matcher(found.text())
                .find());
    }

    /**
     * Verifies that a pattern is found in none of them.
     *
     * <pre>{@code
     * stemcell.shell("nft add table inet guard; nft add chain inet guard input; nft add rule inet guard input tcp dport 22 accept");
     * assertThat(stemcell).firewall().doNotMatch("dport 23 .*accept$"); // passes
     * assertThat(stemcell).firewall().doNotMatch("dport 22 .*accept$"); // fails
     * }</pre>
     *
     * @param regex the pattern
     * @return this assertion object
     */
    public FirewallAssert doNotMatch(String regex) {
        Pattern pattern = Arguments.regex(regex, 0);
        return none("have no match for " + regex, found -> pattern.matcher(found.text())
                .find());
    }

    private FirewallAssert none(String wanted, Predicate<FirewallRule> holds) {
        return that(wanted, all -> all.stream().noneMatch(holds));
    }

    private FirewallAssert some(String wanted, Predicate<FirewallRule> holds) {
        return that(wanted, all -> all.stream().anyMatch(holds));
    }

    /**
     * Goes on with their texts in plain AssertJ.
     *
     * @return assertions on the list, in their order
     */
    public AbstractListAssert<?, List<? extends String>, String, ObjectAssert<String>> texts() {
        return plain(FirewallRule::text);
    }
}
