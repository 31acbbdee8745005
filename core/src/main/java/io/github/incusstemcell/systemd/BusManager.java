package io.github.incusstemcell.systemd;

import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.internal.DurationText;
import io.github.incusstemcell.internal.Waiting;
import io.github.incusstemcell.systemd.dbus.BusMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A service manager over D-Bus (org.freedesktop.systemd1(5)).
 *
 * @param answer how long it may take for an answer that it can give at once
 */
record BusManager(BusLink link, Duration answer) implements ServiceManager {

    static final String SERVICE = "org.freedesktop.systemd1";
    static final String MANAGER = SERVICE + ".Manager";
    static final String UNIT = SERVICE + ".Unit";
    private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
    private static final String DAEMON = "org.freedesktop.DBus";
    private static final String OBJECT = "/org/freedesktop/systemd1";

    /** Reading all configuration again runs all generators. */
    private static final Duration RELOAD = Duration.ofSeconds(90);

    @Override
    public ServiceManager answeringWithin(Duration other) {
        return new BusManager(link, other);
    }

    /** Makes a connection to a bus daemon into one that can talk to the manager and hear it. */
    static void enterBus(BusConnection connection, Duration timeout) {
        connection.destination(DAEMON);
        connection.call(new BusMessage.Call("/org/freedesktop/DBus", DAEMON, "Hello", "", List.of()), timeout);
        connection.call(
                new BusMessage.Call(
                        "/org/freedesktop/DBus",
                        DAEMON,
                        "AddMatch",
                        "s",
                        List.of("type='signal',sender='" + SERVICE + "'")),
                timeout);
        connection.destination(SERVICE);
    }

    /** Has systemd tell of what happens; without it, it tells a bus of nothing. A private connection hears everything either way. */
    static void subscribe(BusConnection connection, Duration timeout) {
        connection.call(manager("Subscribe", "", List.of()), timeout);
    }

    private BusConnection connection() {
        return link.connection(answer);
    }

    private static BusMessage.Call manager(String method, String signature, List<?> arguments) {
        return new BusMessage.Call(OBJECT, MANAGER, method, signature, arguments);
    }

    private static BusMessage.Call properties(String path, String interfaceName) {
        return new BusMessage.Call(path, PROPERTIES, "GetAll", "s", List.of(interfaceName));
    }

    /** For calls that change nothing: a connection that was lost since the last call is worth a second try. */
    private List<Object> read(BusMessage.Call call) {
        Deadline deadline = Deadline.in(answer);
        try {
            return link.connection(answer).call(call, deadline);
        } catch (BusConnection.ClosedException e) {
            return link.connection(deadline.left()).call(call, deadline);
        }
    }

    /** For calls that change something: the connection is tried before, the call itself is made once. */
    private List<Object> act(BusMessage.Call call, Duration timeout) {
        return connection().call(call, timeout);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asProperties(List<Object> body) {
        return (Map<String, Object>) body.get(0);
    }

    @SuppressWarnings("unchecked")
    private static List<List<Object>> asRows(List<Object> body) {
        return (List<List<Object>>) body.get(0);
    }

    @Override
    public Map<String, Object> manager() {
        return asProperties(read(properties(OBJECT, MANAGER)));
    }

    @Override
    public Map<String, Object> unit(String name) {
        // An empty interface means all of them; asking for a unit's path loads the unit.
        return asProperties(read(properties(UnitName.path(name), "")));
    }

    @Override
    public List<Map<String, Object>> units(List<String> names) {
        Deadline deadline = Deadline.in(answer);
        BusConnection bus = connection();
        List<CompletableFuture<BusMessage>> replies = names.stream()
                .map(name -> bus.send(properties(UnitName.path(name), "")))
                .toList();
        List<Map<String, Object>> units = new ArrayList<>();
        replies.forEach(reply -> units.add(asProperties(bus.answer(reply, "GetAll", deadline))));
        return units;
    }

    @Override
    public List<UnitSummary> list() {
        return asRows(read(manager("ListUnits", "", List.of()))).stream()
                .map(row -> new UnitSummary(
                        (String) row.get(0),
                        (String) row.get(1),
                        LoadState.of((String) row.get(2)),
                        ActiveState.of((String) row.get(3)),
                        (String) row.get(4)))
                .toList();
    }

    @Override
    public Map<String, UnitFileState> unitFiles() {
        Map<String, UnitFileState> files = new LinkedHashMap<>();
        for (List<Object> row : asRows(read(manager("ListUnitFiles", "", List.of())))) {
            String path = (String) row.get(0);
            files.put(path.substring(path.lastIndexOf('/') + 1), UnitFileState.of((String) row.get(1)));
        }
        return files;
    }

    @Override
    public List<Job> jobs() {
        return asRows(read(manager("ListJobs", "", List.of()))).stream()
                .map(row -> new Job((Long) row.get(0), (String) row.get(1), (String) row.get(2), (String) row.get(3)))
                .toList();
    }

    @Override
    public String run(JobVerb verb, String unit, Duration timeout) {
        return awaitJob(manager(verb.method, "ss", List.of(unit, "replace")), unit, timeout);
    }

    @Override
    public String runTransient(String name, List<TransientUnit.Property> properties, Duration timeout) {
        List<List<?>> wired = new ArrayList<>();
        properties.forEach(property -> wired.add(List.of(property.name(), property.wire())));
        return awaitJob(
                manager("StartTransientUnit", "ssa(sv)a(sa(sv))", List.of(name, "fail", wired, List.of())),
                name,
                timeout);
    }

    private String awaitJob(BusMessage.Call call, String unit, Duration timeout) {
        String job = call.member() + " job of " + unit;
        JobResults results = new JobResults();
        Subscription subscription = listen(results);
        try {
            String jobPath = (String) act(call, answer).get(0);
            long id = Long.parseLong(jobPath.substring(jobPath.lastIndexOf('/') + 1));
            return results.await(id, timeout)
                    .orElseThrow(() -> new SystemdException("The connection to systemd of " + link.peer()
                            + " ended before the " + job + " did; jobs: " + jobs()));
        } catch (TimeoutException e) {
            throw new SystemdException("The " + job + " on " + link.peer() + " was not over within "
                    + DurationText.of(timeout) + "; jobs: " + jobs());
        } catch (InterruptedException e) {
            throw SystemdException.interrupted("waiting for the " + job + " on " + link.peer(), e);
        } finally {
            subscription.close();
        }
    }

    @Override
    public void change(UnitFileVerb verb, List<String> units) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(units);
        arguments.addAll(verb.flags);
        act(manager(verb.method, verb.signature, arguments), answer);
        reload();
    }

    @Override
    public void reload() {
        act(manager("Reload", "", List.of()), RELOAD);
    }

    @Override
    public void resetFailed(@Nullable String unit) {
        act(
                unit == null ? manager("ResetFailed", "", List.of()) : manager("ResetFailedUnit", "s", List.of(unit)),
                answer);
    }

    @Override
    public void kill(String unit, int signal) {
        act(manager("KillUnit", "ssi", List.of(unit, "all", (long) signal)), answer);
    }

    @Override
    public Subscription listen(Consumer<ManagerEvent> listener) {
        BusConnection bus = connection();
        BusEvents events = new BusEvents(listener);
        bus.listen(events);
        return () -> bus.forget(events);
    }

    @Override
    public Subscription watch(String unit, Consumer<@Nullable Map<String, Object>> listener) {
        BusConnection bus = connection();
        UnitFeed feed = new UnitFeed(unit, listener, reply -> bus.send(properties(UnitName.path(unit), ""), reply));
        BusEvents events = new BusEvents(feed);
        bus.listen(events);
        feed.readAll();
        return new Subscription() {
            /**
             * systemd answers in order: after this answer there is none on its way that the feed has asked for before. Not Ping of
             * org.freedesktop.DBus.Peer, which systemd-stdio-bridge answers itself.
             */
            @Override
            public void catchUp() {
                try {
                    bus.call(new BusMessage.Call(OBJECT, PROPERTIES, "Get", "ss", List.of(MANAGER, "Version")), answer);
                } catch (BusConnection.ClosedException e) {
                    // The listener is told of it, too.
                }
            }

            @Override
            public void close() {
                bus.forget(events);
            }
        };
    }

    @Override
    public void close() {
        link.close();
    }

    /** Remembers the results of all jobs, because one may be over before its number is known here. */
    private static final class JobResults implements Consumer<ManagerEvent> {

        private final Map<Long, CompletableFuture<String>> results = new ConcurrentHashMap<>();
        private final CompletableFuture<String> lost = new CompletableFuture<>();

        @Override
        public void accept(ManagerEvent event) {
            if (event instanceof ManagerEvent.JobRemoved removed) {
                result(removed.id()).complete(removed.result());
            } else if (event instanceof ManagerEvent.Lost) {
                lost.complete("lost");
            }
        }

        private CompletableFuture<String> result(long id) {
            return results.computeIfAbsent(id, key -> new CompletableFuture<>());
        }

        /** {@return the job's result; empty where the connection ended first} */
        Optional<String> await(long id, Duration timeout) throws InterruptedException, TimeoutException {
            CompletableFuture<String> result = result(id);
            try {
                Waiting.on(CompletableFuture.anyOf(result, lost), timeout);
                return result.isDone() ? Optional.of(result.get()) : Optional.empty();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e); // neither future is ever completed so
            }
        }
    }
}
