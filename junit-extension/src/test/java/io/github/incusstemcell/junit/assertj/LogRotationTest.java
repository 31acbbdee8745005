package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogRotationTest {

    private static final String MAIN = "/etc/logrotate.conf";

    private static LogRotation rotation(String... files) {
        return LogRotation.of("c1", String.join("\0", files) + "\0");
    }

    /** What is said of a log after these lines, with these of its own. */
    private static Map<String, List<String>> settings(String general, String own) {
        return rotation(MAIN, general + "\n/var/log/a.log {\n" + own + "\n}\n")
                .of("/var/log/a.log")
                .orElseThrow()
                .values();
    }

    @Test
    void hasWhatHoldsForAllLogsBeforeALogAndWhatIsItsOwn() {
        LogRotation rotation = rotation(
                MAIN, "daily\nrotate 4\n/var/log/a {\n  rotate 7\n  dateformat = -%s\n}\ncompress\n/var/log/b {\n}\n");

        assertThat(rotation.of("/var/log/a").orElseThrow().values())
                .isEqualTo(Map.of("daily", List.of(""), "rotate", List.of("7"), "dateformat", List.of("-%s")));
        assertThat(rotation.of("/var/log/b").orElseThrow().values())
                .isEqualTo(Map.of("daily", List.of(""), "rotate", List.of("4"), "compress", List.of("")));
        assertThat(rotation.of("/var/log/c")).isEmpty();
    }

    @Test
    void anOwnIntervalReplacesThatOfAll() {
        assertThat(settings("weekly", "size 1M")).isEqualTo(Map.of("size", List.of("1M")));
        assertThat(settings("weekly", "rotate 4")).containsOnlyKeys("weekly", "rotate");
    }

    @Test
    void theOppositeReplacesWhatWasSaid() {
        assertThat(settings("compress", "nocompress")).containsOnlyKeys("nocompress");
        assertThat(settings("nocompress", "compress")).containsOnlyKeys("compress");
        assertThat(settings("notifempty", "ifempty")).containsOnlyKeys("ifempty");
        assertThat(settings("ifempty", "notifempty")).containsOnlyKeys("notifempty");
        assertThat(settings("ifempty", "compress")).containsOnlyKeys("ifempty", "compress");
    }

    @Test
    void whatIsInAScriptIsNoSetting() {
        assertThat(settings("", "# weekly\npostrotate\n  daily\n  invoke-rc.d\nendscript\nmissingok"))
                .isEqualTo(Map.of("postrotate", List.of("daily", "invoke-rc.d"), "missingok", List.of("")));
    }

    @Test
    void severalLogsShareABlockOnOneLineOrMore() {
        LogRotation rotation =
                rotation(MAIN, "\"/var/log/with space\" '/var/log/b' /var/log/c\n/var/log/d\n{\ndaily\n}\n");

        for (String log : List.of("/var/log/with space", "/var/log/b", "/var/log/c", "/var/log/d")) {
            assertThat(rotation.of(log)).as(log).isPresent();
        }
        assertThat(rotation.of("/var/log/{")).isEmpty();
    }

    @Test
    void aPatternReachesIntoNoFolderAndFindsNoHiddenFile() {
        LogRotation rotation = rotation(MAIN, "/var/log/*.log {\n}\n/srv/.* {\n}\n");

        assertThat(rotation.of("/var/log/a.log")).isPresent();
        assertThat(rotation.of("/var/log/apt/a.log")).isEmpty();
        assertThat(rotation.of("/var/log")).isEmpty();
        assertThat(rotation.of("/var/log/.a.log")).isEmpty();
        assertThat(rotation.of("/srv/.hidden")).isPresent();
        assertThat(rotation.of("/srv/a.log")).isEmpty();
    }

    @Test
    void readsTheFolderWithoutWhatLogrotateLeavesOut() {
        LogRotation rotation = rotation(
                MAIN,
                "include /etc/logrotate.d\n",
                "/etc/logrotate.d/apt",
                "/var/log/apt {\n}\n",
                "/etc/logrotate.d/old.dpkg-old",
                "/var/log/old {\n}\n",
                "/etc/other",
                "/var/log/other {\n}\n");

        assertThat(rotation.of("/var/log/apt")).isPresent();
        assertThat(rotation.of("/var/log/old")).isEmpty();
        assertThat(rotation.of("/var/log/other")).isEmpty();
    }

    /** Whether logs are rotated that files of such names are about, after these lines. */
    private static List<Boolean> reads(String version, String general, String... names) {
        List<String> files = new ArrayList<>(
                List.of("version", version, MAIN, general + "\ninclude /etc/logrotate.d\n/var/log/more {\n}\n"));
        Stream.of(names)
                .forEach(name -> files.addAll(List.of("/etc/logrotate.d/" + name, "/var/log/" + name + " {\n}\n")));
        LogRotation rotation = rotation(files.toArray(String[]::new));
        assertThat(rotation.of("/var/log/more")).isPresent();
        return Stream.of(names)
                .map(name -> rotation.of("/var/log/" + name).isPresent())
                .toList();
    }

    @Test
    void namesThatLogrotateIsToldToPassOver() {
        String version = "logrotate 3.21.0\n";
        assertThat(reads(version, "", "a.mine", "a.bak", "b")).containsExactly(true, false, true);
        assertThat(reads(version, "", "a,v", "dev", "a~", "a.rhn-cfg-tmp-1"))
                .containsExactly(false, true, false, false);
        assertThat(reads(version, "tabooext + .mine, .your", "a.mine", "a.your", "a.bak", "b"))
                .containsExactly(false, false, false, true);
        assertThat(reads(version, "tabooext .mine", "a.mine", "a.bak")).containsExactly(false, true);
        assertThat(reads(version, "taboopat = + x*y", "xay", "axay", "a.bak")).containsExactly(false, true, false);
        assertThat(reads(version, "taboopat x*", "xa", "a.bak")).containsExactly(false, true);
    }

    @Test
    void namesThatLogrotatePassesOverSinceItsLaterVersions() {
        assertThat(reads("logrotate 3.21.0\n", "", "a.old", "a.new", "a.orig", "b.dpkg-tmp"))
                .containsExactly(true, true, true, false);
        assertThat(reads("logrotate 3.9.1\n", "", "a.old")).containsExactly(true);
        for (String version : List.of("logrotate 3.22.0\n", "logrotate 3.30.1\n", "logrotate 4.1\n")) {
            assertThat(reads(version, "", "a.old", "a.new", "a.orig", "b.dpkg-tmp", "b"))
                    .as(version)
                    .containsExactly(false, false, false, false, true);
        }
    }

    @Test
    void theFirstOfTwoBlocksForTheSameLogsCounts() {
        LogRotation rotation = rotation(
                MAIN,
                "include\t/etc/logrotate.d\n",
                "/etc/logrotate.d/a",
                "/var/log/a {\n weekly\n}\n",
                "/etc/logrotate.d/b",
                "/var/log/a {\n daily\n}\n");

        assertThat(rotation.of("/var/log/a").orElseThrow().values()).containsOnlyKeys("weekly");
    }

    @Test
    void refusesToIncludeWhatWasNotRead() {
        assertThatThrownBy(() -> rotation(MAIN, "include /srv/rotate\n"))
                .hasMessageContaining(MAIN)
                .hasMessageEndingWith("but it includes /srv/rotate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/var/log/a { daily }", "/var/log/a { daily", "daily }", "}"})
    void refusesBracesThatItWouldMisread(String line) {
        assertThatThrownBy(() -> rotation(MAIN, line + "\n")).hasMessageEndingWith("but was: " + line);
    }

    @Test
    void saysThatThereIsNoConfiguration() {
        assertThatThrownBy(() -> rotation("/etc/logrotate.d/apt", "daily\n"))
                .hasMessageContaining("Expecting " + MAIN + " on c1 to say how logs are rotated")
                .hasMessageEndingWith("but it does not exist");
    }

    @Test
    void aBlockEndsBehindAWordWithoutAValue() {
        LogRotation rotation = rotation(
                MAIN, "/var/log/a {\n  missingok }\n/var/log/b {\n  # of {b}\n  daily\n}\n# all {of} them\nweekly\n");

        assertThat(rotation.of("/var/log/a").orElseThrow().values()).containsOnlyKeys("missingok");
        assertThat(rotation.of("/var/log/b").orElseThrow().values()).containsOnlyKeys("daily");
    }

    @ParameterizedTest
    @ValueSource(strings = {"} # end", "rotate 5 }", "dateformat {", "} weekly", "/var/log/b {"})
    void refusesOtherBracesInABlock(String line) {
        assertThatThrownBy(() -> rotation(MAIN, "/var/log/a {\n" + line + "\n}\n"))
                .hasMessage("Expecting each { and } in " + MAIN + " at the end of a line of logs, and alone\n"
                        + "  but was: " + line);
    }

    @Test
    void ofWhichEndOfALogIsMailedTheLastWordCounts() {
        assertThat(settings("", "mailfirst\nmaillast")).containsOnlyKeys("maillast");
        assertThat(settings("maillast", "mailfirst")).containsOnlyKeys("mailfirst");
    }

    @Test
    void readsTheFolderBehindASlash() {
        LogRotation rotation =
                rotation(MAIN, "include /etc/logrotate.d/\n", "/etc/logrotate.d/apt", "/var/log/apt {\n}\n");

        assertThat(rotation.of("/var/log/apt")).isPresent();
    }

    /** As logrotate 3.21 says it of a file with each of these errors. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "b:2 unknown user 'nosuchuser'",
                "b:5 bad rotation count '5 # five'",
                "b:prerotate, postrotate or preremove without endscript",
                "b:1 duplicate log entry for /var/log/a",
                "/etc/logrotate.d/b:2 unknown user 'nosuchuser'",
                "/etc/logrotate.conf:1 unknown option 'weekley' -- ignoring line"
            })
    void whatLogrotateFindsAnErrorInIsNotTaken(String error) {
        String said = "reading config file b\nerror: " + error + "\nerror: found error in file b, skipping\n"
                + "Reading state from file: /var/lib/logrotate/status\n";
        LogRotation rotation = rotation(
                "said", said, MAIN, "include /etc/logrotate.d\n", "/etc/logrotate.d/b", "/var/log/b {\n  daily\n}\n");

        assertThatThrownBy(() -> rotation.of("/var/log/b"))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("Expecting logrotate on c1 to find no error in /etc/logrotate.d/b\n  but it says: error: "
                        + error);
    }

    @Test
    void whatLogrotateSaysOfOtherFilesAndOfLogsIsNoErrorOfAFile() {
        String said = "error: b:2 unknown user 'nosuchuser'\nerror: found error in file b, skipping\n"
                + "Reading state from file: /var/lib/logrotate/status\n\nHandling 1 logs\n\n"
                + "error: stat of /var/log/a failed: No such file or directory\nerror: a:1 of a log\n";
        LogRotation rotation = rotation(
                "said", said, MAIN, "include /etc/logrotate.d\n", "/etc/logrotate.d/a", "/var/log/a {\n  daily\n}\n");

        assertThat(rotation.of("/var/log/a").orElseThrow().values()).containsOnlyKeys("daily");
    }
}
