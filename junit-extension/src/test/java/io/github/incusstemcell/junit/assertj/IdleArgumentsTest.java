package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.FileType;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.JournalMark;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each argument of each assertion, those which are yet to come included, with what would hold, or not, whatever the guest is like: all of
 * it is refused before the guest is looked at.
 */
@IncusStemcell(scope = Scope.PER_CLASS)
class IdleArgumentsTest {

    /** Where a text may be empty, since there are guests of which that is true and others. */
    private static final Set<String> EMPTY_AT_TIMES = Set.of(
            "hasContent.text",
            "hasHome.path",
            "hasShell.path",
            "hasProperty.text",
            "hasHeader.value",
            "haveEnvironment.value",
            "withHeader.value",
            "hasValue.value");

    /** Where there may be none of several, which is an assertion of its own. */
    private static final Set<String> NONE_AT_TIMES = Set.of(
            "hasNoFailedUnits.except",
            "hasNoWorldWritableFiles.except",
            "hasOnlyFilesOwnedBy.except",
            "hasNoUnownedFiles.except",
            "hasExactlySetuidFiles.paths",
            "hasExactlySetgidFiles.paths",
            "hasOnlyMembers.users",
            "hasOnlyAdministrators.users",
            "hasOnlyNames.names",
            "hasOnlyNames.processNames",
            "hasValidFiles.except",
            "haveNoLoginShell.except",
            "hasOnlyPaths.paths",
            "isUnmodified.except",
            "areUnmodified.except",
            "hasExactlyFilesWithCapabilities.paths",
            "hasOnlyEntries.names",
            "hasOnlyAddresses.addresses",
            "mayRunBySudo.arguments",
            "mayNotRunBySudo.arguments",
            "mayRunBySudoWithoutPassword.arguments",
            "needsPasswordToRunBySudo.arguments");

    /** Where every number may be the least. */
    private static final Set<String> ANY_NUMBER = Set.of("hasValueAtLeast.least", "hasValue.value", "haveNice.nice");

    private static final List<Object> PATHS = List.of("etc/passwd", "/etc/*.conf", "/etc/x?", "/etc/[a-z]x", "/a\0b");
    private static final List<Object> ACCOUNTS = List.of("--help", "+", "a:b", " root", "ro\not", "ro*");
    private static final List<Object> PACKAGES = List.of("Bash", "lib*", "a", "libc6:", "--help", "a b");
    private static final List<Object> UNITS = List.of("cron*", "a b", "[a]");
    private static final List<Object> PATTERNS = List.of(".*", "x?", "$", "a*|b", "(?s).*", "|x", "\\s*");
    private static final List<Object> SOCKETS =
            List.of(new GuestSocket[] {null}, new GuestSocket[] {GuestSocket.unix("/run/x")});
    private static final List<Object> OPTIONS =
            List.of("exec", "suid", "defaults", "nofail", "nosuid,nodev", "x-systemd.automount");

    private static List<Object> concat(List<Object> some, Object more) {
        return Stream.concat(some.stream(), Stream.of(more)).toList();
    }

    /** What says nothing besides what never does: by the name of the parameter, or by that of method and parameter. */
    private static final Map<String, List<Object>> IDLE = Map.ofEntries(
            Map.entry("path", PATHS),
            Map.entry("file.path", concat(PATHS, "/proc//cmdline")),
            Map.entry("hasHome.path", List.of()),
            Map.entry("hasShell.path", List.of()),
            Map.entry("httpFromTest.path", List.of("health")),
            Map.entry("paths", PATHS),
            Map.entry("except", List.of("/etc", "/", "etc/none", "/etc/*")),
            Map.entry("hasNoFailedUnits.except", UNITS),
            Map.entry("hasValidFiles.except", List.of()),
            Map.entry("haveNice.nice", List.of(-21, 20)),
            Map.entry("haveEnvironment.name", List.of("A=b", "a\0b")),
            Map.entry("doNotHaveEnvironment.name", List.of("A=b", "a\0b")),
            Map.entry("hard", List.of(0L)),
            Map.entry("hasOnlyNames.names", ACCOUNTS),
            Map.entry("haveNoLoginShell.except", ACCOUNTS),
            Map.entry("isUnmodified.except", PATHS),
            Map.entry("isBindOf.source", List.of("/mnt/", "/mnt//x", "/mnt/../x", "x")),
            Map.entry("command", List.of("id", "/usr/bin/", "/usr//bin/id", "/usr/bin/*")),
            Map.entry("key", List.of(" a", "a=b", "a\nb", "#a")),
            Map.entry("pointer", List.of("a", "a/b", "/~2", "$.a")),
            Map.entry("systemdConfiguration.name", List.of("--help", "journald", "../x.conf", "*.conf")),
            Map.entry("sockets", SOCKETS),
            Map.entry(
                    "areSubsetOf.sockets",
                    Stream.concat(SOCKETS.stream(), Stream.of(new GuestSocket[][] {{}}))
                            .toList()),
            Map.entry("hasOnlyEntries.names", List.of("a/b", ".", "..", "a\0b")),
            Map.entry(
                    "files.pattern",
                    List.of(
                            "etc/*",
                            "/etc/",
                            "/etc/**/x",
                            "/etc/../*",
                            "/etc//*",
                            "/a\0*",
                            "/etc/{a,b}",
                            "/proc/cmd*")),
            Map.entry("named.pattern", List.of("*", "**", "a/*", "a\0b")),
            Map.entry("withAnyOfMode.mode", List.of(-1, 0, 010000)),
            Map.entry("type", List.of()),
            Map.entry("ofType.type", List.of(FileType.SOCKET)),
            Map.entry("withUidBetween.least", List.of(2)),
            Map.entry("withGidBetween.least", List.of(2)),
            Map.entry("mount.path", List.of("/mnt/", "/mnt//x", "/mnt/../x", "/mnt/.")),
            Map.entry("user.name", ACCOUNTS),
            Map.entry("userOfNameServices.name", ACCOUNTS),
            Map.entry("group.name", ACCOUNTS),
            Map.entry("groupOfNameServices.name", ACCOUNTS),
            Map.entry("user", ACCOUNTS),
            Map.entry("users", ACCOUNTS),
            Map.entry("group", ACCOUNTS),
            Map.entry("groups", ACCOUNTS),
            Map.entry("packageNamed.name", PACKAGES),
            Map.entry("contains.names", PACKAGES),
            Map.entry("doesNotContain.names", PACKAGES),
            Map.entry("containsExactly.names", PACKAGES),
            Map.entry("version", List.of("newest", "--help", "1 2", "-1")),
            Map.entry("unit.name", UNITS),
            Map.entry("timer.name", List.of("logrotate", "x*.timer")),
            Map.entry("unit", UNITS),
            Map.entry("other", UNITS),
            Map.entry("process.name", List.of("--help", "/usr/bin/*", " x", "/usr//bin/x")),
            Map.entry("networkInterface.name", List.of("--help", "eth*", "a b", "a/b")),
            Map.entry("device", List.of("--help", "eth*", "a b", "a/b")),
            Map.entry("sysctl.name", List.of("net.*", "../x", "kernel..x", "/x", "-a", "net.ipv4.")),
            Map.entry(
                    "host.name",
                    List.of("--help", "10.0.0.1", "127.1", "::1", "*.example.com", "a b", "http://db", "db:80")),
            Map.entry("url", List.of("localhost", "ftp://localhost/", "http:/x")),
            Map.entry("withHeader.value", List.of("a\r\nb", "a\nb")),
            Map.entry("withHeader.header", List.of("a b", "a:")),
            Map.entry("withMethod.method", List.of("a b", "GET\r\n")),
            Map.entry("server", List.of("localhost", "10.0.0")),
            Map.entry("dns.name", List.of("--help", "a b", "*.test", "a..b", "x".repeat(64) + ".test", "db:80")),
            Map.entry("data", List.of("localhost", "10.0.0")),
            Map.entry("entry", List.of("vcap:r--", "user:vcap:rwX", "user:a,b:r--", "user::r--,group::r--")),
            Map.entry("family", List.of("a b", "{")),
            Map.entry("table", List.of("a b", "{")),
            Map.entry("chain", List.of("a b", "{")),
            Map.entry("logRotation.path", List.of("/var/log/*.log", "/var/log/", "/var//log", "x")),
            Map.entry("areUnmodified.except", PATHS),
            Map.entry("hasOnlyOnHold.names", PACKAGES),
            Map.entry("isOwnedByPackage.name", PACKAGES),
            Map.entry("percent", List.of(-1, 100)),
            Map.entry("route.target", List.of("10.0.0.0", "10.0.0.1/8", "*")),
            Map.entry("address", List.of("localhost", "10.0.0", "*")),
            Map.entry("addresses", List.of("localhost", "10.0.0", "*")),
            Map.entry("option", OPTIONS),
            Map.entry("regex", PATTERNS),
            Map.entry("pattern", List.of(Pattern.compile(".*"), Pattern.compile(""))),
            Map.entry("hash", List.of("123")),
            Map.entry("hasCapabilities.names", List.of("cap_none", "--help")),
            Map.entry("mode", List.of(-1, 010000)),
            Map.entry("hasModeAtMost.mode", List.of(-1, 010000, 07777)),
            Map.entry("code", List.of(-1, 256)),
            Map.entry("signal", List.of(-1, 0, 65)),
            Map.entry("times", List.of(-1, 0)),
            Map.entry("port", List.of(-1, 0, 65_536)),
            Map.entry("status", List.of(-1, 0, 199, 600)),
            Map.entry("process.count", List.of(-1, 0)),
            Map.entry("exposure", List.of(-1.0, Double.NaN, 10.0, 11.0)),
            Map.entry("limit", List.of(Duration.ofSeconds(-1))),
            Map.entry("wasModifiedSince.time", List.of(Instant.EPOCH, Instant.MIN)),
            Map.entry("socket", List.of(GuestSocket.unix("/run/*.sock"), GuestSocket.unix("/run//x"))));

    /** Whatever an argument is for. */
    private static List<Object> always(String key, Class<?> type) {
        List<Object> idle = new ArrayList<>();
        if (!type.isPrimitive()) {
            idle.add(null);
        }
        if (type == String.class && !EMPTY_AT_TIMES.contains(key)) {
            idle.add("");
        } else if ((type == int.class || type == long.class) && !ANY_NUMBER.contains(key)) {
            idle.add(-1);
        } else if (type == Duration.class) {
            idle.addAll(List.of(Duration.ZERO, Duration.ofSeconds(-1)));
        } else if (type == Instant.class) {
            idle.addAll(List.of(Instant.MAX, Instant.now().plus(Duration.ofDays(1))));
        }
        return idle;
    }

    private static List<Object> idle(Method method, Parameter parameter) {
        String key = method.getName() + "." + parameter.getName();
        List<Object> special = IDLE.getOrDefault(key, IDLE.getOrDefault(parameter.getName(), List.of()));
        if (parameter.getType() != String[].class) {
            List<Object> idle = always(key, parameter.getType());
            idle.addAll(special);
            return idle;
        }
        List<Object> idle = new ArrayList<>();
        idle.add(null);
        if (!NONE_AT_TIMES.contains(key)) {
            idle.add(new String[0]);
        }
        idle.add(new String[] {null});
        idle.add(new String[] {""});
        special.forEach(one -> idle.add(new String[] {(String) one}));
        return idle;
    }

    private static boolean isRefused(Object subject, Method method, Object[] arguments) {
        Throwable thrown = catchThrowable(() -> {
            try {
                method.invoke(subject, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        return (thrown instanceof IllegalArgumentException || thrown instanceof NullPointerException)
                && thrown.getMessage() != null
                && !thrown.getMessage().startsWith("Cannot invoke");
    }

    /** Says with which arguments it was not refused. */
    private static List<String> accepted(Object subject, Method method, JournalMark mark) {
        List<String> accepted = new ArrayList<>();
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            for (Object idle : idle(method, parameters[i])) {
                Object[] arguments = EveryAssertion.arguments(method, mark);
                arguments[i] = idle;
                if (!isRefused(subject, method, arguments)) {
                    accepted.add(method.getDeclaringClass().getSimpleName() + "." + method.getName() + ": "
                            + parameters[i].getName() + " = "
                            + (idle instanceof String[] texts ? Arrays.toString(texts) : "'" + idle + "'"));
                }
            }
        }
        return accepted;
    }

    @Test
    void whatSaysNothingIsRefusedByEachAssertion(StemcellContainer stemcell) throws Exception {
        JournalMark mark = stemcell.journal().mark();
        List<String> accepted = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (EveryAssertion assertion : EveryAssertion.all()) {
            if (seen.add(assertion.entry())) {
                accepted.addAll(accepted(assertThat(stemcell), assertion.entry(), mark));
            }
            if (seen.add(assertion.subjectType() + assertion.method().toString())) {
                accepted.addAll(accepted(assertion.subject(assertThat(stemcell), mark), assertion.method(), mark));
            }
        }

        assertThat(accepted).isEmpty();
    }

    @Test
    void patternsThatAreAboutSomethingAreTaken() {
        for (String regex : new String[] {
            "^$",
            "^[^x]*$",
            "(?s)^(?!.*secret).*$",
            "[^a]",
            ".",
            "(?s).+",
            "^#",
            "\\bcron\\b",
            "x*y",
            "a|b",
            "^\\s+$",
            "é"
        }) {
            assertThat(Arguments.regex(regex, Pattern.MULTILINE).pattern()).isEqualTo(regex);
        }
    }

    @Test
    void namesThatThereAreAreTaken() {
        assertThat(Arguments.path("/usr/bin/[")).isNotNull();
        assertThat(Arguments.unit("-.mount")).isNotNull();
        assertThat(Arguments.unit("systemd-fsck@dev-disk-by\\x2duuid.service")).isNotNull();
        assertThat(Arguments.packageName("libstdc++6:amd64")).isNotNull();
        assertThat(Arguments.version("1:9.6p1-3ubuntu13~rc1")).isNotNull();
        assertThat(Arguments.host("db.internal.")).isNotNull();
        assertThat(Arguments.host("db-1")).isNotNull();
        assertThat(Arguments.user("_apt")).isNotNull();
        assertThat(Arguments.user("systemd-network")).isNotNull();
        assertThat(Arguments.process("kworker/0:1")).isNotNull();
        assertThat(Arguments.process("(sd-pam)")).isNotNull();
        assertThat(Arguments.sysctl("net/ipv4/conf/eth0.7/forwarding")).isNotNull();
        assertThat(Arguments.mountOption("mode=755")).isNotNull();
        assertThat(Arguments.past(Instant.now().plusSeconds(60))).isNotNull();
    }
}
