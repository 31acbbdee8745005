package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rule of nftables, as the kernel has it.
 *
 * @param family that of its table, as {@code inet} or {@code ip}
 * @param table the name of its table
 * @param chain the name of its chain
 * @param text what {@code nft list ruleset} prints of it, without counts, as {@code tcp dport 22 accept}; where a chain has a hook, the
 *     first one says which, and the policy, as {@code type filter hook input priority filter; policy drop;}. A chain without a name is in
 *     the one rule that leads there: {@code tcp dport 22 jump { ip saddr 10.0.0.1 accept; drop; }}
 */
public record FirewallRule(String family, String table, String chain, String text) {

    private static final Pattern TABLE = Pattern.compile("table (\\S+) (\\S+) \\{.*");
    private static final Pattern CHAIN = Pattern.compile("\\tchain (\\S+) \\{.*");

    /** All of them, in their order. */
    static List<FirewallRule> of(StemcellContainer stemcell) {
        return of(ruleset(stemcell));
    }

    /** What is around them: each table, without a chain, and each chain, both without a text. */
    static List<FirewallRule> placesOf(StemcellContainer stemcell) {
        return read(ruleset(stemcell)).stream()
                .filter(rule -> rule.text().isEmpty())
                .toList();
    }

    private static String ruleset(StemcellContainer stemcell) {
        return stemcell.inspect(Command.of("nft", "--stateless", "list", "ruleset"))
                .requireWhole()
                .stdout();
    }

    static List<FirewallRule> of(String ruleset) {
        return read(ruleset).stream().filter(rule -> !rule.text().isEmpty()).toList();
    }

    private static List<FirewallRule> read(String ruleset) {
        List<FirewallRule> rules = new ArrayList<>();
        String family = "";
        String table = "";
        String chain = "";
        for (String line : ruleset.split("\n")) {
            Matcher ofTable = TABLE.matcher(line);
            Matcher ofChain = CHAIN.matcher(line);
            if (ofTable.matches()) {
                family = ofTable.group(1);
                table = ofTable.group(2);
                rules.add(new FirewallRule(family, table, "", ""));
            } else if (ofChain.matches()) {
                chain = ofChain.group(1);
                rules.add(new FirewallRule(family, table, chain, ""));
            } else if (line.startsWith("\t}")) {
                chain = "";
            } else if (isInside(line) && !chain.isEmpty() && !last(rules).text().isEmpty()) {
                rules.add(rules.remove(rules.size() - 1).with(line));
            } else if (!chain.isEmpty() && isRule(line)) {
                rules.add(new FirewallRule(family, table, chain, line.strip()));
            }
        }
        return List.copyOf(rules);
    }

    private static FirewallRule last(List<FirewallRule> rules) {
        return rules.get(rules.size() - 1);
    }

    /** Of a chain without a name, which is part of the rule before it, up to the brace that ends it. */
    private static boolean isInside(String line) {
        return line.startsWith("\t\t\t") || line.startsWith("\t\t}");
    }

    /** A comment that begins a line is the chain's: each rule has something before its own. */
    private static boolean isRule(String line) {
        return !line.isBlank() && !line.strip().startsWith("#") && !line.startsWith("\t\tcomment \"");
    }

    /** With a line of a chain without a name, as nft takes it in one line: each rule in it ends with a semicolon. */
    private FirewallRule with(String line) {
        boolean isWhole = line.startsWith("\t\t}") || line.endsWith("{");
        return new FirewallRule(family, table, chain, text + " " + line.strip() + (isWhole ? "" : ";"));
    }

    String words() {
        return family + " " + table + " " + chain + ": " + text;
    }

    @Override
    public String toString() {
        return words();
    }
}
