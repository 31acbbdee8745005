package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.LifecycleEvents;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.internal.Waiting;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A limit of machines that all runs in one project share, by what each says of itself there: a {@link MachineShare}.
 *
 * <p>Who takes a place writes that down first, and looks at the others then. So of two that take the last one at the same time at least one
 * sees the other, and steps back: there are never more than the limit. A run that writes nothing for a while has died.
 */
final class MachineLimit implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MachineLimit.class);

    /** By it who keeps the daemon sets a limit for all runs. */
    static final String KEY = Lease.PREFIX + "machines";

    /** After so long without a new version a run has died. By the watch of who looks, as the clocks of two machines differ. */
    static final Duration TERM = Duration.ofSeconds(60);

    /** So many in that time, since some of them may fail. */
    private static final int RENEWALS = 4;

    /** For so long a place is waited for while no machine ends. */
    static final Duration PATIENCE = Duration.ofMinutes(15);

    /** So often is looked at what the daemon may have failed to tell, and so often where it tells nothing. */
    private static final Duration SELDOM = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofMillis(500);

    /** From then on the log has a line. */
    private static final Duration NOTEWORTHY = Duration.ofSeconds(10);

    private final Incus incus;
    private final Lease lease;
    private final String run;
    private final int limit;
    private final Duration patience;
    private final OtherRuns others;

    /** The machines of this run have their turns in the order in which they were asked for. */
    private final ReentrantLock turn = new ReentrantLock(true);

    /** For what is asked of the daemon, for which the state of this need not be held. */
    private final ReentrantLock writing = new ReentrantLock();

    private final ScheduledExecutorService clock = DaemonThreads.clock("share");

    private int running;
    private int waiting;
    private int ended;
    private long since;

    /** Only while it is {@link #writing}. */
    private final WrittenShare written;

    private volatile long looked;
    private volatile @Nullable LifecycleEvents events;

    private MachineLimit(Incus incus, Lease lease, int limit, Duration term, Duration patience) {
        this.incus = incus;
        this.lease = lease;
        this.limit = limit;
        this.patience = patience;
        this.run = MachineShare.run(lease);
        this.others = new OtherRuns(incus, lease, run, term);
        this.written = new WrittenShare(incus, lease, run);
    }

    /**
     * The smaller of what a run is told and what the project says to all, {@value #KEY}; empty where neither does.
     *
     * @param incus the daemon, in the project of all that share it
     * @throws IncusStemcellException if what the project says is no number
     */
    static Optional<MachineLimit> find(Incus incus, Lease lease, Optional<Integer> told) {
        Optional<Integer> ofProject = incus.projects()
                .find(incus.project())
                .map(project -> project.config().get(KEY))
                .map(value -> number(value, incus));
        return Stream.concat(told.stream(), ofProject.stream())
                .min(Comparator.naturalOrder())
                .map(limit -> of(incus, lease, limit, TERM, PATIENCE));
    }

    private static int number(String value, Incus incus) {
        if (!value.matches("[1-9]\\d{0,4}")) {
            throw new IncusStemcellException(
                    "'" + value + "' is no number of machines. It is " + KEY + " of the project '"
                            + incus.project() + "' on " + incus.endpoint() + "; set it with: incus project set "
                            + incus.project()
                            + " " + KEY + " 16");
        }
        return Integer.parseInt(value);
    }

    static MachineLimit of(Incus incus, Lease lease, int limit, Duration term, Duration patience) {
        MachineLimit shared = new MachineLimit(incus, lease, limit, term, patience);
        DaemonThreads.repeat(shared.clock, term.dividedBy(RENEWALS), shared::renew);
        return shared;
    }

    /** {@return whether a profile is one by which runs tell each other of their machines, and no user's} */
    static boolean isProfile(String name) {
        return MachineShare.of(name).isPresent() || MemberPlaces.isPlace(name);
    }

    int limit() {
        return limit;
    }

    /** {@return those that the limit leaves on the members of a cluster} */
    MemberPlaces places() {
        return new MemberPlaces(incus, lease, limit);
    }

    /**
     * Waits for a place.
     *
     * @param what is to be started, in words
     * @return gives the place back; does nothing the second time
     * @throws IncusStemcellException if no machine ends for as long as there is patience
     */
    Runnable enter(String what) {
        expect(1);
        boolean entered = false;
        try {
            turn.lockInterruptibly();
            try {
                awaitPlace(what);
                entered = true;
            } finally {
                turn.unlock();
            }
        } catch (InterruptedException e) {
            throw Waiting.interrupted(what + " waited for its turn", e);
        } finally {
            if (!entered) {
                expect(-1);
            }
        }
        AtomicBoolean there = new AtomicBoolean(true);
        return () -> {
            if (there.compareAndSet(true, false)) {
                leave();
            }
        };
    }

    private synchronized void expect(int more) {
        if (waiting == 0) {
            since = System.currentTimeMillis();
        }
        waiting += more;
    }

    private void awaitPlace(String what) throws InterruptedException {
        look();
        if (isTurn() && take()) {
            return;
        }
        listen();
        Wait wait = new Wait();
        while (!isTurn() || !take()) {
            sayThatWeWait();
            awaitTurn();
            wait.goOn(what);
        }
    }

    /** Of one machine for its place. */
    private final class Wait {

        private final long begun = System.nanoTime();
        private long changed = begun;
        private Map<String, MachineShare> before = shares();
        private boolean told;

        void goOn(String what) {
            long now = System.nanoTime();
            if (hasAnyEnded()) {
                changed = now;
            } else if (now - changed > patience.toNanos()) {
                throw new IncusStemcellException(noPlace(what));
            }
            if (!told && now - begun > NOTEWORTHY.toNanos()) {
                told = true;
                LOG.info("{} waits for its turn, as at most {} may run at once: {}", what, machines(), holders());
            }
        }

        /** A run says nothing any more once it has ended its last one. */
        private boolean hasAnyEnded() {
            Map<String, MachineShare> now = shares();
            boolean ended = now.values().stream().anyMatch(share -> share.ended() > endedBefore(share.run()))
                    || before.values().stream().anyMatch(share -> share.running() > 0 && !now.containsKey(share.run()));
            before = now;
            return ended;
        }

        private int endedBefore(String run) {
            MachineShare share = before.get(run);
            return share == null ? 0 : share.ended();
        }
    }

    private synchronized boolean isTurn() {
        if (clock.isShutdown()) {
            throw new IncusStemcellException(
                    "No machine is started any more on " + incus.endpoint() + ", as the connection to it is closed");
        }
        return share(0).before(others.shares()) < limit - taken();
    }

    private synchronized MachineShare share(long version) {
        return new MachineShare(run, version, running, waiting, ended, since);
    }

    /** Until the daemon tells of a change; what it may not have told is looked for from time to time. */
    private void awaitTurn() throws InterruptedException {
        synchronized (this) {
            if (!isTurn()) {
                wait(LOOK.toMillis());
            }
        }
        if (System.nanoTime() - looked > (isListening() ? SELDOM : LOOK).toNanos()) {
            listen();
            look();
        }
    }

    private void listen() {
        if (!isListening()) {
            events = incus.lifecycleEvents(this::hear);
        }
    }

    private boolean isListening() {
        return events != null && events.isOpen();
    }

    private void hear(String action, String profile) {
        others.hear(action, profile);
        synchronized (this) {
            notifyAll();
        }
    }

    private void look() {
        looked = System.nanoTime();
        others.look();
    }

    private boolean take() throws InterruptedException {
        writing.lockInterruptibly();
        boolean fits = false;
        try {
            move(1);
            write();
            look();
            fits = taken() <= limit;
        } finally {
            if (!fits) {
                move(-1);
                tell();
            }
            writing.unlock();
        }
        if (fits) {
            synchronized (this) {
                since = System.currentTimeMillis(); // of the next that waits
            }
        }
        return fits;
    }

    /** From those that wait to those that run. */
    private synchronized void move(int machines) {
        running += machines;
        waiting -= machines;
    }

    private void sayThatWeWait() throws InterruptedException {
        writing.lockInterruptibly();
        try {
            MachineShare now = share(0);
            if (written.last().waiting() != now.waiting() || written.last().running() != now.running()) {
                write();
            }
        } finally {
            writing.unlock();
        }
    }

    private void leave() {
        synchronized (this) {
            running--;
            ended++;
            notifyAll();
        }
        try {
            clock.execute(this::renew);
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed, by which all places of this run were given back", e);
        }
    }

    private void renew() {
        try {
            writing.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Closed meanwhile, which tells for the last time.
            return;
        }
        try {
            if (!share(0).isEmpty() || written.isThere()) {
                tell();
            }
        } finally {
            writing.unlock();
        }
    }

    /** What the daemon does not take now, it is told by the next renewal. */
    private void tell() {
        try {
            write();
        } catch (IncusStemcellException e) {
            LOG.debug("What this run says of its machines is not written now, but later", e);
        }
    }

    private void write() {
        written.write(this::share);
    }

    private synchronized int taken() {
        return running + others.running();
    }

    private synchronized Map<String, MachineShare> shares() {
        return Stream.concat(Stream.of(share(0)), others.shares().stream())
                .collect(Collectors.toMap(MachineShare::run, Function.identity()));
    }

    private String noPlace(String what) {
        return "Cannot start " + what + ": at most " + machines() + " may run at once on " + incus.endpoint()
                + " (incus.stemcell.machines), and none of those that do has ended for " + patience.toSeconds() + " s: "
                + holders()
                + ". Tests that have some and wait for more may wait for each other: raise the limit, or let"
                + " fewer tests run at once";
    }

    private String machines() {
        return limit == 1 ? "one machine" : limit + " machines";
    }

    private synchronized String holders() {
        return Stream.concat(Stream.of(running + " of this process"), others.holders())
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        clock.shutdownNow();
        if (events != null) {
            events.close();
        }
        synchronized (this) {
            running = 0;
            waiting = 0;
        }
        writing.lock();
        try {
            places().leaveAll();
            tell();
        } finally {
            writing.unlock();
        }
    }
}
