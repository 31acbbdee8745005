package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.InstanceInfo;
import java.util.Map;
import java.util.TreeMap;

/** What the daemon knows of an instance, for a person to read, much as {@code incus config show --expanded} writes it. */
final class InstanceText {

    private InstanceText() {}

    static String of(InstanceInfo instance) {
        StringBuilder text = new StringBuilder();
        line(text, "", "name", instance.name());
        line(text, "", "project", instance.project());
        line(text, "", "status", instance.status());
        line(text, "", "architecture", instance.architecture());
        line(text, "", "location", instance.location());
        line(text, "", "ephemeral", Boolean.toString(instance.ephemeral()));
        line(text, "", "profiles", String.join(", ", instance.profiles()));
        instance.createdAt().ifPresent(time -> line(text, "", "created", time.toString()));
        instance.lastUsedAt().ifPresent(time -> line(text, "", "last used", time.toString()));
        text.append("config:\n");
        lines(text, "  ", instance.expandedConfig());
        text.append("devices:\n");
        new TreeMap<>(instance.expandedDevices()).forEach((device, options) -> {
            text.append("  ").append(device).append(":\n");
            lines(text, "    ", options);
        });
        return text.toString();
    }

    private static void lines(StringBuilder text, String indent, Map<String, String> options) {
        new TreeMap<>(options)
                .forEach((key, value) ->
                        line(text, indent, key, key.equals(RsaHostKeys.CONFIG) ? "(a private key, not shown)" : value));
    }

    private static void line(StringBuilder text, String indent, String key, String value) {
        text.append(indent).append(key).append(": ");
        text.append(value.strip().replace("\n", "\n" + indent + "    ")).append('\n');
    }
}
