package io.github.incusstemcell.junit;

import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.ImageInfo;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.incus.InstanceInfo;
import io.github.incusstemcell.incus.NetworkInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs fixtures as a build would, on the real Incus, and looks at what came of it. */
final class Kit {

    private Kit() {}

    static EngineExecutionResults run(Class<?>... fixtures) {
        return run(Map.of(), fixtures);
    }

    /** With parameters as they stand in junit-platform.properties. */
    static EngineExecutionResults run(Map<String, String> parameters, Class<?>... fixtures) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameters(parameters)
                .selectors(Arrays.stream(fixtures)
                        .map(DiscoverySelectors::selectClass)
                        .toArray(DiscoverySelector[]::new))
                .execute();
    }

    static void assertSucceeded(EngineExecutionResults results, int tests) {
        results.allEvents().failed().assertEventsMatchExactly();
        results.testEvents().assertStatistics(stats -> stats.started(tests).succeeded(tests));
    }

    /** JUnit puts the parameter and its method before our text, where a parameter is concerned. */
    static void assertFailed(EngineExecutionResults results, Class<? extends Throwable> type, String text) {
        results.allEvents()
                .failed()
                .assertEventsMatchExactly(
                        event(finishedWithFailure(instanceOf(type), message(message -> message.endsWith(text)))));
    }

    /** The instances of this JVM. */
    static List<InstanceInfo> ownInstances() {
        return instancesOf(ProcessHandle.current().pid());
    }

    static List<InstanceInfo> instancesOf(long pid) {
        List<InstanceInfo> found = new ArrayList<>();
        inOurProject(incus -> incus.instances().list().stream()
                .filter(instance -> isOf(pid, instance.config()))
                .forEach(found::add));
        return found;
    }

    static List<NetworkInfo> networksOf(long pid) {
        List<NetworkInfo> found = new ArrayList<>();
        inOurProject(incus -> incus.networks().list().stream()
                .filter(network -> isOf(pid, network.config()))
                .forEach(found::add));
        return found;
    }

    /** The images beside the containers; none where no run has made our project yet. */
    static List<ImageInfo> images() {
        List<ImageInfo> found = new ArrayList<>();
        inOurProject(incus -> incus.projects()
                .find(incus.project())
                .ifPresent(project -> found.addAll(incus.images().list())));
        return found;
    }

    private static boolean isOf(long pid, Map<String, String> config) {
        return Long.toString(pid).equals(config.get("user.incus-stemcell.pid"));
    }

    static void inOurProject(Consumer<Incus> action) {
        try (Incus incus = Incus.connect()) {
            action.accept(incus.project("incus-stemcell"));
        }
    }

    static Map<String, String> config(StemcellContainer stemcell) {
        Map<String, String> config = new HashMap<>();
        inOurProject(
                incus -> config.putAll(incus.instance(stemcell.name()).info().config()));
        return config;
    }

    static void deleteOwnInstances() {
        List<InstanceInfo> own = ownInstances();
        inOurProject(
                incus -> own.forEach(instance -> incus.instance(instance.name()).delete()));
    }

    /** Another JVM with what this one has on its class path; its two outputs are one. */
    static Process java(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
