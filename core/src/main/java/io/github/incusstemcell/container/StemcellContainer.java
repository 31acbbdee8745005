package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.Agent;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.GuestChannel;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.InstanceState;
import io.github.incusstemcell.incus.MemberLostException;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.Deadline;
import io.github.incusstemcell.stemcell.StemcellImage;
import io.github.incusstemcell.systemd.Journal;
import io.github.incusstemcell.systemd.Systemd;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A booted stemcell: a handle on one Incus system container with systemd as its PID 1. One that is {@linkplain ContainerSpecBuilder#withoutBoot()
 * not to be booted} has files, and nothing that would have to run.
 *
 * <p>Thread-safe. Once it is closed, every method that needs the container throws an {@link IncusStemcellException}.
 */
public final class StemcellContainer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StemcellContainer.class);

    /** How long systemd in the guest may take to stop everything before Incus ends it. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final Instance instance;
    private final DeadMansSwitch deadMansSwitch;
    private final Creations creations;
    private final StemcellImage image;
    private final GuestAddress address;
    private final List<String> artifacts;
    private final StartTimes startTimes;
    private final GuestChannel channel;
    private final CommandLog commands = new CommandLog();
    private final PortForwards forwards;
    private final Systemd systemd;
    private final Journal journal;
    private final Optional<JournalLog> journalLog;
    private final GuestAgent agent;
    private final Lifecycle lifecycle;
    private final ActiveFaults faults = new ActiveFaults();
    private final Disks disks = new Disks(this::open, faults);
    private final Runnable afterDelete;
    private final AtomicBoolean closed = new AtomicBoolean();

    StemcellContainer(
            DeadMansSwitch deadMansSwitch,
            Creations creations,
            StemcellImage image,
            ContainerSpec spec,
            GuestAddress address,
            StartTimes startTimes,
            Systemd systemd,
            GuestAgent.Access agentAccess,
            Runnable afterDelete) {
        this.instance = deadMansSwitch.instance();
        this.channel = instance.channel();
        this.deadMansSwitch = deadMansSwitch;
        this.creations = creations;
        this.image = image;
        this.address = address;
        this.artifacts = spec.allArtifacts();
        this.startTimes = startTimes;
        this.systemd = systemd;
        this.forwards = new PortForwards(instance, address);
        this.journal = Journal.of(instance);
        this.journalLog = spec.logsJournal() ? Optional.of(new JournalLog(name(), journal)) : Optional.empty();
        this.agent = new GuestAgent(this, spec, agentAccess);
        this.lifecycle = new Lifecycle(deadMansSwitch, image, spec, address, systemd, journalLog, agent);
        this.afterDelete = afterDelete;
        if (spec.boots()) {
            journalLog.ifPresent(JournalLog::follow);
        }
    }

    /**
     * The name of the container, which is also the guest's hostname.
     *
     * @return the name, as {@code incus list} shows it
     */
    public String name() {
        return instance.name();
    }

    /**
     * The image that the container was created from.
     *
     * @return the image
     */
    public StemcellImage image() {
        return image;
    }

    /**
     * The address of the guest's {@code eth0}, by which other guests on the same network reach it. This JVM does where it
     * {@linkplain #isRoutable() has a route}, as it has where Incus runs on this machine; otherwise the log says so once, and
     * {@link #forward} is the way.
     *
     * @return the IPv4 address
     * @throws IncusStemcellException if it has none: without a network, or on one without IPv4
     */
    public Inet4Address address() {
        open();
        Inet4Address there = address.require(name());
        address.isRoutable();
        return there;
    }

    /**
     * Whether this JVM can connect to the {@link #address()}. Where Incus runs elsewhere, this is tried with the first container on a
     * network.
     *
     * @return whether it can; {@code true} also where that cannot be tried, for example since the guest does not run
     */
    public boolean isRoutable() {
        open();
        return address.isRoutable();
    }

    /**
     * The IPv6 address of the guest's {@code eth0}, where {@code incus.stemcell.network.ipv6}, or {@link Stemcells.Builder#networkIpv6},
     * asks for it.
     *
     * @return the address, a global one
     * @throws IncusStemcellException if it has none, with the reason
     */
    public Inet6Address address6() {
        open();
        return address.requireIpv6(name());
    }

    Optional<Inet6Address> ipv6() {
        return address.ipv6().map(GuestIpv6::address);
    }

    /**
     * A way to a TCP port of the guest that needs no route to it: a port of this machine's loopback, from which each connection goes on by
     * way of Incus, to what listens there on the guest's loopback or else at its {@link #address()}. Where nobody accepts, the connection
     * breaks off, and the log says why. A restart of the guest ends connections, but not the forward.
     *
     * @param port the port in the guest, 1 to 65535
     * @return the local address, the same for the same port, until the container is closed
     * @throws IllegalArgumentException if there is no such port
     */
    public InetSocketAddress forward(int port) {
        open();
        return forwards.to(port).address();
    }

    /**
     * The same for a UDP port: datagrams to that local address go on to whoever listens on the port, and what is answered comes back. Where nobody
     * listens, they are lost, as datagrams are, and the log says why. Of 500 clients at once, each an address and a port, answers find back.
     *
     * @param port the port in the guest, 1 to 65535
     * @return the local address, the same for the same port, until the container is closed
     * @throws IllegalArgumentException if there is no such port
     */
    public InetSocketAddress forwardUdp(int port) {
        open();
        return forwards.toUdp(port).address();
    }

    /**
     * How long which part of its start took.
     *
     * @return the moments
     */
    public StartTimes startTimes() {
        return startTimes;
    }

    /**
     * Runs a command as root and waits for its end.
     *
     * @param command the program, found in the guest's {@code PATH}, and its arguments; no shell reads them
     * @return its exit code and what it printed
     */
    public ExecResult exec(String... command) {
        return exec(Command.of(command));
    }

    /**
     * Runs a command and waits for its end.
     *
     * @param command the command with its settings
     * @return its exit code and what it printed
     */
    public ExecResult exec(Command command) {
        return commands.run(command, open()::exec);
    }

    /**
     * Runs a script with {@code sh -c} as root and waits for its end.
     *
     * @param script the script
     * @return its exit code and what it printed
     */
    public ExecResult shell(String script) {
        return exec(Command.of("sh", "-c", script));
    }

    /**
     * Runs a command that only looks as root and waits for its end. From the second or third time on this takes a millisecond or two more
     * than the command itself, as it is run by a process that is kept in the guest for it, where the guest has perl; the result is that of
     * {@link #exec(Command)}. The assertions look so.
     *
     * @param command the command with its settings, which changes nothing, as it may be run twice
     * @return its exit code and what it printed
     */
    public ExecResult inspect(Command command) {
        open();
        return commands.run(command, channel::exec);
    }

    /**
     * Runs a command that looks at nothing but files on the disk of the container, as {@link #inspect} does. While that does not run, the command
     * runs in a copy of it in which nothing boots, which takes a second where the storage pool clones, and where it does not, as long as it takes
     * to copy the disk. Below folders that a running guest mounts, as {@code /proc} and {@code /dev}, the copy has what Incus mounts there.
     *
     * @param command the command with its settings, which changes nothing, as it may be run twice
     * @return its exit code and what it printed
     * @throws IncusStemcellException if the copy is refused, as where the project forbids {@code raw.lxc}
     */
    public ExecResult inspectFiles(Command command) {
        return inspectOrElse(command, InspectionCopy::exec);
    }

    /**
     * Runs a command that looks at what {@code chattr(1)} sets of such files, as {@link #inspectFiles} does otherwise. That is not in a copy
     * that the daemon makes file by file, so that of a container that does not run nothing is known on storage pools that do so, as those of the type dir.
     *
     * @param command the command with its settings, which changes nothing, as it may be run twice
     * @return its exit code and what it printed
     * @throws IncusStemcellException if the copy is refused, or would not have the attributes
     */
    public ExecResult inspectFileAttributes(Command command) {
        return inspectOrElse(command, InspectionCopy::execWithAttributes);
    }

    private ExecResult inspectOrElse(Command command, BiFunction<InspectionCopy, Command, ExecResult> inCopy) {
        try {
            return inspect(command);
        } catch (IncusException e) {
            if (!lifecycle.isStopped()) {
                throw e;
            }
            return commands.run(command, each -> inCopy.apply(new InspectionCopy(open(), creations), each));
        }
    }

    /**
     * Starts a command and does not wait for its end.
     *
     * @param command the command with its settings
     * @return a handle on the running command
     */
    public RunningCommand start(Command command) {
        return commands.start(command, open()::start);
    }

    /**
     * How Incus says that the container is now: running or not, what it uses, its network interfaces and their addresses.
     *
     * @return the state
     */
    public InstanceState state() {
        return open().state();
    }

    /**
     * The network interfaces as {@link #state()} has them, but for the names of their other ends on the host, which may be left out: by way of
     * {@link #inspect}, where that is quicker.
     *
     * @return them by name; empty where the container does not run
     */
    public Map<String, InstanceState.NetworkInterface> networkInterfaces() {
        Instance instance = open();
        return channel.networkInterfaces().orElseGet(() -> instance.state().network());
    }

    /**
     * The guest's files.
     *
     * @return a way to read and write them
     */
    public GuestFiles files() {
        open();
        return channel.files();
    }

    /**
     * The guest's systemd.
     *
     * @return a connection to PID 1, opened at its first use, which is closed with this container, not by closing what is returned; not
     *     null
     */
    public Systemd systemd() {
        open();
        return systemd.shared();
    }

    /**
     * The guest's journal.
     *
     * @return a way to query and follow it
     */
    public Journal journal() {
        open();
        return journal;
    }

    /**
     * The BOSH agent of the stemcell, and what is deployed by it.
     *
     * @return a client of the agent
     * @throws IncusStemcellException if it was started without settings, or by settings with which it cannot be spoken to over HTTPS
     */
    public Agent agent() {
        open();
        return agent.client();
    }

    /** Waits until the agent answers, if there is one to wait for. */
    void awaitAgent(Deadline deadline) {
        agent.await(deadline);
    }

    /**
     * Reboots the guest and waits until systemd has finished booting.
     *
     * @throws StartupTimeoutException if it does not within the startup timeout
     */
    public void restart() {
        Instance guest = open();
        channel.release();
        lifecycle.boot(() -> guest.restart(STOP_TIMEOUT));
    }

    /**
     * Shuts the guest down as {@code systemctl poweroff} does. {@link #boot()} boots it again.
     */
    public void stop() {
        Instance guest = open();
        channel.release();
        guest.stop(STOP_TIMEOUT);
    }

    /**
     * Boots a {@linkplain #stop() stopped} guest, or one that was only created, and waits until systemd has finished booting.
     *
     * @throws StartupTimeoutException if it does not within the startup timeout
     */
    public void boot() {
        lifecycle.boot(open()::start);
    }

    /** Freezes all processes of the guest. */
    public void pause() {
        Instance guest = open();
        channel.release();
        guest.freeze();
    }

    /** Lets the processes of a {@linkplain #pause() paused} guest go on. */
    public void resume() {
        open().unfreeze();
    }

    /**
     * The container's network, for faults of it.
     *
     * @return what makes faults, and heals them
     */
    public NetworkFaults network() {
        open();
        return new NetworkFaults(this, faults);
    }

    /**
     * Disks besides the root disk.
     *
     * @return what attaches and detaches them
     */
    public Disks disks() {
        open();
        return disks;
    }

    /**
     * The devices, to be changed.
     *
     * @return what sets and removes them
     */
    public Devices devices() {
        open();
        return new Devices(this::open, faults);
    }

    /**
     * Sets an instance option by Incus's own key, such as {@code limits.memory}; what counts at once, and what only from the next start,
     * Incus documents for each.
     *
     * @param key the key
     * @param value its value as Incus writes it, or empty to take the option away
     * @throws IncusStemcellException if the daemon refuses it, or it is a limit that the daemon's machine cannot enforce; nothing is
     *     changed then
     */
    public void config(String key, String value) {
        Instance guest = open();
        CgroupControllers.require(guest, key);
        String before = guest.info().config().getOrDefault(key, "");
        guest.updateConfig(Map.of(key, value));
        faults.add("config " + key, () -> open().updateConfig(Map.of(key, before)));
    }

    /**
     * Ends the guest at once, as a power cut does: nothing in it is told, and no unit is stopped. {@link #boot()} boots it again. What it
     * had written, but not synchronized, is there then all the same, since the kernel that keeps it goes on; what was in {@code /run} is
     * not.
     */
    public void powerCut() {
        Instance guest = open();
        channel.release();
        guest.stopNow();
    }

    /**
     * Takes back all that was changed by {@link #network()}, {@link #disks()}, {@link #devices()} and {@link #config}; does nothing once
     * this is closed. The extension for JUnit does it at the end of each test where several share the container: where they run in
     * parallel, one takes back what another has changed.
     */
    public void undoFaults() {
        if (!closed.get()) {
            faults.undoAll();
        }
    }

    /**
     * Keeps the state of the guest's disk under a name.
     *
     * @param snapshot the name
     */
    public void snapshot(String snapshot) {
        open().snapshot(snapshot);
    }

    /**
     * Brings the guest's disk back to a {@linkplain #snapshot snapshot}. A guest that runs or is {@linkplain #pause() paused} is stopped
     * at once for it, booted from the restored disk, and awaited; one that is {@linkplain #stop() stopped} stays so.
     *
     * @param snapshot the name of the snapshot
     * @throws StartupTimeoutException if the guest does not boot within the startup timeout
     */
    public void restore(String snapshot) {
        Lifecycle guest = lifecycle();
        channel.release();
        guest.restore(snapshot);
    }

    /**
     * Keeps the state of the guest's disk for users of the container who are to find it so, one after the other. Boots the guest if it is
     * not up.
     *
     * @param snapshot the name of the snapshot, which replaces one that there is
     * @return what brings the container back to this state, as often as wanted
     * @throws StartupTimeoutException if the guest is not up and does not boot within the startup timeout
     */
    public RestorePoint restorePoint(String snapshot) {
        return RestorePoint.of(this, snapshot);
    }

    Lifecycle lifecycle() {
        open();
        return lifecycle;
    }

    /**
     * Says in Incus for what the container is used from now on, where that is not what it was started for.
     *
     * @param owner such as the test's class and method
     */
    public void handOver(String owner) {
        open().updateConfig(Map.of(Lease.OWNER, owner));
    }

    /**
     * Deletes the container, whatever it is doing. Does nothing the second time. One on a member of a cluster that is lost is left to a later
     * run, which finds it when the member is back.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
            deadMansSwitch.close();
            try {
                instance.delete();
            } catch (MemberLostException e) {
                LOG.warn("{} is left where it is, for a later run to remove: {}", name(), e.getMessage());
            }
            try {
                disks.deleteAll();
            } finally {
                afterDelete.run();
            }
        }
    }

    /**
     * Closes this handle, but leaves the container running for a person to look at. A later run removes it once its lease is over,
     * a day after it was created.
     */
    public void leaveRunning() {
        if (closed.compareAndSet(false, true)) {
            KeptContainer.keep(deadMansSwitch);
            disks.keep();
            release();
        }
    }

    /** Closes what this handle has opened, and leaves the container as it is. */
    void release() {
        forwards.close();
        channel.close();
        journalLog.ifPresent(JournalLog::close);
        systemd.close();
    }

    /** The same for one in which something failed before a test had it. Does nothing where it is closed. */
    void leaveFailed(String owner) {
        if (!closed.get()) {
            leaveRunning();
            KeptContainer.tell(instance, owner);
        }
    }

    /**
     * The command that opens a shell in the container.
     *
     * @return a line for a shell on a machine whose {@code incus} reaches the same daemon
     */
    public String shellCommand() {
        return KeptContainer.shellCommand(instance);
    }

    /**
     * Finds out what can be found out about the container within 5 seconds, whatever state it is in. The commands that were run by
     * way of this handle are among it: their arguments and the beginning of what they printed. What {@link ContainerSpec#artifacts()}
     * names is fetched within 10 seconds: of each file up to 8 MiB, of a longer one its end, and 32 MiB and 1,000 files in all.
     *
     * @return what was found out
     */
    public Diagnostics diagnose() {
        return diagnose(DiagnosticsCollector.LIMIT);
    }

    Diagnostics diagnose(Duration limit) {
        return new DiagnosticsCollector(open(), systemd, commands, artifacts, limit).collect();
    }

    Instance open() {
        if (closed.get()) {
            throw new IncusStemcellException("The container '" + name() + "' is closed: the test or the scope it was"
                    + " started for has ended. Use it only within that, or give it a wider scope");
        }
        return instance;
    }

    @Override
    public String toString() {
        return name();
    }
}
