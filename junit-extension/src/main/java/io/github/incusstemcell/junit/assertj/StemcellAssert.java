package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.systemd.Systemd;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.assertj.core.api.SoftAssertionsProvider;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a running stemcell: on its systemd, units, timers and journal, its files, users, groups and packages, its sockets, network
 * and web servers, its processes, mounts, kernel settings and commands.
 */
public non-sealed class StemcellAssert extends AbstractStemcellAssert {

    private Timing timing = Timing.NOW;
    private @Nullable SoftAssertionsProvider softly;

    /**
     * Assertions on a stemcell; see {@link StemcellAssertions#assertThat}.
     *
     * @param actual the stemcell; null fails every assertion
     */
    public StemcellAssert(StemcellContainer actual) {
        super(actual);
    }

    /** Has failures collected. */
    StemcellAssert softly(SoftAssertionsProvider provider) {
        softly = provider;
        return this;
    }

    private StemcellAssert timed(Timing other) {
        StemcellAssert timed = new StemcellAssert(actual);
        timed.softly = softly;
        timed.timing = other;
        timed.info.description(info.description());
        return timed;
    }

    /**
     * Has the checks that follow wait: each re-reads until it holds, until a state makes that impossible, or until the time
     * is over. What systemd and the journal tell wakes them.
     *
     * @param span how long to wait
     * @return assertions that wait
     */
    @CheckReturnValue
    public StemcellAssert within(Duration span) {
        return timed(Timing.within(span));
    }

    /**
     * Has the checks that follow hold at every moment of a time.
     *
     * @param span how long
     * @return assertions that watch
     */
    @CheckReturnValue
    public StemcellAssert always(Duration span) {
        return timed(Timing.always(span));
    }

    /**
     * Verifies that a condition of one's own holds for the stemcell. Behind {@link #within} it is asked again and again until it holds,
     * behind {@link #always} it has to hold each time.
     *
     * <pre>{@code
     * assertThat(stemcell).satisfies(guest -> guest.exec("test", "-d", "/etc").isSuccess(), "have a folder /etc"); // passes
     * assertThat(stemcell).satisfies(guest -> guest.exec("test", "-d", "/ect").isSuccess(), "have a folder /ect"); // fails
     * }</pre>
     *
     * @param condition is given the stemcell; what it throws ends the check
     * @param description how messages say it behind "to satisfy"; not empty
     * @return this assertion object
     */
    public StemcellAssert satisfies(Predicate<StemcellContainer> condition, String description) {
        Objects.requireNonNull(condition, "condition");
        Arguments.text(description);
        Subject subject = subject();
        Observation<Boolean> seen = new Observation<Boolean>(
                        timing, Boolean::booleanValue, holds -> holds ? "satisfied" : "not satisfied")
                .polling(() -> condition.test(actual));
        subject.verify("the stemcell", "satisfy \"" + description + "\"", seen, holds -> "it did not");
        return this;
    }

    /**
     * Verifies as {@link #satisfies}; messages cannot say what.
     *
     * @param condition is given the stemcell; what it throws ends the check
     * @return this assertion object
     */
    @Override
    public StemcellAssert matches(Predicate<? super StemcellContainer> condition) {
        return satisfies(condition::test, "a condition");
    }

    /**
     * Verifies as {@link #satisfies}.
     *
     * @param condition is given the stemcell; what it throws ends the check
     * @param description how messages say it behind "to satisfy"; not empty
     * @return this assertion object
     */
    @Override
    public StemcellAssert matches(Predicate<? super StemcellContainer> condition, String description) {
        return satisfies(condition::test, description);
    }

    @Override
    Subject subject() {
        if (actual == null && softly != null) {
            // Not an assertion's error: it would be collected, and there would be null to go on with.
            throw new IncusStemcellException(
                    "The stemcell to be looked at is null: take it from a parameter or a field of a test with @IncusStemcell");
        }
        isNotNull();
        return new Subject(actual, timing, softly, info.description());
    }

    /** {@return assertions on the system as a whole} */
    @CheckReturnValue
    public SystemAssert systemd() {
        return new SystemAssert(subject());
    }

    /** {@return assertions on what the guest says of itself as a machine: its name, time and language} */
    @CheckReturnValue
    public MachineAssert machine() {
        return new MachineAssert(subject());
    }

    /** {@return assertions on the BOSH agent, and on the jobs that are deployed by it} */
    @CheckReturnValue
    public AgentAssert agent() {
        return new AgentAssert(subject());
    }

    /**
     * Turns to a unit.
     *
     * @param name the unit's name, as systemctl takes it
     * @return assertions on it
     */
    @CheckReturnValue
    public UnitAssert unit(String name) {
        Subject subject = subject();
        return new UnitAssert(subject, UnitCheck.ofSystem(subject, name));
    }

    /**
     * Turns to a timer and to when it runs.
     *
     * @param name the timer's full name, as {@code logrotate.timer}
     * @return assertions on it
     */
    @CheckReturnValue
    public TimerAssert timer(String name) {
        return new TimerAssert(subject(), name);
    }

    /**
     * Turns to a unit of a user's service manager, which is started where it does not run yet.
     *
     * @param user the name of the user, who has to exist
     * @param name the unit's name, as systemctl takes it
     * @return assertions on it
     */
    @CheckReturnValue
    public UnitAssert userUnit(String user, String name) {
        Subject subject = subject();
        if (!new UserAssert(subject.now(), user).isThere()) {
            // Not an assertion's error: where failures are collected there would be null to go on with.
            throw new IncusStemcellException(
                    "There is no user " + user + " on " + subject.name() + " whose units could be looked at");
        }
        Systemd manager = subject.systemd().user(user);
        return new UnitAssert(subject, new UnitCheck(subject, Arguments.unit(name), manager, user));
    }

    /** {@return assertions on the journal} */
    @CheckReturnValue
    public JournalAssert journal() {
        return new JournalAssert(subject());
    }

    /**
     * Turns to a file, a folder or a link.
     *
     * @param path its absolute path in the guest
     * @return assertions on it
     */
    @CheckReturnValue
    public FileAssert file(String path) {
        return new FileAssert(subject(), path);
    }

    /**
     * Turns to all files, folders and links whose paths match a pattern.
     *
     * @param pattern their absolute paths with wildcards as glob(7) has them, as {@code /etc/ssh/ssh_host_*_key}: {@code *}, {@code ?} and
     *     {@code [a-z]} stand for letters of one name, and only a point of its own for one at the beginning. A letter behind a backslash stands
     *     for itself, as in {@code /tmp/what\?}
     * @return assertions on them
     */
    @CheckReturnValue
    public FilesAssert files(String pattern) {
        return new FilesAssert(subject(), pattern);
    }

    /**
     * Turns to a user.
     *
     * @param name the user's name
     * @return assertions on it
     */
    @CheckReturnValue
    public UserAssert user(String name) {
        return new UserAssert(subject(), name);
    }

    /**
     * Turns to a user whom the name services of the guest know, nsswitch.conf(5), by getent(1): also one in no file, as systemd's {@code
     * DynamicUser=} makes up.
     *
     * @param name the user's name
     * @return assertions on it
     */
    @CheckReturnValue
    public UserAssert userOfNameServices(String name) {
        return UserAssert.ofNameServices(subject(), name);
    }

    /**
     * Turns to a group.
     *
     * @param name the group's name
     * @return assertions on it
     */
    @CheckReturnValue
    public GroupAssert group(String name) {
        return new GroupAssert(subject(), name);
    }

    /**
     * Turns to a group that the name services of the guest know, nsswitch.conf(5), by getent(1): also one in no file.
     *
     * @param name the group's name
     * @return assertions on it
     */
    @CheckReturnValue
    public GroupAssert groupOfNameServices(String name) {
        return GroupAssert.ofNameServices(subject(), name);
    }

    /** {@return assertions on all users} */
    @CheckReturnValue
    public UsersAssert users() {
        return new UsersAssert(subject());
    }

    /** {@return assertions on all groups} */
    @CheckReturnValue
    public GroupsAssert groups() {
        return new GroupsAssert(subject());
    }

    /**
     * Turns to a Debian package.
     *
     * @param name the package's name, with or without its architecture behind a colon
     * @return assertions on it
     */
    @CheckReturnValue
    public PackageAssert packageNamed(String name) {
        return new PackageAssert(subject(), name);
    }

    /** {@return assertions on which Debian packages are installed} */
    @CheckReturnValue
    public PackagesAssert packages() {
        return new PackagesAssert(subject());
    }

    /**
     * Turns to the processes of a name.
     *
     * @param name what the kernel calls them, which is the name of their program mostly; where it is longer than the 15 bytes that the
     *     kernel keeps, the name of the program itself, or of what that was started as, or of the script that it runs; or the path of the
     *     program
     * @return assertions on all of them
     */
    @CheckReturnValue
    public ProcessAssert process(String name) {
        return new ProcessAssert(subject(), name);
    }

    /** {@return assertions on all processes} */
    @CheckReturnValue
    public ProcessesAssert processes() {
        return new ProcessesAssert(subject());
    }

    /**
     * Turns to what is mounted.
     *
     * @param path the absolute path at which it is, without a slash at its end
     * @return assertions on it
     */
    @CheckReturnValue
    public MountAssert mount(String path) {
        return new MountAssert(subject(), path);
    }

    /**
     * Runs a command.
     *
     * @param argv the program and its arguments
     * @return assertions on what came of it
     */
    @CheckReturnValue
    public CommandAssert command(String... argv) {
        return command(Command.of(Arguments.argv(argv)));
    }

    /**
     * Runs a command.
     *
     * @param command the command with its user, environment, input, timeout
     * @return assertions on what came of it
     */
    @CheckReturnValue
    public CommandAssert command(Command command) {
        return new CommandAssert(subject(), command);
    }
}
