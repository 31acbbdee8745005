package io.github.incusstemcell.agent;

import java.nio.file.Path;
import java.util.Map;

/**
 * A job to be deployed: its templates, rendered or to be rendered. Immutable.
 *
 * @see Agent#deploy
 */
public abstract sealed class JobSpec permits FolderJob {

    private final String name;

    JobSpec(String name) {
        this.name = name;
    }

    /**
     * A job whose templates are rendered already: a folder with {@code monit}, {@code bin/} and whatever else its scripts read. The job is
     * called by the name of the folder.
     *
     * @param folder a folder of this machine; not null
     * @return the job; not null
     * @throws IllegalArgumentException if it is no folder, or has no file {@code monit}
     */
    public static JobSpec rendered(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return rendered(name == null ? "" : name.toString(), folder);
    }

    /**
     * A job whose templates are rendered already, by another name than its folder's.
     *
     * @param name the name of the job, as in {@code /var/vcap/jobs/NAME}; not null
     * @param folder a folder of this machine; not null
     * @return the job; not null
     * @throws IllegalArgumentException if it is no folder, or has no file {@code monit}, or the name is none
     */
    public static JobSpec rendered(String name, Path folder) {
        return new FolderJob(name, folder);
    }

    /** {@return the name of the job, as in {@code /var/vcap/jobs/NAME}; not null} */
    public final String name() {
        return name;
    }

    /** {@return the files of the job's folder, by their paths in it: {@code monit}, {@code bin/pre-start}} */
    abstract Map<String, byte[]> files(JobInstance instance);

    @Override
    public final String toString() {
        return name;
    }
}
