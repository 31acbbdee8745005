package io.github.incusstemcell.internal;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that never keep a JVM alive and can be told apart in a dump. */
public final class DaemonThreads {

    private static final Logger LOG = LoggerFactory.getLogger(DaemonThreads.class);

    private static final String PREFIX = "incus-stemcell-";

    private DaemonThreads() {}

    /** {@return a thread that has begun with its task} */
    public static Thread start(String name, Runnable task) {
        Thread thread = unstarted(name, task);
        thread.start();
        return thread;
    }

    /** {@return a thread that is still to be started} */
    public static Thread unstarted(String name, Runnable task) {
        Thread thread = new Thread(task, PREFIX + name);
        thread.setDaemon(true);
        return thread;
    }

    /** {@return what makes threads of that name, each with a number} */
    public static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> unstarted(name + "-" + number.incrementAndGet(), task);
    }

    /** {@return as many threads as there is work for, each of which waits on a socket most of the time} */
    public static ExecutorService pool(String name) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), named(name));
    }

    /** Does something again and again, with a pause before each time. One that fails unexpectedly is no reason to do it no more. */
    public static void repeat(ScheduledExecutorService clock, Duration pause, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("What is done every {} has failed, and is done again", pause, e);
            }
        };
        clock.scheduleWithFixedDelay(guarded, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** {@return one thread that does small things from time to time} */
    public static ScheduledExecutorService clock(String name) {
        return Executors.newSingleThreadScheduledExecutor(named(name));
    }
}
