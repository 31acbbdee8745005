package io.github.incusstemcell.systemd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.internal.DaemonThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A service manager by {@code systemctl}, for guests that have no {@code systemd-stdio-bridge}.
 *
 * <p>Gives the same answers, each by an exec of its own. It hears of no changes: it says when it is time to look again, and
 * what lasts shorter than that is missed. Reads values, never exit codes, which differ between versions.
 *
 * @param answer how long it may take for an answer that it can give at once
 */
record SystemctlManager(Instance instance, Scope scope, Duration answer) implements ServiceManager {

    private static final Pattern JOB = Pattern.compile("(\\d{1,10})\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)");
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    /** Text that only begins like JSON, as a number in front of a line, must not pass for it. */
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Override
    public ServiceManager answeringWithin(Duration other) {
        return new SystemctlManager(instance, scope, other);
    }

    private ExecResult systemctl(Duration timeout, List<String> arguments) {
        return instance.exec(scope.command("systemctl", arguments).timeout(timeout));
    }

    private String output(List<String> arguments) {
        ExecResult result = systemctl(answer, arguments);
        if (result.stdout().isBlank() || result.isTruncated()) {
            throw failure(result);
        }
        return result.stdout();
    }

    private SystemdException failure(ExecResult result) {
        return new SystemdException(String.join(" ", result.command().argv()) + " on " + scope.on(instance.name())
                + " gave no answer: exit code " + result.exitCode() + ", "
                + result.stderr().strip());
    }

    private List<Map<String, Object>> show(List<String> names) {
        List<String> arguments = new ArrayList<>(List.of("show", "--all", "--timestamp=us+utc", "--no-pager", "--"));
        arguments.addAll(names);
        List<Map<String, Object>> units = new ArrayList<>();
        for (String block : output(arguments).split("\n\n")) {
            units.add(properties(block));
        }
        return units;
    }

    private static Map<String, Object> properties(String block) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String line : block.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                // A name that comes again, as Listen does, says one more value of the same property.
                properties.merge(
                        line.substring(0, equals), line.substring(equals + 1), (one, other) -> one + "\n" + other);
            }
        }
        return properties;
    }

    @Override
    public Map<String, Object> manager() {
        return show(List.of()).get(0);
    }

    @Override
    public Map<String, Object> unit(String name) {
        return units(List.of(name)).get(0);
    }

    @Override
    public List<Map<String, Object>> units(List<String> names) {
        if (names.isEmpty()) {
            return List.of(); // without names systemctl shows the manager
        }
        List<Map<String, Object>> units = show(names);
        if (units.size() != names.size() || !units.stream().allMatch(unit -> unit.containsKey("LoadState"))) {
            throw new SystemdException(
                    "systemctl show on " + scope.on(instance.name()) + " said nothing of some of " + names);
        }
        return units;
    }

    private List<JsonNode> rows(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--output=json", "--no-pager"));
        String output = output(all);
        try {
            List<JsonNode> rows = new ArrayList<>();
            JSON.readValue(output, ArrayNode.class).forEach(rows::add);
            return rows;
        } catch (JsonProcessingException e) {
            throw new SystemdException(
                    "systemctl " + String.join(" ", all) + " on " + scope.on(instance.name()) + " gave no JSON: "
                            + output,
                    e);
        }
    }

    @Override
    public List<UnitSummary> list() {
        return rows("list-units", "--all").stream()
                .map(row -> new UnitSummary(
                        row.path("unit").asText(),
                        row.path("description").asText(),
                        LoadState.of(row.path("load").asText()),
                        ActiveState.of(row.path("active").asText()),
                        row.path("sub").asText()))
                .toList();
    }

    @Override
    public Map<String, UnitFileState> unitFiles() {
        Map<String, UnitFileState> files = new LinkedHashMap<>();
        rows("list-unit-files")
                .forEach(row -> files.put(
                        row.path("unit_file").asText(),
                        UnitFileState.of(row.path("state").asText())));
        return files;
    }

    @Override
    public List<Job> jobs() {
        // It knows no JSON, and prints nothing where there are none; only then is nothing an answer.
        ExecResult result = systemctl(answer, List.of("list-jobs", "--plain", "--no-legend", "--no-pager"));
        require(result);
        return result.stdout()
                .lines()
                .map(line -> JOB.matcher(line.strip()))
                .map(job -> {
                    if (!job.matches()) {
                        throw failure(result);
                    }
                    return new Job(Long.parseLong(job.group(1)), job.group(2), job.group(3), job.group(4));
                })
                .toList();
    }

    @Override
    public String run(JobVerb verb, String unit, Duration timeout) {
        ExecResult result = systemctl(timeout, List.of(verb.command, "--", unit));
        if (result.isSuccess()) {
            return "done";
        }
        if (result.stderr().contains("not found") || result.stderr().contains("masked")) {
            throw new SystemdException("systemd of " + scope.on(instance.name()) + " refused " + verb.method + ": "
                    + result.stderr().strip());
        }
        return result.stderr().contains("timeout") ? "timeout" : "failed";
    }

    @Override
    public String runTransient(String name, List<TransientUnit.Property> properties, Duration timeout) {
        List<String> command = new ArrayList<>(List.of("--quiet", "--unit=" + name));
        List<String> argv = List.of();
        for (TransientUnit.Property property : properties) {
            if (property.name().equals("ExecStart")) {
                argv = argv(property);
            } else if (property.name().equals("Environment")) {
                ((List<?>) property.value()).forEach(variable -> command.add("--setenv=" + variable));
            } else {
                command.add("--property=" + setting(property));
            }
        }
        command.add("--");
        command.addAll(argv);
        ExecResult result = instance.exec(scope.command("systemd-run", command).timeout(timeout));
        return result.isSuccess() ? "done" : "failed";
    }

    private static List<String> argv(TransientUnit.Property execStart) {
        List<?> first = (List<?>) ((List<?>) execStart.value()).get(0);
        return ((List<?>) first.get(1)).stream().map(String.class::cast).toList();
    }

    /** Times are called so in microseconds on the bus only. */
    private static String setting(TransientUnit.Property property) {
        return property.name().endsWith("USec")
                ? property.name().replaceFirst("USec$", "Sec") + "=" + property.value() + "us"
                : property.name() + "=" + property.value();
    }

    @Override
    public void change(UnitFileVerb verb, List<String> units) {
        List<String> arguments = new ArrayList<>(List.of(verb.command, "--"));
        arguments.addAll(units);
        require(systemctl(answer, arguments));
    }

    @Override
    public void reload() {
        require(systemctl(Duration.ofSeconds(90), List.of("daemon-reload")));
    }

    @Override
    public void resetFailed(@Nullable String unit) {
        require(systemctl(answer, unit == null ? List.of("reset-failed") : List.of("reset-failed", "--", unit)));
    }

    @Override
    public void kill(String unit, int signal) {
        require(systemctl(answer, List.of("kill", "--signal=" + signal, "--", unit)));
    }

    private void require(ExecResult result) {
        if (!result.isSuccess()) {
            throw failure(result);
        }
    }

    @Override
    public Subscription listen(Consumer<ManagerEvent> listener) {
        return again(() -> listener.accept(new ManagerEvent.Tick()));
    }

    @Override
    public Subscription watch(String unit, Consumer<@Nullable Map<String, Object>> listener) {
        Map<String, Object> last = new HashMap<>(unit(unit));
        listener.accept(Map.copyOf(last));
        return again(() -> {
            try {
                Map<String, Object> next = unit(unit);
                if (!next.equals(last)) {
                    last.clear();
                    last.putAll(next);
                    listener.accept(next);
                }
            } catch (IncusStemcellException e) {
                listener.accept(null); // Who watches asks again, and is told why there is no answer.
            }
        });
    }

    private Subscription again(Runnable look) {
        CountDownLatch closed = new CountDownLatch(1);
        ReentrantLock looking = new ReentrantLock();
        DaemonThreads.start("systemctl-" + instance.name(), () -> {
            try {
                while (!closed.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    oneAtATime(looking, look);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return new Subscription() {
            @Override
            public void catchUp() {
                try {
                    oneAtATime(looking, look);
                } catch (InterruptedException e) {
                    throw SystemdException.interrupted("systemctl was run in " + instance.name(), e);
                }
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
    }

    /** By a lock that can be interrupted, as what is done meanwhile takes an exec or two. */
    private static void oneAtATime(ReentrantLock lock, Runnable look) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            look.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        // Each exec has ended by itself; watchers are closed by those who opened them.
    }
}
