package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.IncusConnectionException;
import io.github.incusstemcell.incus.IncusException;
import io.github.incusstemcell.incus.Instance;
import io.github.incusstemcell.incus.RunningCommand;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.stemcell.OverlayPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Powers a container off when this JVM dies, however suddenly: a shell in the guest holds the end of an exec of which the JVM holds the
 * other. No process but that shell and its child is needed, and none outside the container.
 *
 * <p>A process that is only halted keeps its connections, so a debugger does no harm. Nor does a daemon that restarts: with a JVM the
 * daemon ends the input of the exec <em>and</em> kills the exec's process, while a daemon that dies ends the input only. Then, and where
 * somebody in the guest kills the shell, it is held anew, and the newest shell takes over.
 *
 * <p>A guest that nobody holds within five seconds of its start powers off, too, by a unit of {@link OverlayPart#SWITCH}: its JVM died as the
 * daemon was starting it. A JVM that was only halted at that moment boots it again, see {@link Booting}.
 *
 * <p>A guest that is paused powers off only when it goes on. What is created, and not started, has a {@link Lease} only.
 */
final class DeadMansSwitch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeadMansSwitch.class);

    /** What the shell calls itself, for people who look at the guest's processes. */
    private static final String NAME = "incus-stemcell-switch";

    private static final String DISARM = "disarm";

    /** Has the process by which the guest is held; in memory, so that each boot begins without. */
    private static final String NEWEST = "/run/incus-stemcell.switch";

    /** Is there while the guest, which nobody held for five seconds, looks for the last time before it powers off. */
    private static final String LAST_LOOK = NEWEST + ".last-look";

    /**
     * It says that it holds the guest, to the guest and then to the JVM, once systemd has made {@code /run}. Incus 6.0.4 starts it outside of
     * a guest whose process 1 is dying, where it must do nothing; process 1 of a guest has a variable {@code container}. The child waits, as the daemon kills the exec's process itself, which is {@code $$}. It does not ignore SIGTERM: a guest that shuts
     * down would wait for it. A killed process may stay a zombie for a moment, and who has been killed by the guest has a successor
     * soon, so a death counts only when it is seen eight times in a row.
     */
    private static final String SCRIPT = String.format(Locale.ROOT, """
            read -r all </proc/1/environ
            case $all in *container=*) ;; *) exit 1 ;; esac
            newest=%s
            exec 3<&0 4>&1 </dev/null >/dev/null 2>&1
            (
              exec 4>&-
              read -r word <&3
              [ "$word" != disarm ] || exit 0
              dead=0
              while [ "$dead" -lt 8 ]; do
                read -r last <"$newest" && [ "$last" != $$ ] && exit 0
                if kill -0 $$; then dead=0; else dead=$((dead + 1)); fi
                sleep 0.1
              done
              systemctl poweroff -ff || poweroff -f
            ) &
            exec 3<&-
            until [ -d /run/systemd/system ]; do sleep 0.05; done
            echo $$ >"$newest"
            while [ -e %s ]; do sleep 0.05; done
            echo >&4
            exec 4>&-
            wait
            """, NEWEST, LAST_LOOK);

    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private static final Duration DISARMING = Duration.ofSeconds(5);

    /** Longer than a guest waits for somebody to hold it. */
    private static final Duration HOLDING = Duration.ofSeconds(10);

    /** For all containers, as each needs them for moments only; they end when there is nothing to do. */
    private static final ScheduledThreadPoolExecutor THREADS = threads();

    /** Of their own, as a guest that is paused, or has no systemd, never says that it is held. */
    private static final ExecutorService LISTENERS = DaemonThreads.pool("switch-listener");

    private final Instance instance;
    private @Nullable RunningCommand held;

    /** All by {@link System#nanoTime}, as the clock of the machine may be set: since when it is held. */
    private long heldSince = System.nanoTime();

    /** The earliest moment at which the guest may have started. */
    private long started = heldSince;

    /** That at which it has said that it is held. */
    private long confirmed = started - 1;

    private boolean arming;
    private boolean over;
    private Duration pause = FIRST_PAUSE;

    DeadMansSwitch(Instance instance) {
        this.instance = instance;
    }

    Instance instance() {
        return instance;
    }

    /**
     * Begins to hold a container that runs, on a thread of our own; does nothing where it is held already.
     *
     * @param asked when it was asked to start, by {@link System#nanoTime}
     */
    synchronized void arm(long asked) {
        started = asked;
        if (heldSince - asked < 0) {
            // Of the boot before: the daemon may say late that it has ended.
            held = null;
        }
        if (!over && !arming && held == null) {
            arming = true;
            pause = FIRST_PAUSE;
            THREADS.execute(this::hold);
        }
    }

    /**
     * Waits until the guest knows that it is held, where it has not said so, as it may be powering off.
     *
     * @throws IncusStemcellException if it has powered off
     */
    void awaitHold() {
        if (!isHeld()) {
            String known = "[ -e " + NEWEST + " ] && [ ! -e " + LAST_LOOK + " ]";
            ExecResult waiting = instance.exec(
                    Command.shell("until " + known + "; do sleep 0.05; done").timeout(HOLDING));
            LOG.debug("{} was held late: {}", instance, waiting.exitCode());
        }
    }

    private synchronized boolean isHeld() {
        return over || held != null && confirmed - started >= 0;
    }

    private void hold() {
        try {
            long since = System.nanoTime();
            RunningCommand command = instance.start(Command.of("sh", "-c", SCRIPT, NAME));
            if (takes(command, since)) {
                LISTENERS.execute(() -> awaitConfirmation(command));
                command.onExit().whenComplete((code, failure) -> ended(command, code, failure));
            } else {
                THREADS.execute(() -> release(command));
            }
        } catch (IncusException e) {
            LOG.debug("{} does not power off by itself should this JVM die now: {}", instance, e.getMessage());
            // One that does not run may be on its way to its next boot.
            again(e.code() != 404);
        } catch (IncusConnectionException e) {
            LOG.debug("{} is out of reach: {}", instance, e.getMessage());
            again(true);
        } catch (IncusStemcellException e) {
            LOG.debug("The connection by which {} was held is closed: {}", instance, e.getMessage());
            again(false);
        }
    }

    /** What was asked for before the last start holds the boot before, if anything. */
    private synchronized boolean takes(RunningCommand command, long since) {
        arming = false;
        if (!over) {
            held = command;
            heldSince = since;
            pause = FIRST_PAUSE;
            if (since - started < 0) {
                arm(started);
            }
        }
        return !over;
    }

    private void awaitConfirmation(RunningCommand command) {
        try {
            if (command.stdout().read() >= 0) {
                confirm(command);
            }
        } catch (IOException e) {
            LOG.debug("What was to hold {} has ended before it did", instance, e);
        }
    }

    private synchronized void confirm(RunningCommand command) {
        if (held == command) {
            confirmed = System.nanoTime();
        }
    }

    /** On a thread of the connection, which must not wait. */
    private void ended(RunningCommand command, @Nullable Integer code, @Nullable Throwable failure) {
        THREADS.execute(command::close);
        LOG.debug("What held {} has ended with {}", instance, code, failure);
        synchronized (this) {
            if (held != command) {
                return;
            }
            held = null;
            arming = !over;
        }
        again(code == null || (code != 0 && code != NOT_EXECUTABLE && code != NOT_FOUND));
    }

    private synchronized void again(boolean sensible) {
        arming = sensible && !over;
        if (arming) {
            THREADS.schedule(this::hold, pause.toMillis(), TimeUnit.MILLISECONDS);
            Duration next = pause.multipliedBy(2);
            pause = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
        }
    }

    /** Lets the container live on without this JVM. */
    void disarm() {
        RunningCommand command = end();
        if (command != null) {
            release(command);
        }
    }

    private void release(RunningCommand command) {
        try (command) {
            command.stdin().write((DISARM + "\n").getBytes(StandardCharsets.US_ASCII));
            if (command.waitFor(DISARMING).isEmpty()) {
                // A guest that is paused reads it when it goes on.
                LOG.debug("{} has not said that it will outlive this JVM", instance);
            }
        } catch (IOException | IncusStemcellException e) {
            LOG.debug("{} is held no more, or its daemon is gone", instance, e);
        }
    }

    private synchronized @Nullable RunningCommand end() {
        over = true;
        RunningCommand command = held;
        held = null;
        return command;
    }

    /** For a container that is about to be deleted: what is held ends with it. */
    @Override
    public void close() {
        end();
    }

    private static ScheduledThreadPoolExecutor threads() {
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(4, DaemonThreads.named("switch"));
        threads.setKeepAliveTime(1, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
