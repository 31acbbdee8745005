package io.github.incusstemcell.junit.assertj;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** One document of YAML. It alone refers to SnakeYAML, which need not be there. */
final class YamlDocument {

    /** How SnakeYAML says that it does not read on. */
    private static final Pattern LIMIT = Pattern.compile(
            "^(Nesting Depth exceeded max|Number of aliases for non-scalar nodes|The incoming YAML document exceeds)");

    private YamlDocument() {}

    /** What looks like a time stays a text, for which JSON has nothing else. */
    private static final class WithoutTimes extends Resolver {
        @Override
        public void addImplicitResolver(Tag tag, Pattern pattern, String first, int limit) {
            if (!tag.equals(Tag.TIMESTAMP)) {
                super.addImplicitResolver(tag, pattern, first, limit);
            }
        }
    }

    /** What aliases make of a document when each stands for what it names: neither something endless nor more than fits. */
    private static final class Expansion {

        private static final int MOST = 1_000_000;

        private final Set<Object> around = Collections.newSetFromMap(new IdentityHashMap<>());
        private int values;

        void count(@Nullable Object value) {
            if (++values > MOST) {
                throw new DataFormat.NotOfFormat("it is YAML whose aliases stand for more than " + MOST + " values");
            }
            if (value instanceof Map<?, ?> map) {
                within(map, map.keySet());
                within(map, map.values());
            } else if (value instanceof Collection<?> list) {
                within(list, list);
            }
        }

        private void within(Object value, Collection<?> parts) {
            if (!around.add(value)) {
                throw new DataFormat.NotOfFormat("it is YAML that has itself in it");
            }
            parts.forEach(this::count);
            around.remove(value);
        }
    }

    /** Maps, lists, texts, numbers and booleans; null where nothing is there. */
    static @Nullable Object read(String text) {
        LoaderOptions loading = new LoaderOptions();
        loading.setAllowDuplicateKeys(false);
        DumperOptions dumping = new DumperOptions();
        Yaml yaml =
                new Yaml(new SafeConstructor(loading), new Representer(dumping), dumping, loading, new WithoutTimes());
        Object document = load(yaml, text);
        new Expansion().count(document);
        return document;
    }

    private static @Nullable Object load(Yaml yaml, String text) {
        try {
            return yaml.load(text);
        } catch (YAMLException e) {
            String trouble =
                    LIMIT.matcher(String.valueOf(e.getMessage())).find() ? DataFormat.TOO_LARGE : "it is not YAML: ";
            throw new DataFormat.NotOfFormat(
                    trouble + String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " "));
        } catch (RuntimeException e) {
            // SnakeYAML takes a tag at its word, and a value of another kind ends in whatever Java says of it.
            throw new DataFormat.NotOfFormat("it is not YAML: a value is not of the kind that its tag names", e);
        }
    }
}
