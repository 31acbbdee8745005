package io.github.incusstemcell.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A job to be deployed: its templates, rendered or to be rendered, and the packages that it needs. Immutable.
 *
 * @see Agent#deploy
 */
public abstract sealed class JobSpec permits FolderJob, ReleaseJob {

    private final String name;

    JobSpec(String name) {
        this.name = name;
    }

    /**
     * A job whose templates are rendered already: a folder with {@code monit}, {@code bin/} and whatever else its scripts read. The job is
     * called by the name of the folder.
     *
     * @param folder a folder of this machine
     * @return the job
     * @throws IllegalArgumentException if it is no folder, or has no file {@code monit}
     */
    public static JobSpec rendered(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return rendered(name == null ? "" : name.toString(), folder);
    }

    /**
     * A job whose templates are rendered already, by another name than its folder's.
     *
     * @param name the name of the job, as in {@code /var/vcap/jobs/NAME}
     * @param folder a folder of this machine
     * @return the job
     * @throws IllegalArgumentException if it is no folder, or has no file {@code monit}, or the name is none
     */
    public static JobSpec rendered(String name, Path folder) {
        return new FolderJob(name, folder);
    }

    /** {@return the name of the job, as in {@code /var/vcap/jobs/NAME}} */
    public final String name() {
        return name;
    }

    /** {@return the files of the job's folder, by their paths in it: {@code monit}, {@code bin/pre-start}} */
    abstract Map<String, byte[]> files(JobInstance instance);

    /** {@return the packages that are to be there when it runs} */
    abstract List<ReleasePackage> packages();

    /**
     * A link that a job offers to others.
     *
     * @param name as {@code provides} of its spec has it
     * @param type by which those who consume it find it
     */
    record Provided(String name, String type) {}

    /** {@return the links that it offers, where it is deployed on a machine of an address} */
    Map<Provided, Link> provided(String address) {
        return Map.of();
    }

    /** {@return the same, with links to those that are deployed with it} */
    JobSpec beside(List<JobSpec> jobs, String address) {
        return this;
    }

    @Override
    public final String toString() {
        return name;
    }
}
