package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.junit.assertj.SudoRule.Match;
import io.github.incusstemcell.junit.assertj.SudoRule.Tag;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which commands rules are about. */
class SudoRuleTest {

    @Test
    void digestsStandBeforeTheExclamationMark() {
        assertThat(SudoRule.ofCommand("root", Tag.PASSWD, false, "sha224:aa, sha256:b/+= !/usr/bin/id -u"))
                .isEqualTo(new SudoRule("root", Tag.PASSWD, false, true, "sha224:aa, sha256:b/+= /usr/bin/id -u"));
        assertThat(SudoRule.ofCommand("root", Tag.NONE, true, "!ALL"))
                .isEqualTo(new SudoRule("root", Tag.NONE, true, true, "ALL"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ALL : ALL; ALL; /usr/bin/id -u; YES",
                "root; /usr/bin/id; /usr/bin/id -u; YES",
                "root; /bin/id; /usr/bin/id; YES",
                "root; /opt/id; /usr/bin/id; MAYBE",
                "root; /usr/bin/ids; /usr/bin/id; NO",
                "root; /usr/bin/id -u; /usr/bin/id -u; YES",
                "root; /usr/bin/id -u; /usr/bin/id; NO",
                "root; /usr/bin/id -u; /usr/bin/id -u -n; NO",
                "root; /usr/bin/id \"\"; /usr/bin/id; YES",
                "root; /usr/bin/id \"\"; /usr/bin/id -u; NO",
                "root; /usr/bin/id -*; /usr/bin/id -u; MAYBE",
                "root; /usr/bin/id -*; /usr/bin/ls; NO",
                "root; /usr/bin/id a\\,b; /usr/bin/id a,b; YES",
                "root; /usr/bin/*; /usr/bin/id; MAYBE",
                "root; /usr/*/ls; /usr/bin/id; NO",
                "root; /usr/bin/; /usr/bin/id; MAYBE",
                "root; ^/usr/bin/(id|ls)$; /usr/bin/id; MAYBE",
                "root; /usr/bin/id ^-[ug]$; /usr/bin/id -u; MAYBE",
                "root; sha224:aa /usr/bin/id; /usr/bin/id; MAYBE",
                "root; sha224:aa /usr/bin/ls; /usr/bin/id; NO",
                "root; sha224:aa, sha256:b/+= /usr/bin/id -u; /usr/bin/id -u; MAYBE",
                "root; sha224:aa, sha256:b/+= /usr/bin/id -u; /usr/bin/id; NO",
                "root; sha224:aa ALL; /usr/bin/id; MAYBE",
                "root; sudoedit /usr/bin/id; /usr/bin/id; NO",
                "nobody; ALL; /usr/bin/id; NO",
                "vcap : root; ALL; /usr/bin/id; NO",
                "#0; ALL; /usr/bin/id; YES",
                "nobody, root; ALL; /usr/bin/id; YES",
                "ALL, !root; ALL; /usr/bin/id; MAYBE",
                "%wheel; ALL; /usr/bin/id; MAYBE"
            })
    void isAboutACommand(String runAs, String rule, String command, Match match) {
        SudoTarget target = SudoTarget.asRoot(List.of(command.split(" ")));
        assertThat(new SudoRule(runAs, Tag.NONE, false, false, rule).matches(target))
                .isEqualTo(match);
        assertThat(new SudoRule(runAs, Tag.NONE, true, false, rule).matches(target))
                .as("for a time")
                .isEqualTo(match.and(Match.MAYBE));
    }
}
