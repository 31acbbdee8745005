package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What programs write down as settings, by the manuals of those that read them. */
class SettingsReadingTest {

    @Test
    void aCommentThatEndsInABackslashGoesNotOn() {
        Settings settings =
                Settings.ofSections("# of old \\\nKey=1\n[Unit]\nAfter=a \\\n; between\nb\n  # c \\\nBefore=d\n");

        assertThat(settings.of("Key")).containsExactly("1");
        assertThat(settings.of("Unit.After")).containsExactly("a  b");
        assertThat(settings.of("Unit.Before")).containsExactly("d");
    }

    @Test
    void ofTwoBackslashesAtItsEndALineGoesNotOn() {
        Settings settings = Settings.ofSections("Path=C:\\\\\nUser=root\nName=a\\\\\\\nb\n");

        assertThat(settings.of("Path")).containsExactly("C:\\\\");
        assertThat(settings.of("User")).containsExactly("root");
        assertThat(settings.of("Name")).containsExactly("a\\\\ b");
    }

    @Test
    void linesEndAsTheirReadersHaveIt() {
        Settings lines = Settings.ofLines("FOO=bar\r\nBAR=a\u0085B=b\u2028\nBAZ=a\rQUX=b\nC c\rD d\n");
        assertThat(lines.values().keySet()).containsExactly("BAR", "BAZ", "C", "FOO");
        assertThat(lines.of("FOO")).containsExactly("bar\r");
        assertThat(lines.of("BAR")).containsExactly("a\u0085B=b\u2028");
        assertThat(lines.of("BAZ")).containsExactly("a\rQUX=b");
        assertThat(lines.of("C")).containsExactly("c\rD d");
        assertThat(lines.words("FOO")).isEqualTo("was: bar\\r");

        Settings sections = Settings.ofSections("[Unit]\r\nAfter=a\rBefore=b\nDescription=c\u0085d=e\u2028\n");
        assertThat(sections.values().keySet()).containsExactly("Unit.After", "Unit.Before", "Unit.Description");
        assertThat(sections.of("Unit.After")).containsExactly("a");
        assertThat(sections.of("Unit.Description")).containsExactly("c\u0085d=e\u2028");
    }

    @Test
    void systemdPassesOverTheMarkOfAByteOrder() {
        String unit = "\uFEFF[Unit]\nDescription=x\n";
        assertThat(Settings.ofSections(unit).of("Unit.Description")).containsExactly("x");
        assertThat(Settings.ofSections("\uFEFF[Unit]\n").areThoseOf("\uFEFF[Unit]\n"))
                .isTrue();
        assertThat(Settings.ofSections("\uFEFF" + unit).values().keySet()).containsExactly("Description");
        assertThat(Settings.ofFilesInSections("# /etc/systemd/a.conf\n\uFEFF[A]\nB=c\n", "systemd/a.conf")
                        .of("A.B"))
                .containsExactly("c");
        assertThat(Settings.ofLines("\uFEFFA=b\n").of("A")).isEmpty();
    }

    @Test
    void whatHasNoSettingIsNotThereAsSettings() {
        for (String text : List.of("{\"a\": 1}", "{\n  \"a\": 1\n}\n", "a\0b=c\n", "just text\n")) {
            assertThat(Settings.ofSections(text).areThoseOf(text)).as(text).isFalse();
        }
        for (String text : List.of("", "\n", "# nothing\n", "[Unit]\n; nothing\n", "a=b\n", "alone\n[a]\nb = c\n")) {
            assertThat(Settings.ofSections(text).areThoseOf(text)).as(text).isTrue();
        }
    }

    @Test
    void patternsOfSysctlsAreForAllThatHaveNoLineOfTheirOwn() {
        Settings settings = Settings.ofSysctls("""
                net.ipv4.conf.*.rp_filter = 1
                net.ipv4.conf.*.rp_filter = 2
                net.ipv4.conf.lo.rp_filter = 0
                -net.ipv4.conf.all.rp_filter
                net/ipv4/conf/eth0.100/forwarding = 1
                """);

        assertThat(settings.of("net.ipv4.conf.eth0.rp_filter")).containsExactly("2");
        assertThat(settings.of("net/ipv4/conf/eth0.100/rp_filter")).containsExactly("2");
        assertThat(settings.of("net.ipv4.conf.lo.rp_filter")).containsExactly("0");
        assertThat(settings.of("net/ipv4/conf/lo/rp_filter")).containsExactly("0");
        assertThat(settings.of("net.ipv4.conf.all.rp_filter")).isEmpty();
        assertThat(settings.of("net.ipv4.conf.eth0/100.forwarding")).containsExactly("1");
        assertThat(settings.of("net.ipv4.conf.a.b.rp_filter")).isEmpty();
    }

    @Test
    void sysctlsThatLaterLinesTakeBackOrGiveAnew() {
        Settings settings = Settings.ofSysctls("""
                net.ipv4.conf.*.rp_filter = 1
                net.ipv4.conf.lo.rp_filter = 1
                -net.ipv4.conf.lo.rp_filter
                -net.ipv4.conf.all.rp_filter
                net.ipv4.conf.all.rp_filter = 2
                net.ipv6.conf.*.forwarding = 1
                -net.ipv6.conf.*.forwarding
                """);

        assertThat(settings.of("net.ipv4.conf.lo.rp_filter")).isEmpty();
        assertThat(settings.of("net.ipv4.conf.eth0.rp_filter")).containsExactly("1");
        assertThat(settings.of("net.ipv4.conf.all.rp_filter")).containsExactly("2");
        assertThat(settings.of("net.ipv6.conf.eth0.forwarding")).isEmpty();
    }

    @Test
    void quotedTextOfAShell() {
        Settings settings = Settings.ofShell("A=\"say \\\"hi\\\" for \\$5 \\\\ \\n\"\nB='a \\\\ b'\nC=plain\n");

        assertThat(settings.of("A")).containsExactly("say \"hi\" for $5 \\ \\n");
        assertThat(settings.of("B")).containsExactly("a \\\\ b");
        assertThat(settings.of("C")).containsExactly("plain");
    }

    @Test
    void whatALoginSaysIsNoVariable() {
        Settings settings = Settings.ofEnvironment("Welcome=\n\0SHELL=/bin/sh\0TEXT=a\nb=c\0bye=now\n");

        assertThat(settings.values().keySet()).containsExactly("SHELL", "TEXT");
        assertThat(settings.of("TEXT")).containsExactly("a\nb=c");
    }

    @Test
    void aPatternOfSysctlsThatComesAgainUnchangedKeepsItsPlace() {
        String lines = """
                net.ipv4.conf.*.rp_filter = 1
                net.ipv4.conf.e*.rp_filter = 0
                net/ipv4/conf/*/rp_filter = %s
                """;
        Settings same = Settings.ofSysctls(lines.formatted("1"));
        Settings other = Settings.ofSysctls(lines.formatted("2"));

        assertThat(same.of("net.ipv4.conf.eth0.rp_filter")).containsExactly("0");
        assertThat(same.of("net.ipv4.conf.lo.rp_filter")).containsExactly("1");
        assertThat(other.of("net.ipv4.conf.eth0.rp_filter")).containsExactly("2");
        assertThat(other.of("net.ipv4.conf.lo.rp_filter")).containsExactly("2");
    }
}
