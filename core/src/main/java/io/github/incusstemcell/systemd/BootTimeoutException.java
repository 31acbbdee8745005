package io.github.incusstemcell.systemd;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A guest's systemd did not come to the end of its boot in time. */
public class BootTimeoutException extends SystemdException {

    private final String doing;
    private final SystemState state;
    private final transient List<Job> jobs;
    private final transient List<UnitSummary> activating;

    BootTimeoutException(
            String late,
            String doing,
            SystemState state,
            List<Job> jobs,
            List<UnitSummary> activating,
            @Nullable Throwable cause) {
        super(late + ": " + doing, cause);
        this.doing = doing;
        this.state = state;
        this.jobs = List.copyOf(jobs);
        this.activating = List.copyOf(activating);
    }

    /** {@return what the guest was busy with at the end of the wait, or why that is not known} */
    public String doing() {
        return doing;
    }

    /** {@return the state at the end of the wait; {@link SystemState#OFFLINE} where systemd never answered} */
    public SystemState state() {
        return state;
    }

    /** {@return the jobs that were still queued} */
    public List<Job> jobs() {
        return jobs;
    }

    /** {@return the units that were still activating} */
    public List<UnitSummary> activating() {
        return activating;
    }
}
