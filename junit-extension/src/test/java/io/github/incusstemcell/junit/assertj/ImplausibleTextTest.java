package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.junit.assertj.GuestSocket.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What fuzzing has found: text of a guest that nothing can be made of is told as that, and takes no longer than any other. */
class ImplausibleTextTest {

    private static void isTold(ThrowingCallable reading, String expected, String line) {
        assertThatThrownBy(reading)
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("Expecting " + expected + "\n  but was: " + line);
    }

    @Test
    void tablesOfTheKernel() {
        isTold(() -> Mounts.of("c1", "22 1 0:21 / /"), "mounts in /proc/1/mountinfo on c1", "22 1 0:21 / /");
        isTold(
                () -> Sockets.of("c1", Protocol.TCP, "0: 0:x 0:0 0A\n"),
                "sockets in /proc/net/tcp on c1",
                "0: 0:x 0:0 0A");
        isTold(() -> Sockets.of("c1", Protocol.UDP, "0:\n"), "sockets in /proc/net/udp on c1", "0:");
        isTold(() -> Routes.of("c1", "0a\nend\nend\n"), "a route of rtnetlink(7) on c1", "0a");
        isTold(() -> Routes.of("c1", "end\nxx\nend\n"), "an interface of rtnetlink(7) on c1", "xx");
        isTold(() -> ListeningTcp.of("c1", "end\n0a0a\nend\n"), "a socket of sock_diag(7) on c1", "0a0a");
    }

    @Test
    void mountsWithoutAny() {
        Mounts mounts = Mounts.of("c1", "22 1 0:21 / /mnt rw - tmpfs none rw");

        isTold(
                () -> mounts.isBind(mounts.mounts().get(0), "/srv"),
                "a mount of / in /proc/1/mountinfo, above /srv",
                "none");
    }

    @Test
    void processes() {
        isTold(() -> Processes.of("c1", "x\n--\n"), "processes in /proc on c1", "x");
        isTold(() -> Processes.of("c1", "9\nabc\n--\n"), "processes in /proc on c1", "abc");
        isTold(() -> Processes.of("c1", "9\n1/status:Name\n--\n"), "processes in /proc on c1", "1/status:Name");
        isTold(
                () -> Processes.of("c1", "9\n1/limits:Max open files 1\n--\n"),
                "processes in /proc on c1",
                "1/limits:Max open files 1");
    }

    @Test
    void whatProgramsPrint() {
        isTold(() -> Packages.of("c1", "ii \tlibc6\n"), "packages of dpkg-query on c1", "ii \tlibc6");
        isTold(
                () -> MountUsage.Seen.of("c1", "22 1 0:21 / / rw - tmpfs none rw\n\n4096 x\n", ""),
                "six numbers of stat -f on c1",
                "4096 x");
        isTold(() -> Capabilities.ofHex("c1", "0100"), "capabilities of a file on c1", "0100");
        isTold(
                () -> Accounts.userOfGetent("c1", "vcap", "vcap:x:1:1::/:/bin/sh"),
                "getent on c1 to print the user vcap",
                "vcap:x:1:1::/:/bin/sh");
        isTold(
                () -> Accounts.groupOfGetent("c1", "vcap", "vcap:x:1:"),
                "getent on c1 to print the group vcap",
                "vcap:x:1:");
    }

    @Test
    void logrotateThatIncludesItself() {
        isTold(
                () -> LogRotation.of("c1", "/etc/logrotate.conf\0include /etc/logrotate.conf\n\0"),
                "no file of logrotate to include itself",
                "/etc/logrotate.conf");
    }

    /** Each with all others twice in it would be read for ever. */
    @Test
    void logrotateThatIncludesAFileOftenReadsItOnce() {
        StringBuilder files = new StringBuilder("/etc/logrotate.conf\0include /etc/logrotate.d/0\n\0");
        for (int i = 0; i < 64; i++) {
            String next = "include /etc/logrotate.d/" + (i + 1) + "\n";
            files.append("/etc/logrotate.d/")
                    .append(i)
                    .append('\0')
                    .append(next)
                    .append(next)
                    .append('\0');
        }
        files.append("/etc/logrotate.d/64\0/var/log/[c-a] /var/log/[!] /var/log/a {\n\tdaily\n}\n\0");

        assertThat(LogRotation.of("c1", files.toString()).of("/var/log/a"))
                .get()
                .matches(log -> log.last("daily").isPresent());
    }

    @Test
    void interimAnswersWithoutEnd() {
        String interim = "HTTP/1.1 103 Early Hints\r\n\r\n";

        assertThat(HttpAnswer.of(
                                (interim.repeat(20_000) + "HTTP/1.1 200 OK\r\n\r\nhello")
                                        .getBytes(StandardCharsets.US_ASCII),
                                "GET",
                                true)
                        .body())
                .isEqualTo("hello");
        assertThatExceptionOfType(HttpAnswer.NotHttp.class)
                .isThrownBy(() -> HttpAnswer.of(interim.repeat(2).getBytes(StandardCharsets.US_ASCII), "GET", true))
                .withMessage("what answers does not speak HTTP: it closed the connection");
    }

    @Test
    void linesOfHttpThatEndWithoutACarriageReturn() {
        String head = "HTTP/1.0 200 OK\nServer: x\n\n";
        for (String text : List.of(
                head + "a\r\n\r\nb",
                head.replace("\n\n", "\nContent-Length: 6\n\n") + "a\r\n\r\nbc",
                "HTTP/1.1 103 Early Hints\n\n"
                        + head.replace("\n\n", "\r\nTransfer-Encoding: chunked\n\r\n")
                        + "5\na\r\n\r\n\n1\r\nb\r\n0\n\n")) {
            HttpAnswer answer = HttpAnswer.of(text.getBytes(StandardCharsets.US_ASCII), "GET", true);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("server", List.of("x"));
            assertThat(answer.body()).isEqualTo("a\r\n\r\nb");
        }
        assertThatExceptionOfType(HttpAnswer.NotHttp.class)
                .isThrownBy(() -> HttpAnswer.of(
                        "HTTP/1.0 200 OK\rServer: x\r\r".getBytes(StandardCharsets.US_ASCII), "GET", true));
    }

    @Test
    void whatIsTooLargeToBeRead() {
        for (String text : List.of("[".repeat(1_200) + "]".repeat(1_200), "1".repeat(1_200), "[1e400]")) {
            assertThatExceptionOfType(DataFormat.NotOfFormat.class)
                    .isThrownBy(() -> DataFormat.JSON.read(text))
                    .withMessageStartingWith("it is too large to be read: ");
        }
        assertThatExceptionOfType(DataFormat.NotOfFormat.class)
                .isThrownBy(() -> DataFormat.YAML.read("[".repeat(60) + "]".repeat(60)))
                .withMessageStartingWith("it is too large to be read: ");
        assertThatExceptionOfType(DataFormat.NotOfFormat.class)
                .isThrownBy(() -> DataFormat.JSON.read("[1e400"))
                .withMessageStartingWith("it is not JSON: ");
        assertThat(DataFormat.YAML.read(".inf")).isNotNull();
    }

    @Test
    void oneNumberInAllItsForms() {
        for (String text : List.of("1000", "1000.0", "1E3", "1.000e+3")) {
            assertThat(JsonAssert.isWhole(Objects.requireNonNull(DataFormat.JSON.read(text)), 1000))
                    .as(text)
                    .isTrue();
        }
        for (String text : List.of("1000.5", "\"1000\"", "1e-3", "true")) {
            assertThat(JsonAssert.isWhole(Objects.requireNonNull(DataFormat.JSON.read(text)), 1000))
                    .as(text)
                    .isFalse();
        }
        assertThat(JsonAssert.isWhole(
                        Objects.requireNonNull(DataFormat.JSON.read("9007199254740993.0")), 9007199254740993L))
                .isFalse();
    }

    @Test
    void passwordsThatNoHashIs() {
        for (String field : List.of("!", "*", "!$6$x$y", "NP", "x", "*LK*", "abcdefghijkl")) {
            assertThat(PasswordHash.isLocked(field)).as(field).isTrue();
        }
        for (String field : List.of("", "$6$x$y", "_J9..rasmBYk", "abcdefghijklm")) {
            assertThat(PasswordHash.isLocked(field)).as(field).isFalse();
        }
    }

    @Test
    void aTimeZoneThatIsACopy() {
        assertThat(GuestMachine.of("c1", "host\nhost\r\t\n?\n\nyes\n").words())
                .isEqualTo(
                        "hostname host, static hostname host, timezone not to be told, as /etc/localtime is no link to"
                                + " one, locale none, clock synchronized");
        assertThat(GuestMachine.of("c1", "host\n\n/usr/share/zoneinfo/Etc/UTC\n\nyes\n")
                        .timezone())
                .contains("Etc/UTC");
    }

    @Test
    void yamlThatIsNoJson() {
        assertThatExceptionOfType(DataFormat.NotOfFormat.class)
                .isThrownBy(() -> DataFormat.YAML.read("? null\n: x"))
                .withMessageStartingWith("it is YAML that has no form in JSON: ");
        assertThatExceptionOfType(DataFormat.NotOfFormat.class)
                .isThrownBy(() -> DataFormat.YAML.read("a: &x [*x]"))
                .withMessage("it is YAML that has itself in it");
        StringBuilder grows = new StringBuilder("- &a0 [x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            String alias = "*a" + (i - 1);
            grows.append("- &a").append(i).append(" [");
            grows.append(String.join(", ", Collections.nCopies(5, alias))).append("]\n");
        }
        assertThatExceptionOfType(DataFormat.NotOfFormat.class)
                .isThrownBy(() -> DataFormat.YAML.read(grows.toString()))
                .withMessage("it is YAML whose aliases stand for more than 1000000 values");
    }

    @Test
    void yamlWhoseTagsNameAnotherKind() {
        for (String text : List.of("a: !!str [1]", "!!str {a: 1}", "!!int x", "!!float x", "!!bool [1]")) {
            assertThatExceptionOfType(DataFormat.NotOfFormat.class)
                    .as(text)
                    .isThrownBy(() -> DataFormat.YAML.read(text))
                    .withMessageStartingWith("it is not YAML: a value is not of the kind that its tag names");
        }
    }
}
