package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.Command;
import java.time.Duration;
import org.assertj.core.api.AbstractAssert;

/** Assertions on a running stemcell: on its systemd, its units, its journal, its files, its users and groups, its
 * packages, its sockets, its processes, its mounts, its commands. */
public final class StemcellAssert extends AbstractAssert<StemcellAssert, StemcellContainer> {

    private final Timing timing;

    StemcellAssert(StemcellContainer actual) {
        this(actual, Timing.NOW);
    }

    private StemcellAssert(StemcellContainer actual, Timing timing) {
        super(actual, StemcellAssert.class);
        this.timing = timing;
    }

    private StemcellAssert timed(Timing other) {
        StemcellAssert timed = new StemcellAssert(actual, other);
        timed.info.description(info.description());
        return timed;
    }

    /**
     * Has the checks that follow wait: each re-reads until it holds, until a state makes that impossible, or until the time
     * is over. What systemd and the journal tell wakes them.
     *
     * @param span how long to wait; not null
     * @return assertions that wait
     */
    public StemcellAssert within(Duration span) {
        return timed(Timing.within(span));
    }

    /**
     * Has the checks that follow hold at every moment of a time.
     *
     * @param span how long; not null
     * @return assertions that watch
     */
    public StemcellAssert always(Duration span) {
        return timed(Timing.always(span));
    }

    private Subject subject() {
        isNotNull();
        return new Subject(actual, timing, info.descriptionText());
    }

    /** {@return assertions on the system as a whole} */
    public SystemAssert systemd() {
        return new SystemAssert(subject());
    }

    /**
     * Turns to a unit.
     *
     * @param name the unit's name, as systemctl takes it; not null
     * @return assertions on it
     */
    public UnitAssert unit(String name) {
        return new UnitAssert(subject(), name);
    }

    /** {@return assertions on the journal} */
    public JournalAssert journal() {
        return new JournalAssert(subject());
    }

    /**
     * Turns to a file, a folder or a link.
     *
     * @param path its absolute path in the guest; not null
     * @return assertions on it
     */
    public FileAssert file(String path) {
        return new FileAssert(subject(), path);
    }

    /**
     * Turns to a user.
     *
     * @param name the user's name; not null
     * @return assertions on it
     */
    public UserAssert user(String name) {
        return new UserAssert(subject(), name);
    }

    /**
     * Turns to a group.
     *
     * @param name the group's name; not null
     * @return assertions on it
     */
    public GroupAssert group(String name) {
        return new GroupAssert(subject(), name);
    }

    /**
     * Turns to a Debian package.
     *
     * @param name the package's name, with or without its architecture behind a colon; not null
     * @return assertions on it
     */
    public PackageAssert packageNamed(String name) {
        return new PackageAssert(subject(), name);
    }

    /**
     * Turns to a place at which processes listen.
     *
     * @param socket the port or path, as {@code tcp(22)}; not null
     * @return assertions on who listens there
     */
    public SocketAssert socket(GuestSocket socket) {
        return new SocketAssert(subject(), socket);
    }

    /**
     * Turns to the processes of a name.
     *
     * @param name what the kernel calls them, which is the name of their program mostly; it keeps 15 bytes; not null
     * @return assertions on all of them
     */
    public ProcessAssert process(String name) {
        return new ProcessAssert(subject(), name);
    }

    /**
     * Turns to what is mounted.
     *
     * @param path the absolute path at which it is, without a slash at its end; not null
     * @return assertions on it
     */
    public MountAssert mount(String path) {
        return new MountAssert(subject(), path);
    }

    /**
     * Runs a command.
     *
     * @param argv the program and its arguments; not null
     * @return assertions on what came of it
     */
    public CommandAssert command(String... argv) {
        return new CommandAssert(subject(), Command.of(argv));
    }
}
