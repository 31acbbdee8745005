package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Instance;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the limits of a container are in force: the daemon takes those that its machine cannot enforce, and a test for which
 * the memory was to be short would pass without a word.
 */
final class LimitCheck {

    private static final Logger LOG = LoggerFactory.getLogger(LimitCheck.class);

    private final boolean required;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /**
     * @param required whether a limit that is not in force is an error; otherwise it is a warning in the log, once
     */
    LimitCheck(boolean required) {
        this.required = required;
    }

    /**
     * Looks at a container that runs.
     *
     * @throws IncusStemcellException if a limit is not in force, and that is an error
     */
    void check(Instance instance, ContainerSpec spec) {
        problems(instance, spec).forEach((limit, problem) -> {
            String message = "The limit " + limit + " of " + spec.container() + " is not in force: " + problem;
            if (required) {
                throw new IncusStemcellException(
                        message
                                + ". Take another machine, or where that does not matter, set incus.stemcell.limits.unenforced=warn");
            }
            if (warned.add(limit)) {
                LOG.warn("{}", message);
            }
        });
    }

    private Map<String, String> problems(Instance instance, ContainerSpec spec) {
        Map<String, String> limits = new LinkedHashMap<>(spec.config());
        limits.keySet().removeIf(key -> !key.startsWith("limits."));
        spec.limits().cpu().ifPresent(limit -> limits.put("limits.cpu", limit));
        spec.limits().memory().ifPresent(limit -> limits.put("limits.memory", limit));
        Map<String, String> problems = new LinkedHashMap<>();
        limits.forEach((key, value) -> CgroupControllers.lacking(instance, key)
                .ifPresent(problem -> problems.put(key + "=" + value, problem)));
        Optional<String> size = spec.limits()
                .disk()
                .or(() -> Optional.ofNullable(
                        spec.devices().getOrDefault("root", Map.of()).get("size")));
        size.flatMap(wanted -> new DiskQuota(instance).problem(required ? DiskQuota.COUNTING : Duration.ZERO))
                .ifPresent(problem -> problems.put("size=" + size.get() + " of the root disk", problem));
        return problems;
    }
}
