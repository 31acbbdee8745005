package io.github.incusstemcell.agent;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a machine from the jobs that it has to others, in the order in which a director does: its {@code stopper.rb}, {@code
 * instance_updater/state_applier.rb} and {@code starter.rb}. All that can be done without the machine is done first.
 */
final class Deployment {

    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

    /** What a director says where the machine stays. */
    private static final Map<String, String> KEPT = Map.of(
            "BOSH_VM_NEXT_STATE", "keep", "BOSH_INSTANCE_NEXT_STATE", "keep", "BOSH_DEPLOYMENT_NEXT_STATE", "keep");

    private final Agent agent;
    private final JobInstance instance;
    private final List<JobSpec> jobs;
    private final Map<String, Long> millis = new LinkedHashMap<>();

    Deployment(Agent agent, JobInstance instance, List<JobSpec> jobs) {
        this.agent = agent;
        this.instance = instance;
        this.jobs =
                jobs.stream().map(job -> job.beside(jobs, instance.address())).toList();
        Set<String> names = new HashSet<>();
        for (JobSpec job : jobs) {
            if (!names.add(job.name())) {
                throw new IllegalArgumentException("The job " + job + " is to be deployed twice on one machine, where"
                        + " both would be /var/vcap/jobs/" + job + ". Deploy it once, or give it another name");
            }
        }
    }

    /** {@return the state in which all runs} */
    AgentState deploy() {
        long begin = System.nanoTime();
        byte[] templates = timed("rendered", this::templates);
        PackageCompiler compiler = new PackageCompiler(agent, jobs);
        if (!agent.state().jobs().isEmpty()) {
            timed("stopped", () -> stopFor(spec(new Blob("", Blob.digest(templates)), compiler.planned())));
        }
        // Before it compiles, the agent takes away all packages that are there: nothing may run then.
        List<CompiledPackage> packages = timed("packages", compiler::compile);
        timed("applied", () -> agent.apply(spec(agent.putBlob(templates), packages)));
        timed("pre-start", () -> agent.runScript("pre-start"));
        AgentState running = timed("started", () -> {
            agent.start();
            return agent.awaitRunning();
        });
        timed("post-start", () -> agent.runScript("post-start"));
        timed("post-deploy", () -> agent.runScript("post-deploy"));
        LOG.info(
                "{} on '{}' is {} after {} ms: {}",
                group(),
                instance.id(),
                running.words(),
                millisSince(begin),
                millis);
        return running;
    }

    private void timed(String part, Runnable work) {
        timed(part, () -> {
            work.run();
            return null;
        });
    }

    /** What takes how long is for the log. */
    private <T> T timed(String part, Supplier<T> work) {
        long begin = System.nanoTime();
        T result = work.get();
        millis.put(part, millisSince(begin));
        return result;
    }

    private static long millisSince(long begin) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    /** The links that the jobs offer, by their names. */
    Map<String, Link> provided() {
        Map<String, Link> links = new LinkedHashMap<>();
        jobs.forEach(
                job -> job.provided(instance.address()).forEach((provided, link) -> links.put(provided.name(), link)));
        return links;
    }

    private void stopFor(ApplySpec next) {
        agent.runScript("pre-stop", KEPT);
        agent.drainFor(next);
        agent.stop();
        agent.runScript("post-stop");
    }

    private byte[] templates() {
        Map<String, TarGzip.Entry> files = new LinkedHashMap<>();
        for (JobSpec job : jobs) {
            // The agent gives them the modes that it wants: rendered_job_applier.go.
            job.files(instance)
                    .forEach((path, content) -> files.put(job.name() + "/" + path, new TarGzip.Entry(content, 0644)));
        }
        return TarGzip.of(files);
    }

    private ApplySpec spec(Blob templates, List<CompiledPackage> packages) {
        List<ApplySpec.Job> named = new ArrayList<>();
        jobs.forEach(job -> named.add(new ApplySpec.Job(job.name(), "1")));
        return new ApplySpec(
                JobInstance.DEPLOYMENT,
                group(),
                instance.id(),
                named,
                packages,
                Optional.of(templates).filter(any -> !jobs.isEmpty()));
    }

    private String group() {
        return jobs.stream().map(JobSpec::name).collect(Collectors.joining("-"));
    }
}
