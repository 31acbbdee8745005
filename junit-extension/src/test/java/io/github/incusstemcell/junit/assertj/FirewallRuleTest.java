package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules of nftables, as nft prints them. */
class FirewallRuleTest {

    private static final String RULESET = """
            table inet g {
            	comment "ours"
            	chain input {
            		comment "hi"
            		type filter hook input priority filter; policy accept;
            		tcp dport 2222 jump {
            			ip saddr 10.9.9.9 accept
            			ip saddr 10.9.9.0/24 goto {
            				drop
            			}
            			drop
            		}
            		tcp dport 22 accept comment "after"
            		tcp dport 23 jump {
            			return
            		} comment "told"
            	}

            	chain other {
            		drop
            	}
            }
            """;

    private static List<String> texts(String chain) {
        return FirewallRule.of(RULESET).stream()
                .filter(rule -> rule.chain().equals(chain))
                .map(FirewallRule::text)
                .toList();
    }

    @Test
    void aChainWithoutANameIsPartOfTheRuleThatLeadsThere() {
        assertThat(texts("input"))
                .containsExactly(
                        "type filter hook input priority filter; policy accept;",
                        "tcp dport 2222 jump { ip saddr 10.9.9.9 accept; ip saddr 10.9.9.0/24 goto { drop; }; drop; }",
                        "tcp dport 22 accept comment \"after\"",
                        "tcp dport 23 jump { return; } comment \"told\"");
        assertThat(texts("other")).containsExactly("drop");
    }
}
