package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.systemd.JournalMark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assert;

/**
 * One assertion that there is, with arguments that fit. They are found by reflection, so that those which are yet to come are among them.
 *
 * @param path the methods that lead to it: one of {@link StemcellAssert}, and those behind that which go on with other assertions
 * @param method the assertion itself
 */
record EveryAssertion(List<Method> path, Method method) {

    /** What can be read as what is behind a file. */
    private static final Map<String, String> FILES = Map.of(
            "tree",
            "/etc/ssh",
            "json",
            "/var/vcap/bosh/agent.json",
            "yaml",
            "/var/vcap/bosh/agent.json",
            "settings",
            "/usr/lib/os-release",
            "ini",
            "/usr/lib/os-release");

    /** Each of each entry once, by whichever of several ways to it. */
    static List<EveryAssertion> all() {
        return Stream.concat(methods(StemcellAssert.class), methods(AbstractStemcellAssert.class))
                .filter(entry -> GuestAssert.class.isAssignableFrom(entry.getReturnType()))
                .flatMap(entry -> behind(List.of(entry), new HashSet<>()).stream())
                .toList();
    }

    private static List<EveryAssertion> behind(List<Method> path, Set<Class<?>> seen) {
        List<EveryAssertion> found = new ArrayList<>();
        Class<?> type = path.get(path.size() - 1).getReturnType();
        if (seen.add(type)) {
            assertions(type).forEach(method -> {
                found.add(new EveryAssertion(path, method));
                if (leadsFurther(method.getReturnType())) {
                    List<Method> further = new ArrayList<>(path);
                    further.add(method);
                    found.addAll(behind(further, seen));
                }
            });
        }
        return found;
    }

    /** Those that return what they are methods of are declared by what all have in common, which is abstract. */
    private static boolean leadsFurther(Class<?> type) {
        return GuestAssert.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers());
    }

    Method entry() {
        return path.get(0);
    }

    /** As file.tree. */
    String subjectName() {
        return path.stream().map(Method::getName).collect(Collectors.joining("."));
    }

    /** What it is an assertion on, of a stemcell as it is then. */
    Object subject(StemcellAssert stemcell, JournalMark mark) throws ReflectiveOperationException {
        Object subject = stemcell;
        for (Method step : path) {
            Object[] arguments = arguments(step, mark);
            if (subjectName().startsWith("file.") && step == entry()) {
                arguments[0] = FILES.getOrDefault(path.get(1).getName(), "/etc/passwd");
            }
            subject = step.invoke(subject, arguments);
        }
        return subject;
    }

    /** Its own, and those that it inherits, but what only describes. */
    static Stream<Method> assertions(Class<?> type) {
        return type == Object.class
                ? Stream.empty()
                : Stream.concat(methods(type), assertions(type.getSuperclass()))
                        .filter(method -> !method.getName().equals("describedAs"));
    }

    /** Whether it goes on in plain AssertJ, or has a time of its own, and is refused behind within and always. */
    boolean isUntimed() {
        return Assert.class.isAssignableFrom(method.getReturnType())
                || method.getName().equals("doesNotChangeFor");
    }

    private static Stream<Method> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .sorted(Comparator.comparing(Method::toString));
    }

    Class<?> subjectType() {
        return path.get(path.size() - 1).getReturnType();
    }

    /** Makes it, of a stemcell as it is then. */
    void make(StemcellAssert stemcell, JournalMark mark) throws Throwable {
        try {
            Object subject = subject(stemcell, mark);
            Object result = method.invoke(subject, arguments(method, mark));
            if (result != subject && result instanceof GuestAssert<?, ?> narrower) {
                narrower.satisfies(seen -> true, "be read");
            }
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    static Object[] arguments(Method method, JournalMark mark) {
        return Arrays.stream(method.getParameters())
                .map(parameter -> argument(parameter, parameter.getType(), mark))
                .toArray();
    }

    private static Object argument(Parameter parameter, Class<?> type, JournalMark mark) {
        if (type == String.class) {
            return text(parameter);
        } else if (type == String[].class) {
            return new String[] {text(parameter)};
        } else if (type == int.class) {
            return switch (parameter.getName()) {
                case "status" -> 200;
                default -> 1;
            };
        } else if (type == long.class) {
            return parameter.getName().equals("hard") ? 2L : 1L;
        } else if (type == double.class) {
            return 1.0;
        } else if (type == Duration.class) {
            return Duration.ofMillis(100);
        } else if (type == Instant.class) {
            return Instant.now();
        } else if (type == Pattern.class) {
            return Pattern.compile("x");
        } else if (type == JournalMark.class) {
            return mark;
        } else if (type == Command.class) {
            return Command.of("true");
        } else if (type == boolean.class) {
            return true;
        } else if (type == Path.class) {
            return listOfPackages();
        } else if (type == GuestSocket[].class) {
            return new GuestSocket[] {GuestSocket.tcp(22)};
        } else if (type == GuestSocket.class) {
            return GuestSocket.tcp(22);
        } else if (type == Function.class) {
            return Function.identity();
        } else if (type == Predicate.class) {
            Predicate<Object> holds = seen -> true;
            return holds;
        } else if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        throw new IllegalStateException("No argument of " + type + " for " + parameter.getDeclaringExecutable());
    }

    private static Path listOfPackages() {
        try {
            Path list = Files.createTempFile("packages", ".txt");
            list.toFile().deleteOnExit();
            return Files.writeString(list, "cron\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Something that is there. */
    private static String text(Parameter parameter) {
        String method = parameter.getDeclaringExecutable().getName();
        return switch (parameter.getName()) {
            case "path" ->
                switch (method) {
                    case "mount", "hasRoot" -> "/";
                    case "logRotation" -> "/var/log/syslog";
                    default -> "/etc/passwd";
                };
            case "source" -> method.equals("isBindOf") ? "/etc/none" : "cron";
            case "paths" -> "/etc/passwd";
            case "except" ->
                switch (method) {
                    case "hasNoFailedUnits" -> "cron.service";
                    case "haveNoLoginShell" -> "root";
                    default -> "/etc/none";
                };
            case "user", "users", "group", "groups" -> "root";
            case "address", "addresses" -> method.equals("hasMacAddress") ? "02:00:00:00:00:01" : "10.0.0.1";
            case "target" -> method.equals("route") ? "default" : "/etc/passwd";
            case "url" -> "http://localhost:9/";
            case "id" -> "0".repeat(32);
            case "server" -> "127.0.0.53";
            case "data" -> "10.0.0.1";
            case "entry" -> "user::rw-";
            case "method" -> "GET";
            case "hash" -> "0".repeat(64);
            case "version" -> "1:1.0-1";
            case "device" -> "eth0";
            case "regex" -> "cron";
            case "names" -> method.equals("hasCapabilities") ? "cap_chown" : "cron";
            case "pointer" -> "/a";
            case "pattern" -> method.equals("files") ? "/etc/pass*" : "pass*";
            case "name" ->
                switch (method) {
                    case "user", "group", "userOfNameServices", "groupOfNameServices" -> "root";
                    case "timer" -> "logrotate.timer";
                    case "networkInterface" -> "eth0";
                    case "sysctl" -> "kernel.no_such_setting";
                    case "host", "dns" -> "localhost";
                    case "systemdConfiguration" -> "system.conf";
                    default -> "cron";
                };
            case "argv" -> "true";
            case "command" -> "/usr/bin/id";
            default -> "cron";
        };
    }

    @Override
    public String toString() {
        return subjectName() + "()." + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList();
    }
}
