package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.junit.assertj.SudoRule.Match;
import io.github.incusstemcell.junit.assertj.SudoRule.Tag;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines as sudo 1.9 lists them. */
class SudoRuleTest {

    @Test
    void tagsAreForAllBehindThem() {
        assertThat(
                        SudoRule.ofLine(
                                "(root) TIMEOUT=10 NOEXEC: NOPASSWD: /usr/bin/vi \"\", CWD=/tmp /usr/bin/env, /x a\\, b, PASSWD: !/y"))
                .containsExactly(
                        new SudoRule("root", Tag.NOPASSWD, false, "/usr/bin/vi \"\""),
                        new SudoRule("root", Tag.NOPASSWD, false, "/usr/bin/env"),
                        new SudoRule("root", Tag.NOPASSWD, false, "/x a\\, b"),
                        new SudoRule("root", Tag.PASSWD, true, "/y"));
        assertThat(SudoRule.ofLine("(ALL : ALL) ALL"))
                .containsExactly(new SudoRule("ALL : ALL", Tag.NONE, false, "ALL"));
        assertThatThrownBy(() -> SudoRule.ofLine("(root ALL")).isInstanceOf(IllegalArgumentException.class);
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
                "root; sudoedit /usr/bin/id; /usr/bin/id; NO",
                "nobody; ALL; /usr/bin/id; NO",
                "vcap : root; ALL; /usr/bin/id; NO",
                "#0; ALL; /usr/bin/id; YES",
                "nobody, root; ALL; /usr/bin/id; YES",
                "ALL, !root; ALL; /usr/bin/id; MAYBE",
                "%wheel; ALL; /usr/bin/id; MAYBE"
            })
    void isAboutACommand(String runAs, String rule, String command, Match match) {
        assertThat(new SudoRule(runAs, Tag.NONE, false, rule).matches(SudoTarget.asRoot(List.of(command.split(" ")))))
                .isEqualTo(match);
    }
}
