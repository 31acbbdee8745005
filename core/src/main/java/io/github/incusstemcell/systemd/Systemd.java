package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The systemd of a guest: what it says, and what it can be told to do.
 *
 * <p>One connection to PID 1 is opened when it is first needed, serves all threads, is opened again where the guest rebooted,
 * and ends with {@link #close()}. Where the guest has no {@code systemd-stdio-bridge}, {@code systemctl} is run instead, with
 * the same results; only that states which last less than 100 ms are then missed.
 *
 * <p>Names of units are taken as systemctl takes them: without a type they are services. Every method throws a
 * {@link SystemdException} where systemd refuses, or does not answer within 10 seconds.
 */
public final class Systemd implements AutoCloseable {

    /** Longer than systemd's own default timeout for a start, so that it is systemd that gives up first. */
    private static final Duration JOB = Duration.ofSeconds(120);

    /** How long PID 1 may take for an answer that it can give at once. */
    static final Duration ANSWER = Duration.ofSeconds(10);

    private final ManagerAccess access;
    private final Duration answer;
    private final boolean owner;
    private final InvocationJournal journal;

    Systemd(ManagerAccess access, Duration answer, boolean owner) {
        this.access = access;
        this.answer = answer;
        this.owner = owner;
        this.journal = new InvocationJournal(Journal.of(access.instance()), access.scope());
    }

    /**
     * A handle on the systemd of an instance; asks nothing yet.
     *
     * @param instance a container with systemd as its PID 1, running by the time at which something is asked
     * @return the handle
     */
    public static Systemd of(Instance instance) {
        return new Systemd(new ManagerAccess(Objects.requireNonNull(instance, "instance"), Scope.SYSTEM), ANSWER, true);
    }

    /**
     * The same handle for those who do not own it: it shares the connection, and closing it, or what it gives, does nothing.
     *
     * @return the handle
     */
    public Systemd shared() {
        return new Systemd(access, answer, false);
    }

    /**
     * The same handle for those who have only so much time: it shares the connection, and closing either ends both.
     *
     * @param span how long systemd may take for an answer, instead of 10 seconds; on a busy machine a second may pass; more than zero; not
     *     null
     * @return the handle
     */
    public Systemd answeringWithin(Duration span) {
        if (span.isNegative() || span.isZero()) {
            throw new IllegalArgumentException("Not a time in which systemd could answer: " + span);
        }
        return new Systemd(access, span, owner);
    }

    private ServiceManager manager() {
        return access.answeringWithin(answer);
    }

    /**
     * Waits until the boot is over, well or not: until systemd says {@code running}, {@code degraded} or {@code maintenance}.
     *
     * <p>May be called right after the start of the container. systemd itself ends the wait, with its signal StartupFinished.
     *
     * @param timeout how long to wait
     * @return how the boot ended, and how long it took by the guest's own clock
     * @throws BootTimeoutException where it takes longer; says what systemd was busy with
     * @throws UnusableGuestException where there is no systemd in the guest, or no shell
     */
    public Boot waitUntilBooted(Duration timeout) {
        return new BootWait(access, timeout).await();
    }

    /** {@return the state of the system as a whole} */
    public SystemState state() {
        return SystemState.of(new PropertyValues(manager().manager()).text("SystemState"));
    }

    /**
     * Reads one unit.
     *
     * @param name the unit's name
     * @return what systemd says of it now; also of a unit that does not exist
     * @throws IllegalArgumentException for what can name no unit, and for a template as {@code getty@.service}
     */
    public Unit unit(String name) {
        return new Unit(manager().unit(UnitName.ofOne(name)));
    }

    /** {@return all units that systemd has in memory} */
    public List<UnitSummary> units() {
        return manager().list();
    }

    /** {@return the units that have failed} */
    public List<UnitSummary> failedUnits() {
        return units().stream()
                .filter(unit -> unit.activeState() == ActiveState.FAILED)
                .toList();
    }

    /** {@return the state of each unit file on the guest's disk, by unit name} */
    public Map<String, UnitFileState> unitFiles() {
        return manager().unitFiles();
    }

    /** {@return the jobs that are queued or running} */
    public List<Job> jobs() {
        return manager().jobs();
    }

    /** {@return the timers that systemd has in memory} */
    public List<TimerUnit> timers() {
        PropertyValues clock = new PropertyValues(manager().manager());
        return ofType("timer").stream().map(timer -> TimerUnit.of(timer, clock)).toList();
    }

    /**
     * Tells of a timer what a reading of its unit says.
     *
     * @param unit a unit of the type timer, as it was read or watched
     * @return the timer as it was then
     */
    public TimerUnit timer(Unit unit) {
        return TimerUnit.of(unit.values(), new PropertyValues(manager().manager()));
    }

    /** {@return the sockets on which systemd listens for services} */
    public List<SocketUnit> sockets() {
        return ofType("socket").stream().map(SocketUnit::of).toList();
    }

    private List<PropertyValues> ofType(String type) {
        List<String> names = units().stream()
                .filter(unit -> unit.loadState() == LoadState.LOADED)
                .map(UnitSummary::name)
                .filter(name -> UnitName.type(name).equals(type))
                .toList();
        return manager().units(names).stream().map(PropertyValues::new).toList();
    }

    /** {@return systemd's version, as {@code 257.13-1~deb13u1}} */
    public String version() {
        return property("Version").orElseThrow();
    }

    /**
     * One property of the manager itself, in the text that {@code systemctl show --timestamp=us+utc} prints.
     *
     * @param name systemd's name of it, as {@code Virtualization}
     * @return the text; {@link Optional#empty()} where this systemd has no such property
     */
    public Optional<String> property(String name) {
        return new PropertyValues(manager().manager()).shown(name);
    }

    /**
     * Starts a unit and waits until its start job is over.
     *
     * @param name the unit's name
     * @throws UnitFailedException where it does not start; says how it failed and what is in its journal
     */
    public void start(String name) {
        run(JobVerb.START, name);
    }

    /**
     * Stops a unit and waits until its stop job is over.
     *
     * @param name the unit's name
     * @throws UnitFailedException where that fails
     */
    public void stop(String name) {
        run(JobVerb.STOP, name);
    }

    /**
     * Restarts a unit, or starts it, and waits until the job is over.
     *
     * @param name the unit's name
     * @throws UnitFailedException where it does not start; says how it failed and what is in its journal
     */
    public void restart(String name) {
        run(JobVerb.RESTART, name);
    }

    /**
     * Has a unit read its configuration again, and waits until it has.
     *
     * @param name the unit's name
     * @throws UnitFailedException where that fails
     */
    public void reload(String name) {
        run(JobVerb.RELOAD, name);
    }

    private void run(JobVerb verb, String name) {
        String unit = UnitName.complete(name);
        String result = manager().run(verb, unit, JOB);
        if (!result.equals("done")) {
            Unit now = unit(unit);
            throw new UnitFailedException(
                    "Cannot " + verb.command + " " + unit + " on " + access.name() + ": the job ended with " + result
                            + ", and the unit is " + now + "\n" + report(now),
                    now);
        }
    }

    /**
     * Enables units, so that they start at the next boot, and has systemd take note of it.
     *
     * @param names the units' names
     */
    public void enable(String... names) {
        change(UnitFileVerb.ENABLE, names);
    }

    /**
     * Disables units, and has systemd take note of it.
     *
     * @param names the units' names
     */
    public void disable(String... names) {
        change(UnitFileVerb.DISABLE, names);
    }

    /**
     * Masks units, so that nothing can start them, and has systemd take note of it. One that runs goes on.
     *
     * @param names the units' names
     */
    public void mask(String... names) {
        change(UnitFileVerb.MASK, names);
    }

    /**
     * Takes masks off units, and has systemd take note of it.
     *
     * @param names the units' names
     */
    public void unmask(String... names) {
        change(UnitFileVerb.UNMASK, names);
    }

    private void change(UnitFileVerb verb, String... names) {
        manager().change(verb, Arrays.stream(names).map(UnitName::complete).toList());
    }

    /** Has systemd read all unit files again, and waits until it has. */
    public void daemonReload() {
        manager().reload();
    }

    /** Forgets all failures. */
    public void resetFailed() {
        manager().resetFailed(null);
    }

    /**
     * Forgets the failure of a unit, and how often it was started.
     *
     * @param name the unit's name
     */
    public void resetFailed(String name) {
        manager().resetFailed(UnitName.complete(name));
    }

    /**
     * Sends a signal to all processes of a unit.
     *
     * @param name the unit's name
     * @param signal its number, as 9 for SIGKILL
     */
    public void kill(String name, int signal) {
        manager().kill(UnitName.complete(name), signal);
    }

    /**
     * Starts a unit that runs once, and waits until it has ended. How it ended is known also where systemd forgets such a unit
     * at once.
     *
     * @param name the unit's name, typically of a service of type oneshot
     * @param timeout how long to wait for its end
     * @return how it ended and what it wrote; not necessarily well
     */
    public UnitRun runUnit(String name, Duration timeout) {
        String unit = UnitName.complete(name);
        return runs().run(unit, left -> manager().run(JobVerb.START, unit, left), timeout);
    }

    /**
     * Runs a command as a service of its own, as {@code systemd-run --wait} does, and waits until it has ended.
     *
     * @param transientUnit the command and the service's properties
     * @param timeout how long to wait for its end
     * @return how it ended and what it wrote; not necessarily well
     */
    public UnitRun runTransient(TransientUnit transientUnit, Duration timeout) {
        String unit = "incus-stemcell-run-" + UUID.randomUUID().toString().substring(0, 8) + ".service";
        UnitRun run = runs().run(unit, left -> manager().runTransient(unit, transientUnit.properties(), left), timeout);
        if (run.unit().activeState() == ActiveState.FAILED) {
            resetFailed(unit); // or the run would stay behind as a failed unit of the guest's
        }
        return run;
    }

    private UnitRuns runs() {
        return new UnitRuns(manager(), answer, journal, access.name());
    }

    /**
     * Writes a unit file of the administrator's and has systemd read it.
     *
     * @param name the unit's name
     * @param content the file
     */
    public void writeUnit(String name, String content) {
        UnitFolder.of(access).write(name, content);
        daemonReload();
    }

    /**
     * Writes a drop-in for a unit and has systemd read it.
     *
     * @param unit the unit's name
     * @param name the drop-in's name, with or without {@code .conf}
     * @param content the file
     */
    public void writeDropIn(String unit, String name, String content) {
        UnitFolder.of(access).writeDropIn(unit, name, content);
        daemonReload();
    }

    /**
     * Watches a unit from now on.
     *
     * @param name the unit's name; it need not exist yet
     * @return the watch, to be closed
     * @throws IllegalArgumentException for what can name no unit, and for a template as {@code getty@.service}
     */
    public UnitWatch watch(String name) {
        return new UnitWatch(manager(), access.name(), UnitName.ofOne(name), answer);
    }

    /** {@return what wakes at each change from now on, to be closed} */
    public SystemdChanges changes() {
        return new SystemdChanges(manager(), access.name());
    }

    /**
     * Says what one wants to see of a unit that is not as it should be: its file, its jobs, the journal of its last run.
     *
     * @param unit the unit
     * @return some lines, each with two blanks before it
     */
    public String report(Unit unit) {
        return UnitReport.of(unit, this::jobs, journal);
    }

    /**
     * The service manager of a user; started where it does not run yet. Closed together with this handle.
     *
     * @param name the user's name
     * @return a handle on it
     */
    public Systemd user(String name) {
        return new Systemd(access.ofUser(name, answer), answer, owner);
    }

    /**
     * Ends the connection, and those to the managers of users. What is asked afterwards fails. One that is {@linkplain #shared()
     * shared} stays open: its owner closes it.
     */
    @Override
    public void close() {
        if (owner) {
            access.close();
        }
    }
}
